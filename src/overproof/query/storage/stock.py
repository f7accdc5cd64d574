"""What waits on one host behind one server."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from overproof.words.ids import FileIndex

if TYPE_CHECKING:
    from overproof.query.storage.server import Server


class Stock:
    """Files with waiting blocks of which a copy lies on one host behind one server, by how many read them.

    Attributes:
        host: the machine that has them on a disk of its own; empty: nobody knows.
        server: whose bandwidth is shared by those who read them; None: nobody knows.
        n_waiting: blocks that wait in them; counted only where a host or a server is known.
    """

    __slots__ = ("_by_readers", "host", "n_waiting", "server")

    def __init__(self, host: str = "", server: Server | None = None) -> None:
        self.host = host
        self.server = server
        self.n_waiting = 0
        self._by_readers: dict[int, OrderedDict[FileIndex, None]] = {}  # no empty values

    def __bool__(self) -> bool:
        return bool(self._by_readers)

    def __repr__(self) -> str:
        name = "" if self.server is None else self.server.name
        return f"Stock({self.host or 'anywhere'}, {name or 'any server'})"

    def add(self, file: FileIndex, n_readers: int) -> None:
        """Enter a file with waiting blocks."""
        files = self._by_readers.get(n_readers)
        if files is None:
            files = self._by_readers[n_readers] = OrderedDict()
        files[file] = None

    def discard(self, file: FileIndex, n_readers: int) -> None:
        """Strike off a file that is entered with so many readers."""
        files = self._by_readers[n_readers]
        del files[file]
        if not files:
            del self._by_readers[n_readers]

    def first(self) -> FileIndex:
        """Return the file with the fewest readers, and among these the one that has waited longest."""
        by_readers = self._by_readers
        return next(iter(by_readers[min(by_readers)]))

    def files(self) -> Iterator[FileIndex]:
        """Yield all files, that with the fewest readers first."""
        for n_readers in sorted(self._by_readers):
            yield from self._by_readers[n_readers]

    def listed(self) -> list[tuple[FileIndex, int]]:
        """List the files with the number of their readers."""
        return [(file, n_readers) for n_readers, files in self._by_readers.items() for file in files]


class Reading(NamedTuple):
    """One copy of a file, as it is read.

    Attributes:
        path: of the copy; empty: the path in the dataset.
        stock: where it lies.
    """

    path: str
    stock: Stock


NOWHERE = Reading("", Stock())
"""The reading of a file of which nobody knows where it lies; its stock is never filled."""
