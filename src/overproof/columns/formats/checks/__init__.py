"""Checks: whether bytes can be what was written, before anything is made of them.

Lives here: keys and lists of keys, compressed blocks, baskets and their tables, envelopes and pages of RNTuples, the
checksum of a whole file. Each compares what the format tells in two places, or a checksum with its bytes.
Comes in: bytes, and what another place in the file says of them. Goes out: nothing, or `DamageError`.
Start with `keys.py`, then `baskets.py`.
"""
