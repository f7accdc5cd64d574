"""From the baskets of branches to arrays, each basket decompressed once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np
import uproot
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.library import Awkward
from uproot.interpretation.numerical import AsDtype
from uproot.interpretation.strings import AsStrings
from uproot.models.TBasket import Model_TBasket
from uproot.source.cursor import Cursor

from overproof.columns.files.damage import DamageError, one_line, translated
from overproof.columns.files.local import Range
from overproof.columns.formats.checks.baskets import check_basket, check_offsets, places_of_entries
from overproof.columns.formats.checks.counts import check_lengths
from overproof.columns.formats.checks.tables import check_branch, check_type
from overproof.columns.formats.interpretations import MemberwiseError, is_memberwise, one_by_one
from overproof.columns.formats.source import fetch
from overproof.columns.grid import Entries
from overproof.words.errors import ReadError
from overproof.words.units import MB

KEPT_LIMIT_BYTES = 128 * MB
"""Bytes of decoded baskets kept because a range ended inside of them."""

_LIBRARY = Awkward()
_OPTIONS = {"ak_add_doc": False}


@dataclass(slots=True)
class _Wanted:
    """One branch in one request: the baskets from `low` to `high` (exclusive)."""

    branch: Any
    offsets: Entries
    low: int
    high: int


class BasketReader:
    """Reads entries of branches; remembers the baskets that a range has cut, for the range that follows.

    Without that, ranges shorter than baskets decompress each basket again and again.

    Args:
        path: local path or URL of the file.
        source: where its bytes come from.
        names: of all branches of the tree.
        doubtful: gives the places of baskets that cannot be where they are said to be.
    """

    def __init__(self, path: str, source: Any, *, names: Set[bytes], doubtful: Callable[[], Set[int]]) -> None:
        self._path = path
        self._source = source
        self._names = names
        self._doubtful = doubtful
        self._offsets: dict[int, Entries] = {}
        self._counters: dict[int, Any] = {}
        self._own_names: dict[int, bytes] = {}
        self._bare: set[int] = set()
        self._kept: OrderedDict[tuple[int, int], tuple[Any, int]] = OrderedDict()
        self._kept_bytes = 0
        self.read_bytes = 0
        self.n_decoded = 0

    def read(self, branches: Sequence[Any], first: int, stop: int) -> list[Any]:
        """Return an awkward array for each branch; all missing baskets are fetched in one request.

        Args:
            branches: branches of uproot that have an interpretation and no branches below.
            first: first entry.
            stop: last entry, exclusive.

        Raises:
            ReadError: phase `read` or `decode`.
        """
        with translated(self._path, "decode", what="baskets"):
            wanted = [self._plan(branch, first, stop) for branch in branches]
            places = {(id(each.branch), number): place for each in wanted for number, place in self._places(each)}
        with translated(self._path, "read"):
            chunks = fetch(self._source, places.values()) if places else {}
        self.read_bytes += sum(end - start for start, end in chunks)
        arrays = []
        for each in wanted:
            with translated(self._path, "decode", what=f"branch {each.branch.name}"):
                arrays.append(self._assemble(each, places, chunks, first, stop))
        self._check_counts(dict(zip((id(branch) for branch in branches), arrays, strict=True)), branches)
        return arrays

    def places(self, branches: Iterable[Any], first: int, stop: int) -> Iterator[Range]:
        """Give the bytes that `read` would fetch.

        Raises:
            ReadError: the description of a branch is damaged.
        """
        with translated(self._path, "decode", what="baskets"):
            for branch in branches:
                for _, place in self._places(self._plan(branch, first, stop)):
                    yield place

    def _check_counts(self, arrays: Mapping[int, Any], branches: Sequence[Any]) -> None:
        """Compare lists with the branch of their lengths, where both were asked for, and one is not beyond doubt."""
        for branch in branches:
            is_doubtful = _is_told_by_title(branch)
            if not (self._bare or is_doubtful):
                continue
            if not isinstance(arrays[id(branch)].layout, ak.contents.ListOffsetArray):
                continue
            if id(branch) not in self._counters:
                self._counters[id(branch)] = branch.count_branch
            counter = self._counters[id(branch)]
            is_doubtful = is_doubtful or not self._bare.isdisjoint((id(branch), id(counter)))
            if id(counter) in arrays and is_doubtful:
                with translated(self._path, "decode", what=f"branch {branch.name}"):
                    _check_counts(arrays[id(branch)], arrays[id(counter)], what=counter.name)

    def _plan(self, branch: Any, first: int, stop: int) -> _Wanted:
        offsets = self._offsets.get(id(branch))
        if offsets is None:
            offsets = np.asarray(branch.entry_offsets, dtype=np.int64)
            with translated(self._path, "decode", what=f"branch {branch.name}"):
                check_branch(branch, offsets)
                check_type(branch)
            self._offsets[id(branch)] = offsets
        if stop > first and stop > offsets[-1]:
            raise ReadError(
                f"branch {branch.name} ends at entry {offsets[-1]}, the tree does not", file=self._path, phase="decode"
            )
        if stop <= first:
            return _Wanted(branch, offsets, 0, 0)
        low = int(np.searchsorted(offsets, first, side="right")) - 1
        high = int(np.searchsorted(offsets, stop, side="left"))
        return _Wanted(branch, offsets, low, high)

    def _places(self, wanted: _Wanted) -> Iterator[tuple[int, Range]]:
        """Give number and bytes of each basket that has to be fetched; embedded ones lie in the tree itself."""
        branch = wanted.branch
        n_own = branch.num_baskets - len(branch.embedded_baskets)
        seeks = branch.member("fBasketSeek")
        sizes = branch.member("fBasketBytes")
        for number in range(wanted.low, min(wanted.high, n_own)):
            if (id(branch), number) not in self._kept:
                yield number, (int(seeks[number]), int(seeks[number]) + int(sizes[number]))

    def _assemble(self, wanted: _Wanted, places: Any, chunks: Any, first: int, stop: int) -> Any:
        branch, offsets = wanted.branch, wanted.offsets
        context = dict(branch.context)
        # uproot compiles a small machine for some types while it decodes; it is shared by the baskets of one request.
        context["forth"] = threading.local()
        pieces: dict[int, Any] = {}
        for number in range(wanted.low, wanted.high):
            kept = self._kept.get((id(branch), number))
            if kept is not None:
                self._kept.move_to_end((id(branch), number))
                pieces[number - wanted.low] = kept[0]
                continue
            place = places.get((id(branch), number))
            piece, size_bytes = self._decode(branch, number, None if place is None else chunks[place], context)
            pieces[number - wanted.low] = piece
            if offsets[number] < first or offsets[number + 1] > stop:
                self._keep((id(branch), number), piece, size_bytes)
        span = offsets[wanted.low : wanted.high + 1].tolist() or [0]
        return branch.interpretation.final_array(pieces, first, stop, span, _LIBRARY, branch, _OPTIONS)

    def _decode(self, branch: Any, number: int, chunk: Any, context: dict[str, Any]) -> tuple[Any, int]:
        """Decompress and interpret one basket; return what uproot makes of it, and its size."""
        offsets = self._offsets[id(branch)]
        n_entries = int(offsets[number + 1] - offsets[number])
        if chunk is None:
            basket = branch.basket(number)
            check_offsets(basket, is_covered=False)
        else:
            basket = self._unpack(branch, number, chunk, n_entries=n_entries)
        self.n_decoded += 1
        data, byte_offsets = basket.data, basket.byte_offsets
        if is_memberwise(branch.interpretation, data, byte_offsets):
            try:
                data, byte_offsets = one_by_one(branch.interpretation, data, byte_offsets)
            except MemberwiseError as error:
                raise DamageError(f"basket {number}: {error}, which is stored member by member") from error
        if isinstance(branch.interpretation, AsStrings) and byte_offsets is not None:
            data, byte_offsets = _with_every_length(data, byte_offsets)
        if isinstance(branch.interpretation, AsJagged) and byte_offsets is None:
            byte_offsets = self._offsets_of_lists(branch, int(offsets[number]), int(offsets[number + 1]))
        piece = branch.interpretation.basket_array(
            data, byte_offsets, basket, branch, context, basket.member("fKeylen"), _LIBRARY, _OPTIONS
        )
        if len(piece) != n_entries:
            raise DamageError(f"basket {number} has {len(piece)} entries and should have {n_entries}")
        return piece, int(basket.uncompressed_bytes)

    def _offsets_of_lists(self, branch: Any, first: int, stop: int) -> Any:
        """Tell where lists begin of which ROOT has stored no places: the branch of their lengths tells."""
        counter = branch.count_branch
        if counter is None:
            raise DamageError("nothing tells where its lists begin")
        (counts,) = self.read([counter], first, stop)
        sizes = np.asarray(counts, dtype=np.int64) * branch.interpretation.content.itemsize
        return np.concatenate([[0], np.cumsum(sizes)])

    def _unpack(self, branch: Any, number: int, chunk: Any, *, n_entries: int) -> Any:
        """Check and decompress one basket: what fails here is the file, not the type of the branch."""
        try:
            header = check_basket(
                memoryview(chunk._raw_data), seek=chunk.start, n_entries=n_entries, name=self._name_of(branch),
                others=self._names, doubtful=self._doubtful(),
            )  # fmt: skip
            if not header.is_covered:
                self._bare.add(id(branch))
            basket = Model_TBasket.read(
                chunk, Cursor(chunk.start), {"basket_num": number}, branch.file, branch.file, branch
            )
            if basket.byte_offsets is not None and header.has_features:
                told = basket.raw_data[basket.border :].view(">i4")
                basket._byte_offsets = places_of_entries(told, header, n_entries=n_entries)
            check_offsets(basket, is_covered=header.is_covered)
        except Exception as error:
            if not np.frombuffer(chunk._raw_data, np.uint8).any():
                why = "it holds nothing but zeros"
            elif isinstance(error, DamageError):
                why = str(error)
            elif isinstance(error, uproot.DeserializationError):
                why = "it does not hold a basket"
            else:
                why = one_line(error)
            raise ReadError(
                f"branch {branch.name}: the file is damaged at bytes {chunk.start:,} to {chunk.stop:,} "
                f"(basket {number}): {why}; copy it again",
                file=self._path,
                phase="decode",
            ) from error
        return basket

    def _name_of(self, branch: Any) -> bytes:
        name = self._own_names.get(id(branch))
        if name is None:
            name = self._own_names[id(branch)] = branch.member("fName").encode(errors="surrogateescape")
        return name

    def _keep(self, key: tuple[int, int], piece: Any, size_bytes: int) -> None:
        self._kept[key] = (piece, size_bytes)
        self._kept_bytes += size_bytes
        while self._kept_bytes > KEPT_LIMIT_BYTES and len(self._kept) > 1:
            _, (_, dropped_bytes) = self._kept.popitem(last=False)
            self._kept_bytes -= dropped_bytes


def _is_told_by_title(branch: Any) -> bool:
    """Tell whether its lists are of Float16_t or Double32_t: how these are stored only a title tells."""
    if not isinstance(branch.interpretation, AsJagged):
        return False
    content = branch.interpretation.content
    return isinstance(content, AsDtype) and content.from_dtype.base.newbyteorder("=") != content.to_dtype.base


def _check_counts(lists: Any, counts: Any, *, what: str) -> None:
    """Compare lists with their lengths, where these are plain integers."""
    if isinstance(counts.layout, ak.contents.NumpyArray) and (told := np.asarray(counts.layout.data)).ndim == 1:
        check_lengths(np.asarray(lists.layout.offsets), told, what=what)


def _with_every_length(data: Any, byte_offsets: Any) -> tuple[Any, Any]:
    """Write a length of 0 for every empty text: ROOT writes nothing for it, and uproot then reads that of the next."""
    is_empty = byte_offsets[1:] == byte_offsets[:-1]
    if not is_empty.any():
        return data, byte_offsets
    shift = np.concatenate([[0], np.cumsum(is_empty)]).astype(byte_offsets.dtype)
    return np.insert(data, byte_offsets[:-1][is_empty], 0), byte_offsets + shift
