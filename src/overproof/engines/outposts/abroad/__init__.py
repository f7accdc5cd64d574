"""Abroad: what an outpost needs on a machine that is not the user's.

Lives here: `adapting.py`, a brief as it must be there; `neighbours.py`, the user's modules, which travel along;
`scratch.py`, a directory of the outpost's own, which does not outlive it for long.
Comes in: a brief of the user's machine. Goes out: one that is true here. Start with `adapting.py`.
"""

from overproof.engines.outposts.abroad.adapting import adapted, for_others
from overproof.engines.outposts.abroad.neighbours import neighbours_in
from overproof.engines.outposts.abroad.scratch import Scratch

__all__ = ["Scratch", "adapted", "for_others", "neighbours_in"]
