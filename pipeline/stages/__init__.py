"""The stages: functions over a batch of articles, each in a module of its own."""
