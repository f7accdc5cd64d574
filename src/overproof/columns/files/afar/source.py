"""What every protocol must answer for one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from overproof.columns.files.requests import Range

XROOTD = ("root://", "roots://", "xroot://", "xroots://")
"""How URLs begin that are read through the client of XRootD."""


class FarSource(Protocol):
    """One file of another machine; every method may be called from any thread, and tries once.

    Attributes:
        server: who served the last answer, as `host:port`.
    """

    server: str

    def size(self) -> int | None:
        """Return the size of the file; None where the server does not tell it.

        Raises:
            OSError: nobody answers, or there is no such file.
        """
        ...

    def ask(self, spans: Sequence[Range]) -> list[bytes]:
        """Return ranges of bytes, in as few requests as the protocol allows; shorter where the file ends before.

        Raises:
            OSError: they do not come.
        """
        ...

    def leave(self) -> None:
        """Let go of what belongs to the process before a fork, without a word to the server."""
        ...

    def close(self) -> None:
        """Give the file back; never waits for a server."""
        ...


def open_afar(url: str) -> FarSource:
    """Return what answers for the file of a URL; nobody is asked yet.

    Raises:
        ValueError: no such protocol, or not a URL of it.
        ImportError: a package is missing to reach it.
    """
    if url.startswith(XROOTD):
        from overproof.columns.files.afar.xrootd import XRootDSource

        return XRootDSource(url)
    from overproof.columns.files.afar.others import FsspecSource

    return FsspecSource(url)
