"""Locality: where copies of files lie, and which of them is read by whom.

Lives here: `stock.py`, what waits on one host behind one server; `server.py`, what is measured of a server, and
`bound.py`, how many may read from it; `places.py`, the copies of every file, and which have failed; `locality.py`,
which file a worker goes on with, and from where; `stranded.py`, what nobody reads who may.
Comes in: where files lie, and what came of reading them. Goes out: a file and a reading of it for a worker.
Start with `stock.py`, then `locality.py`.
"""
