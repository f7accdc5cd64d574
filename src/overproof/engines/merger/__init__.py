"""Merger: adds deltas of many workers, and hands over what it has as one.

Lives here: `merger.py`, a merger without time or transport; `process.py`, the process around it
(`python -m overproof.engines.merger`), which a crew keeps beside its workers.
Comes in: a query's brief, then deltas with their payloads. Goes out: word of each delta, that it was passed or not,
and deltas of its own. Start with `merger.py`.
"""
