"""The verbs of queries that are on disk: list and fetch, resume, replay, look into the logs.

Each file has one click command named `<verb>_command` that returns an exit code; what is heavy is imported inside.
"""
