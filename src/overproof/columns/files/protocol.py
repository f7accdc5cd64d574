"""What the bytes of one open file come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from overproof.columns.files.local import Range


class ByteSource(Protocol):
    """One open file."""

    @property
    def identity(self) -> str:
        """Which version of the file was opened; empty where that cannot be told."""
        ...

    @property
    def size_bytes(self) -> int:
        """Size of the file; without limit where nobody tells it."""
        ...

    def read_all(self, ranges: Iterable[Range]) -> Mapping[Range, bytes | memoryview]:
        """Return many ranges of bytes, in as few requests as possible; each is whole.

        Raises:
            BytesError: the file ends before, or has changed.
            OSError: the bytes do not come.
        """
        ...

    def announce(self, ranges: Iterable[Range]) -> None:
        """Learn what will be read soon, to fetch it meanwhile; never fails."""
        ...

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is (empty), whether the path leads here."""
        ...

    def close(self) -> None:
        """Give the file back."""
        ...
