"""Kinds: what "+" means for each type of output.

Lives here: one file a kind, each turning one block's value into an un-rounded state that can be added in any order,
and back into the user's type; `registry.py` knows which type is of which kind.
Comes in: values that selectors return, with the position of their block. Goes out: states. Start with `kind.py`.
"""

from overproof.outputs.kinds.histograms import is_histogram
from overproof.outputs.kinds.kind import Commit, Position, State
from overproof.outputs.kinds.mappings import MappingSum
from overproof.outputs.kinds.registry import lift

__all__ = ["Commit", "MappingSum", "Position", "State", "is_histogram", "lift"]
