"""The command line: `overproof <verb>`.

Lives here: the program (`program.py`), its verbs with their exit codes (`main.py`), the options that verbs share
(`options.py`), arguments as they are written (`written/`), what becomes of a result (`outcome.py`, `deliver.py`),
standard streams in any condition (`streams.py`), and the verbs, one file each (`verbs/`).
A verb parses, calls one function of the session and prints.
Comes in: arguments. Goes out: text, files, an exit code. Start with `program.py`, then `verbs/draw.py`.
"""
