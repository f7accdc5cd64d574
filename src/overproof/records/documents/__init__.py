"""Documents: records as plain lists, dicts, numbers and texts, for files and pages, and back.

Lives here: `coding.py`, any record; `facts.py`, notices and orders, of which a document says which it is.
Comes in: records, or documents. Goes out: the other. Start with `coding.py`.
"""
