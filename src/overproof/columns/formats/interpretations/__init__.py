"""Interpretations: what the bytes of a branch of a TTree mean, for uproot.

Lives here: what uproot makes of a branch, and what it gets wrong: Float16_t and Double32_t, and branches at which it
fails, which must not take the whole tree with them.
Comes in: a branch of uproot. Goes out: an interpretation of uproot, which the branch then keeps.
Start with `of_branch.py`.
"""

from overproof.columns.formats.interpretations.few_bits import AsFewBits
from overproof.columns.formats.interpretations.memberwise import MemberwiseError, is_memberwise, one_by_one
from overproof.columns.formats.interpretations.of_branch import Unknown, interpretation_of

__all__ = ["AsFewBits", "MemberwiseError", "Unknown", "interpretation_of", "is_memberwise", "one_by_one"]
