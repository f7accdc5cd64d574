"""Showing queries and results to people.

Lives here: a running query on the screen, with Ctrl-C (`view.py`); histograms (`histograms.py`, `bins.py`) as pictures
in the terminal (`terminal/`) and in files (`paper/`), and how they are to look (`style.py`); the account and the
statistics as text (`summary.py`).
Comes in: queries, histograms, accounts, statistics. Goes out: text and image files. Start with `view.py`.
"""
