"""The verbs of the command line, one file each.

Each file has one click command named `<verb>_command` that returns an exit code; what is heavy is imported inside.
"""
