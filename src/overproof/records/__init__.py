"""Records: frozen facts that travel between rooms, machines and runs.

Lives here: datasets and blocks, packets and deltas, the account, notices into the master and orders out of it,
progress and statistics. No record knows how it was made.
Comes in: words. Goes out: values. Start with `block.py`, then `notices.py` and `orders.py`.
"""
