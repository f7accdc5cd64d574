"""Troubles: what goes wrong in a simulation.

Lives here: `faults.py`, what happens to workers and messages; `fates.py`, what becomes of blocks, whoever computes
them; `scenarios.py`, small clusters in which everything goes wrong.
Comes in: chances and dice. Goes out: plans, fates, scenarios. Start with `scenarios.py`.
"""
