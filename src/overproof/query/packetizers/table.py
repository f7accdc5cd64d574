"""Packetizers by name."""

from __future__ import annotations

from collections.abc import Callable

from overproof.query.packetizers.adaptive import adaptive
from overproof.query.packetizers.by_file import by_file
from overproof.query.packetizers.fixed import fixed
from overproof.query.packetizers.local_only import local_only
from overproof.query.packetizers.single import single
from overproof.query.packetizers.view import Packetizer
from overproof.words.errors import OptionError

SINGLE = "single"
"""Name of the policy that gives one block at a time."""
LOCAL_ONLY = "local-only"
"""Name of the policy that lets nothing be read but by workers on the machine where it lies."""

PACKETIZERS: dict[str, Callable[[int | None], Packetizer]] = {
    "adaptive": lambda _: adaptive,
    "fixed": fixed,
    SINGLE: lambda _: single,
    LOCAL_ONLY: lambda _: local_only,
    "by-file": lambda _: by_file,
}
"""Each name that a query may give, and how its policy is made of `packet_blocks`."""


def packetizer_by_name(name: str, *, packet_blocks: int | None = None) -> Packetizer:
    """Find the policy that a query asks for.

    Args:
        name: one of `PACKETIZERS`.
        packet_blocks: blocks in a packet, for the policies that fix it; None: they choose.

    Raises:
        OptionError: no packetizer of this name, or packets without blocks.
    """
    if name not in PACKETIZERS:
        raise OptionError(f"no packetizer is called {name!r}: choose one of {', '.join(PACKETIZERS)}")
    if packet_blocks is not None and packet_blocks < 1:
        raise OptionError(f"a packet of {packet_blocks} blocks makes no sense: give at least 1")
    return PACKETIZERS[name](packet_blocks)
