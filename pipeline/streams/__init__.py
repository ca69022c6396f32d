"""The room that binds stages to topics: the only one that knows Faust.

`batches` takes events, `positions` sees that none is skipped, `processing` asks the stage, `delivery` sends,
`state` remembers; `breaker`, `backlog` and `watch` look on. `binding` ties them to the Faust app that `apps`
makes, and `worker` runs the bindings of a process.
"""
