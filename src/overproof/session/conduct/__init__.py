"""Conduct: one query from its selector to its result.

Lives here: `conduct.py`, which runs a query over a crew; `facts.py`, who reads its facts; `making.py`, which makes its
result; `resumption.py`, what a query needs to go on; `recalled.py`, the result of one that is on disk;
`grace.py`, what a query does when the process is told to end.
Comes in: a question, a selector, a crew, or a folder of an earlier query. Goes out: a result. Start with `conduct.py`.
"""
