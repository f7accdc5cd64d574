"""Storage: copies of files, and the servers that give them.

Lives here: `stock.py`, what waits on one host behind one server; `server.py`, what is measured of a server, and
`bound.py`, how many may read from it; `places.py`, the copies of every file, and which have failed.
Comes in: where files lie, and what came of reading them. Goes out: readings, and what speaks for each.
Start with `stock.py`.
"""
