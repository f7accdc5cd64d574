"""Words: the small vocabulary that everything else is written in.

Lives here: ids, units, sizes as people write them, the states of a query and which may follow which, the tree of
errors, the Clock protocol, and how records are made (`frozen.py`), and made in haste (`quickly.py`).
Nothing here does anything; no word knows of a room above it.
Comes in: nothing. Goes out: names. Start with `errors.py` and `states.py`.
"""
