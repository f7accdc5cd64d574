"""Cluster: those who pretend to work, and who brings them up.

Lives here: `worker.py` and `isolator.py`, who follow the protocol of the real ones and compute nothing;
`surroundings.py`, what both need of the world; `crew.py`, which hires, loses and replaces them.
Comes in: orders. Goes out: notices, after virtual time. Start with `crew.py`.
"""
