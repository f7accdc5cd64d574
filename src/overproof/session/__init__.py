"""The session: the physicist's desk.

Lives here: `Session`, which keeps workers; `Query`, the handle of what runs; `Result`, with the account of every entry;
what a dataset may be written as; how code travels; the live view and the pictures.
Comes in: a selector or an expression, and data. Goes out: results. Start with `session.py`, then `conduct.py`.
"""
