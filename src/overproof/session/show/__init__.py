"""Showing queries and results to people.

Lives here: a running query on the screen, with Ctrl-C (`view.py`); histograms as pictures, in the terminal and in files
(`picture.py`); the account and the statistics as text (`summary.py`).
Comes in: queries, histograms, accounts, statistics. Goes out: text and image files. Start with `view.py`.
"""
