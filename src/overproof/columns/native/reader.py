"""The reader that reads natively what it can."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from overproof.columns.files import ByteSource, Range
from overproof.columns.files.damage import translated
from overproof.columns.formats.names import Names
from overproof.columns.formats.protocol import Reader
from overproof.columns.layouts import Description, NativeColumn, TreeLayout
from overproof.columns.native.steps import Machinery
from overproof.records.dataset import FileGrid
from overproof.records.schema import Schema
from overproof.words.errors import OverproofError, ReadError


class _Decoder(Protocol):
    """What turns bytes of one tree into columns."""

    @property
    def read_bytes(self) -> int: ...

    @property
    def n_decoded(self) -> int: ...

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]: ...

    def ranges(self, names: Sequence[str], first: int, stop: int) -> list[Range]: ...


class NativeReader:
    """One tree of one open file; columns that are not plain enough are read by another reader, opened when needed.

    User code may ask for columns from threads of its own, of this block or an earlier one: one reads at a time, as all
    decompress into the same memory.

    Args:
        description: of the tree.
        source: the bytes of the file; closed with this reader.
        open_rest: opens a reader of the same tree that can read every column; it may be another version of the file,
            which is refused.
        machinery: what gives compiled steps; None: nothing does.
        afterwards: done once, when there is time: after something was read, or at the end.
    """

    def __init__(
        self,
        description: Description,
        source: ByteSource,
        *,
        open_rest: Callable[[], Reader],
        machinery: Machinery | None = None,
        afterwards: Callable[[Description], None] | None = None,
    ) -> None:
        layout = description.layout
        self.path = layout.path
        self.tree = layout.tree
        self.uuid = layout.uuid
        self.identity = layout.identity
        self.n_entries = layout.n_entries
        self.size_bytes = layout.size_bytes
        self.has_index = description.has_index
        self._description = description
        self._layout = layout
        self._source = source
        self._open_rest = open_rest
        self._afterwards = afterwards
        self._n_reads = 0
        self._opened: Reader | None = None
        self._lock = threading.RLock()
        self._decoder = _decoder(layout, source, machinery)
        self._names = Names(
            layout.names, wholes=layout.wholes, others=layout.others, where=f"tree '{layout.tree}' of {layout.path}"
        )
        self._schema: Schema | None = None

    @property
    def names(self) -> Sequence[str]:
        """Names of all branches, as in the schema."""
        return self._names.leaves

    @property
    def read_bytes(self) -> int:
        """Compressed bytes of baskets or pages read so far."""
        return self._decoder.read_bytes + (0 if self._opened is None else self._opened.read_bytes)

    @property
    def n_decoded(self) -> int:
        """Baskets or pages decompressed natively so far."""
        return self._decoder.n_decoded

    def is_native(self, name: str) -> bool:
        """Tell whether a branch, spelt as in the schema, is read natively."""
        return name in self._layout.columns

    def resolve(self, name: str) -> str:
        """Return the one spelling that the reader uses for a branch."""
        found = self.find(name)
        return self._names.resolve(name) if found is None else found

    def find(self, name: str) -> str | None:
        """Return what `resolve` does, and quickly None where there is no such branch."""
        found = self._names.find(name)
        return self._rest().find(name) if found is None and self._may_be_inside(name) else found

    def _may_be_inside(self, name: str) -> bool:
        """Tell whether a name may be that of a member of an object: something that is not native is before a dot."""
        parts = name.split(".")
        holders = (".".join(parts[:n_parts]) for n_parts in range(1, len(parts)))
        return any(self._names.find(holder) == holder and not self.is_native(holder) for holder in holders)

    def named_friends(self) -> list[tuple[str, str, str]]:
        """Return the friends that the tree names: name, path of the tree, path of the file (empty: the same file)."""
        return list(self._description.friends)

    def schema(self) -> Schema:
        """Tell the branches and their types."""
        if self._schema is None:
            self._schema = self._description.schema()
        return self._schema

    def grid(self, block_entries: int) -> FileGrid:
        """Tell the blocks."""
        return self._description.grid(block_entries)

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Read columns of the entries from `first` to `stop`."""
        native = self.read_native(names, first, stop)
        others = [name for name in names if name not in native]
        with self._lock:
            arrays = self._rest().read(others, first, stop) if others else {}
        return {name: native[name].to_awkward() if name in native else arrays[name] for name in names}

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Read those of some columns that are plain enough to be had as arrays."""
        columns = self._layout.columns
        native = {name: found for name in names if (found := self.resolve(name)) in columns}
        if not native:
            return {}
        with self._lock:
            read = self._decoder.read(list(dict.fromkeys(native.values())), first, stop)
            self._n_reads += 1
            if self._n_reads == 2:  # nobody waits for a first block any more
                self.tidy_up()
        return {name: read[found] for name, found in native.items()}

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Let the bytes of columns that will be read soon be fetched meanwhile."""
        # Looked at only where the file needs it; what is wrong with it, whoever reads it is told.
        with contextlib.suppress(OverproofError), self._lock:
            self._source.announce(self._coming(names, first, stop))
            if self._opened is not None:
                others = [name for name in names if not self.is_native(self.resolve(name))]
                self._opened.expect(others, first, stop)

    def _coming(self, names: Sequence[str], first: int, stop: int) -> Iterator[Range]:
        """Give the bytes that will be read natively."""
        with translated(self.path, "decode"):
            found = dict.fromkeys(map(self.resolve, names))
            yield from self._decoder.ranges([name for name in found if self.is_native(name)], first, stop)

    def _rest(self) -> Reader:
        """Return the reader of all other columns, opened now or before.

        Raises:
            DatasetError, ReadError: it cannot be opened any more, or is another version of the file.
        """
        with self._lock:
            if self._opened is None:
                opened = self._open_rest()
                if opened.identity != self.identity:
                    opened.close()
                    raise ReadError(
                        "the file was replaced while it was read: do not change files that are in use",
                        file=self.path,
                        phase="open",
                    )
                self._opened = opened
            return self._opened

    def tidy_up(self) -> None:
        """Do what was put off while somebody waited."""
        afterwards, self._afterwards = self._afterwards, None
        if afterwards is not None:
            afterwards(self._description)

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is (empty), whether the path leads here."""
        return self._source.serves(identity)

    def close(self) -> None:
        """Give the file back."""
        self.tidy_up()
        self._source.close()
        if self._opened is not None:
            self._opened.close()


def _decoder(layout: TreeLayout, source: ByteSource, machinery: Machinery | None) -> _Decoder:
    if layout.format == "TTree":
        from overproof.columns.native.baskets import BasketDecoder

        return BasketDecoder(layout, source, machinery=machinery)
    from overproof.columns.native.pages import PageDecoder

    return PageDecoder(layout, source, machinery=machinery)
