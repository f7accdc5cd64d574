"""Payloads of deltas, at their outpost: where they wait, and how mergers get them.

Lives here: `kept.py`, which keeps each payload until its delta is settled; `passing.py`, the errands by which mergers
get payloads of their own outpost and of others, one at a time.
Comes in: what workers have offered. Goes out: payloads to mergers and to other outposts, or word that there is none.
Start with `kept.py`.
"""

from overproof.engines.outposts.payloads.kept import Kept
from overproof.engines.outposts.payloads.passing import Passing

__all__ = ["Kept", "Passing"]
