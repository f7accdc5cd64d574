"""What the protocol of a file says of its surroundings."""

from __future__ import annotations

from collections.abc import Iterable

ASKING = ("root://", "roots://", "xroot://", "xroots://", "https://", "davs://")
"""Protocols whose servers may ask who reads."""

TELLING = ("root://", "roots://", "xroot://", "xroots://")
"""Protocols whose servers tell where a file lies."""


def needs_credentials(paths: Iterable[str]) -> bool:
    """Tell whether any of some files lies with a server that may ask who reads it."""
    return any(path.startswith(ASKING) for path in paths)


def tells_places(paths: Iterable[str]) -> bool:
    """Tell whether a server can be asked where any of some files lies."""
    return any(path.startswith(TELLING) for path in paths)
