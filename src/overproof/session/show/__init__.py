"""Showing queries and results to people.

Lives here: waiting for a query with a display of it, and Ctrl-C (`view.py`); what displays need of queries
(`followed.py`), the figures that they show (`figures.py`) and the outputs that they look at (`looking.py`, `now.py`);
displays and histograms in the terminal (`terminal/`), in notebooks (`notebook/`) and in files (`paper/`), how
histograms are taken (`histograms.py`, `bins.py`) and are to look (`style.py`, `beforehand.py`); the account and the
statistics as text (`summary.py`).
Comes in: queries, histograms, accounts, statistics. Goes out: text, HTML and image files. Start with `view.py`.
"""
