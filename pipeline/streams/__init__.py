"""The room that binds stages to topics: the only one that knows Faust.

`batches` takes events, `processing` asks the stage, `delivery` sends, acknowledges and commits, `binding` ties
them to one Faust app, `worker` runs the apps of a process.
"""
