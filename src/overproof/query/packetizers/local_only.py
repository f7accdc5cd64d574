"""Packets of what lies on the worker's own machine, and of nothing else."""

from __future__ import annotations

from overproof.query.packetizers.adaptive import adaptive
from overproof.query.packetizers.view import View


def local_only(view: View) -> int:
    """Give packets as `adaptive` does, to workers on whose machine the file lies; no other gets here.

    Whoever is slow is not passed over: nobody else may have its blocks.

    Source: the parameter `PROOF_ForceLocal` of ROOT's TPacketizerAdaptive.
    """
    return adaptive(view) or (0 if view.in_hand_entries else 1)
