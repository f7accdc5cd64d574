"""Locality: who reads what, and from where.

Lives here: `locality.py`, which file a worker goes on with, and from which copy; `openings.py`, who looks into which;
`urgent.py`, what would be read last; `other_copies.py`, what is tried again from another; `stranded.py`, what nobody
reads who may; `accesses.py`, what was read of each server.
Comes in: where files lie, workers, what came of reading. Goes out: a file and a reading of it for a worker.
Start with `locality.py`.
"""
