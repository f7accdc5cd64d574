"""Isolation: which entries the selector fails on, found while all other work goes on.

Lives here: `case.py`, one suspect block from the first failure to the verdict; `bisection.py`, the search for its bad
entries; `limit.py`, how many may be excluded; `isolation.py`, which suspect the isolator has, and what it does next.
Comes in: failures, and the isolator's answers. Goes out: orders to the isolator, and verdicts for the ledger.
Start with `isolation.py`.
"""
