"""Files as one long tree: how long each is, how many entries come before it, and what stands beside them.

Comes in: a `Dataset` and an idle crew. Goes out: grids of files, a `Chain`, a dataset whose files know their friends.
Start with `lengths.py`, then `joining.py`.
"""

from overproof.session.chains.chain import UnknownLengthWarning, measure_chain, with_chain
from overproof.session.chains.joining import join_friends, with_friends
from overproof.session.chains.lengths import measure_files

__all__ = ["UnknownLengthWarning", "join_friends", "measure_chain", "measure_files", "with_chain", "with_friends"]
