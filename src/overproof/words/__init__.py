"""Words: the small vocabulary that everything else is written in.

Lives here: ids, units, the states of a query, the tree of errors, the Clock protocol.
Comes in: nothing. Goes out: names. Start with `errors.py` and `states.py`.
"""
