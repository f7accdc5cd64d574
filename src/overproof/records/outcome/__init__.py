"""Outcome: how user code failed, what a result lacks, where a query stands.

Lives here: `failure.py`, one failure and the name of an event; `gaps.py`, missing, excluded and split entries;
`entries.py`, entries that were chosen; `standing.py`, all that must be known to go on with a query later.
Comes in: words and blocks. Goes out: values. Start with `failure.py`.
"""
