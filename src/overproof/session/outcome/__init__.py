"""Outcome: what a result lacks, as data that can be processed again, and what two results give together.

Lives here: `gaps.py`, what lacks, with its dataset; `origin.py`, what a result was made of; `merging.py`, two into one;
`ranges.py`, sets of entries.
Comes in: standings of queries and their datasets. Goes out: values for results. Start with `gaps.py`.
"""
