"""Ledger: where every block is, and with it every entry.

Lives here: `ledger.py`, who holds what, and the account; `numbering.py`, the blocks asked for, by number;
`place.py`, the places a block can be in; `passages.py`, deltas that go by way of a merger; `audit.py`, which verifies
all of it; `standing.py`, to go on later.
Comes in: grids of files, and what became of blocks. Goes out: blocks, runs of them, the account.
Start with `place.py`, then `ledger.py`.
"""

from overproof.query.ledger.ledger import Ledger
from overproof.query.ledger.place import Place, Run

__all__ = ["Ledger", "Place", "Run"]
