"""Pages from the file, verified, and decompressed into the place of their elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from overproof.columns.files.damage import DamageError, translated
from overproof.columns.files.local import Range
from overproof.columns.files.protocol import ByteSource
from overproof.columns.layouts import NativeColumn
from overproof.columns.layouts.column import frozen
from overproof.columns.native.codec import Codec, Octets
from overproof.columns.native.kept import KeptPieces
from overproof.columns.native.pages.encodings import Array, decode, decode_compiled
from overproof.columns.native.pages.stored import CHECKSUM_BYTES, Part, StoredColumn
from overproof.columns.native.steps import Machinery


class FetchedPages:
    """Gives elements of pages; keeps the pages that a range has cut for the next range.

    Args:
        source: of the file's bytes.
        path: of the file, for messages.
        machinery: what gives compiled steps.

    Attributes:
        read_bytes: compressed bytes of pages read so far.
        n_decoded: pages decompressed so far.
    """

    def __init__(self, source: ByteSource, *, path: str, machinery: Machinery) -> None:
        self.read_bytes = 0
        self.n_decoded = 0
        self._source = source
        self._path = path
        self._machinery = machinery
        self._codec = Codec()
        self._scratch = np.empty(0, np.uint8)
        self._bytes: Mapping[Range, bytes | memoryview] = {}
        self._kept = KeptPieces()
        self._kept_of: dict[int, set[int]] = {}

    def fetch(self, wanted: Iterable[tuple[StoredColumn, int]]) -> None:
        """Fetch pages, all in one request, unless they are there.

        Raises:
            ReadError: phase `read`.
        """
        places: dict[Range, int] = {}
        for column, page in wanted:
            if (column.number, page) not in self._kept:
                place = column.place(page)
                if place not in self._bytes:
                    places[place] = column.size_bytes(page)
        if not places:
            return
        with translated(self._path, "read"):
            found = self._source.read_all(places)
        self.read_bytes += sum(places.values())
        self._bytes = {**self._bytes, **found} if self._bytes else found

    def forget(self) -> None:
        """Give back the bytes that were fetched."""
        self._bytes = {}

    def has(self, column: StoredColumn, page: int) -> bool:
        """Tell whether a page is kept."""
        return (column.number, page) in self._kept

    def fill(self, out: Array, column: StoredColumn, parts: Iterable[Part]) -> int:
        """Write elements of pages that were fetched, one behind the other, and count them.

        Raises:
            DamageError: a page is not the one that was written.
        """
        at = 0
        for number, part in enumerate(parts):
            if not number:
                self._drop_before(column, part.page)
            place = out[at : at + part.stop - part.first]
            if part.is_whole and (column.number, part.page) not in self._kept:
                self._decode(column, part.page, place)
            else:
                place[:] = self.page(column, part)[part.first : part.stop]
            at += len(place)
        return at

    def page(self, column: StoredColumn, part: Part) -> Array:
        """Return all elements of the page of a part, read-only.

        Raises:
            DamageError: it is not the page that was written.
        """
        key = (column.number, part.page)
        if (kept := self._kept.get(key)) is not None:
            return kept.values
        self._drop_before(column, part.page)
        # Ends of lists are kept in the width that arrays of lists have.
        page = np.empty(part.n_elements, np.int64 if column.encoding.is_index else column.encoding.dtype)
        self._decode(column, part.page, page)
        self._kept.keep(key, NativeColumn(values=frozen(page)))
        self._kept_of.setdefault(column.number, set()).add(part.page)
        return page

    def _drop_before(self, column: StoredColumn, page: int) -> None:
        """Give pages back that lie behind whoever reads a column from its beginning to its end.

        Memory that is given back soon is used again, while it is still in the processor's cache.
        """
        kept = self._kept_of.get(column.number)
        if kept and min(kept) < page:
            for each in [each for each in kept if each < page]:
                self._kept.drop((column.number, each))
                kept.remove(each)

    def _decode(self, column: StoredColumn, page: int, out: Array) -> None:
        encoding, n_bytes = column.encoding, (len(out) * column.n_bits + 7) // 8
        self.n_decoded += 1
        try:
            stored = self._verified(column, page, n_bytes)
            if not encoding.is_plain or out.dtype != encoding.dtype:
                raw = _octets(stored) if len(stored) == n_bytes else self._codec.unpack(stored, n_bytes)
                told: dict[str, Any] = {"n_bits": column.n_bits, "value_range": column.value_range}
                if decode_compiled(raw, out, encoding=encoding, **told, machinery=self._machinery):
                    return
                numbers = out if out.dtype == encoding.dtype else self._room(len(out), encoding.dtype)
                decode(raw, numbers, encoding=encoding, **told)
                if numbers is not out:
                    out[:] = numbers
            elif len(stored) == n_bytes:
                out.view(np.uint8)[:] = _octets(stored)
            else:
                self._codec.unpack_into(stored, out.view(np.uint8))
        except DamageError as error:
            raise DamageError(_said(column, page, str(error))) from error

    def _verified(self, column: StoredColumn, page: int, n_bytes: int) -> memoryview:
        """Return a page as stored, without its checksum.

        Raises:
            DamageError: the checksum is not that of the page; it is longer than its elements.
            ReadError: phase `read`.
        """
        place = column.place(page)
        if place not in self._bytes:
            # It was kept when the others were fetched, and dropped since.
            self.fetch([(column, page)])
        data = memoryview(self._bytes[place])
        if column.has_checksum(page):
            told, data = int.from_bytes(data[-CHECKSUM_BYTES:], "little"), data[:-CHECKSUM_BYTES]
            if xxhash.xxh3_64_intdigest(data) != told:
                raise DamageError("its checksum is wrong")
        if len(data) > n_bytes:
            raise DamageError(f"it is longer than its {n_bytes * 8 // column.n_bits:,} elements")
        return data

    def _room(self, n_elements: int, dtype: str) -> npt.NDArray[Any]:
        """Return memory for some numbers; it is overwritten by the next page."""
        n_bytes = n_elements * np.dtype(dtype).itemsize
        if len(self._scratch) < n_bytes:
            self._scratch = np.empty(n_bytes, np.uint8)
        return self._scratch[:n_bytes].view(dtype)


def _octets(data: memoryview) -> Octets:
    return np.frombuffer(data, np.uint8)


def _said(column: StoredColumn, page: int, why: str) -> str:
    start, stop = column.place(page)
    return f"{column.what}: the file is damaged at bytes {start:,} to {stop:,} (a page): {why}; copy it again"
