"""Benchmarks: what questions to data cost, here and elsewhere, measured side by side.

Lives here: questions (`questions/`), samples of events (`samples/`), who answers them (`peers/`), each in a new process
and in an environment of its own (`environments.py`), and the campaign that runs them in turn (`campaign/`).
Comes in: what to measure, on the command line. Goes out: Markdown and JSON. Start with `__main__.py`.
"""
