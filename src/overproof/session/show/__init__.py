"""Showing results to people.

Lives here: histograms as pictures, in the terminal and in files (`picture.py`); the account and the statistics as
text (`summary.py`). Nothing here computes, nothing prints: callers do.
Comes in: histograms, accounts, statistics. Goes out: text and image files. Start with `summary.py`.
"""
