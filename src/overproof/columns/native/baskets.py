"""From the baskets of a TTree to arrays, each basket decompressed once, into its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from overproof.columns.files import ByteSource, Range
from overproof.columns.files.damage import DamageError, one_line, translated
from overproof.columns.formats.checks.baskets import BasketHeader, check_basket, places_of_entries
from overproof.columns.formats.checks.counts import check_lengths
from overproof.columns.layouts import BasketLayout, EmbeddedBasket, NativeColumn, TreeLayout
from overproof.columns.layouts.column import Offsets, frozen
from overproof.columns.native.codec import Codec, Octets
from overproof.columns.native.elements import Elements, Places, elements_of
from overproof.columns.native.kept import KeptPieces
from overproof.columns.native.lists import SharedLists
from overproof.columns.native.steps import Machinery
from overproof.words.errors import ReadError


class _Plan(NamedTuple):
    """What has to be done for one column.

    Attributes:
        low: number of the first basket.
        stops: first entry of each basket, and the end of the last.
        kept: baskets that are decoded already, by number.
        places: of baskets that have to be fetched, by number.
    """

    low: int
    stops: list[int]
    kept: dict[int, NativeColumn]
    places: dict[int, Range]


class _Basket(NamedTuple):
    """One basket that has to be decoded.

    Attributes:
        number: in its branch.
        first: first entry.
        n_entries: in it.
        place: in the file; None for one that lies in the tree itself.
        data: all of its bytes, header included; for one that lies in the tree, its elements.
        header: None for one that lies in the tree itself.
        embedded: one that lies in the tree itself.
        n_elements: numbers in it; for lists with something in front of them, too.
    """

    number: int
    first: int
    n_entries: int
    n_elements: int
    place: Range | None = None
    data: memoryview | None = None
    header: BasketHeader | None = None
    embedded: EmbeddedBasket | None = None


class _Branch:
    """What is known of one column.

    Attributes:
        layout: where its baskets lie.
        elements: what is in them.
        said: its name, for messages.
        next: number of the basket behind those that were asked for last: who reads on, needs not look for it.
    """

    __slots__ = ("elements", "layout", "next", "said")

    def __init__(self, layout: BasketLayout) -> None:
        self.layout = layout
        self.elements = elements_of(layout)
        self.said = f"branch {layout.branch.decode(errors='replace')}"
        self.next = 0

    def baskets(self, first: int, stop: int) -> range:
        """Return the numbers of the baskets in which some entries lie."""
        stops, low = self.layout.stops, self.next
        if low + 1 >= len(stops) or stops.item(low) != first or stops.item(low + 1) == first:
            low = int(stops.searchsorted(first, side="right")) - 1
        high = low + 1 if stops.item(low + 1) == stop else int(stops.searchsorted(stop, side="left"))
        self.next = high
        return range(low, high)


class BasketDecoder:
    """Reads columns of one TTree; keeps what a range has cut, for the range that follows.

    Args:
        tree: where the columns lie; those that are asked for are `BasketLayout`.
        source: the bytes of the file.
        machinery: what gives compiled steps; None: nothing does.

    Attributes:
        read_bytes: compressed bytes of baskets read so far.
        n_decoded: baskets decompressed so far.
    """

    def __init__(self, tree: TreeLayout, source: ByteSource, *, machinery: Machinery | None = None) -> None:
        self._tree = tree
        self._source = source
        self._codec = Codec()
        self._kept = KeptPieces()
        self._branches: dict[str, _Branch] = {}
        self._machinery = machinery or Machinery()
        self._lists = SharedLists(self._machinery)
        self._bare: set[str] = set()
        self.read_bytes = 0
        self.n_decoded = 0

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Return columns of the entries from `first` to `stop`; all missing baskets are fetched in one request.

        Raises:
            ReadError: phase `read` or `decode`.
        """
        plans = {name: self._plan(name, first, stop) for name in names}
        wanted = [place for plan in plans.values() for place in plan.places.values()]
        with translated(self._tree.path, "read"):
            chunks = self._source.read_all(wanted) if wanted else {}
        self.read_bytes += sum(end - start for start, end in chunks)
        columns = {}
        try:
            for name, plan in plans.items():
                with translated(self._tree.path, "decode", what=self._branch(name).said):
                    columns[name] = self._assemble(name, plan, chunks, first, stop)
        finally:
            # Nothing of this range is held: memory that is given back soon is used again, while it is still in the
            # processor's cache.
            self._lists = SharedLists(self._machinery)
        self._check_counts(columns)
        return {name: _leaf(self._branch(name).layout, column) for name, column in columns.items()}

    def ranges(self, names: Sequence[str], first: int, stop: int) -> list[Range]:
        """Tell which bytes a `read` would fetch."""
        return [place for name in names for place in self._plan(name, first, stop).places.values()]

    def _branch(self, name: str) -> _Branch:
        found = self._branches.get(name)
        if found is None:
            layout = self._tree.columns[name]
            assert isinstance(layout, BasketLayout)
            found = self._branches[name] = _Branch(layout)
        return found

    def _plan(self, name: str, first: int, stop: int) -> _Plan:
        branch = self._branch(name)
        layout = branch.layout
        if stop <= first:
            return _Plan(0, [0], {}, {})
        if stop > layout.stops[-1]:
            raise ReadError(
                f"{branch.said} ends at entry {layout.stops[-1]}, the tree does not",
                file=self._tree.path,
                phase="decode",
            )
        numbers = branch.baskets(first, stop)
        kept, places = {}, {}
        for number in numbers:
            if (piece := self._kept.get((name, number))) is not None:
                kept[number] = piece
            elif number not in layout.embedded:
                seek = layout.seeks.item(number)
                places[number] = (seek, seek + layout.sizes_bytes.item(number))
        return _Plan(numbers.start, layout.stops[numbers.start : numbers.stop + 1].tolist(), kept, places)

    def _assemble(
        self, name: str, plan: _Plan, chunks: Mapping[Range, bytes | memoryview], first: int, stop: int
    ) -> NativeColumn:
        """Lay the baskets of one column end to end: whole ones are decoded into their places, cut ones are copied."""
        pieces: list[NativeColumn | _Basket] = []
        for number, (begins, ends) in enumerate(pairwise(plan.stops), start=plan.low):
            piece: NativeColumn | _Basket | None = plan.kept.get(number)
            is_cut = begins < first or ends > stop
            if piece is None:
                place = plan.places.get(number)
                chunk = None if place is None else memoryview(chunks[place])
                piece = self._look_at(name, number, (begins, ends), place, chunk)
                if is_cut:
                    piece = self._decode(name, [piece])
                    self._kept.keep((name, number), piece)
            if isinstance(piece, NativeColumn) and is_cut:
                piece = piece.cut(max(first - begins, 0), min(stop, ends) - begins)
            pieces.append(piece)
        if len(pieces) == 1 and isinstance(pieces[0], NativeColumn):
            return pieces[0]
        return self._decode(name, pieces)

    def _look_at(
        self, name: str, number: int, entries: Range, place: Range | None, chunk: memoryview | None
    ) -> _Basket:
        """Check the header of a basket, and tell how much is in it."""
        branch = self._branch(name)
        layout, elements = branch.layout, branch.elements
        n_entries = entries[1] - entries[0]
        basket = _Basket(number, entries[0], n_entries, 0, place, chunk)
        try:
            if place is None or chunk is None:
                embedded = layout.embedded[number]
                return basket._replace(embedded=embedded, n_elements=elements.count(len(embedded.data), n_entries))
            header = check_basket(
                chunk, seek=place[0], n_entries=n_entries, name=layout.branch, others=self._tree.branch_names,
                doubtful=self._tree.doubtful,
            )  # fmt: skip
            if not header.is_covered:
                self._bare.add(name)
            return _Basket(
                number, entries[0], n_entries, elements.count(header.data_bytes, n_entries), place, chunk, header
            )
        except DamageError as error:
            raise self._damaged(branch, basket, error) from error

    def _decode(self, name: str, pieces: Sequence[NativeColumn | _Basket]) -> NativeColumn:
        """Make one column of pieces."""
        branch = self._branch(name)
        layout, elements = branch.layout, branch.elements
        values = elements.empty(sum(map(_n_elements, pieces)))
        lists: list[Places] = []
        element = 0
        for piece in pieces:
            if isinstance(piece, NativeColumn):
                stop = element + len(piece.values)
                values[element:stop] = piece.values
                lists += piece.offsets
            else:
                stop = element + piece.n_elements
                try:
                    lists += self._fill(name, piece, values[element:stop])
                except DamageError as error:
                    raise self._damaged(branch, piece, error) from error
            element = stop
        if values.dtype == np.bool_:  # what a program never set may be any byte, which is true unless it is 0
            np.not_equal(values.view(np.uint8), 0, out=values)
        offsets = (self._lists.joined(lists),) if layout.is_jagged else ()
        return NativeColumn(values=frozen(values), offsets=offsets)

    def _fill(self, name: str, basket: _Basket, into: npt.NDArray[Any]) -> list[Places]:
        """Decompress one basket into the place of its elements; return where its lists begin, if it has lists."""
        branch = self._branch(name)
        layout, elements = branch.layout, branch.elements
        data, behind = self._unpack(basket)
        self.n_decoded += 1
        if not layout.is_jagged:
            elements.fill(into, data)
            return []
        counter = layout.counter or name
        if basket.header is not None and len(behind):
            offsets = self._lists.of_stored(
                counter, basket.number, elements, behind, basket.header, n_entries=basket.n_entries
            )
            if offsets is not None and self._fill_compiled(elements, into, data, offsets):
                return [offsets]
        places, is_covered = self._places(name, basket, behind)
        if len(places) != basket.n_entries + 1 or places[0] != 0 or places[-1] != len(data):
            raise DamageError("the places of its entries do not follow each other")
        found = self._lists.of_places(counter, basket.number, elements, places, is_covered=is_covered)
        elements.fill_lists(into, data, places, found)
        return [found]

    def _fill_compiled(self, elements: Elements, into: npt.NDArray[Any], data: Octets, offsets: Offsets) -> bool:
        """Put the elements of lists into their place; False where numpy must do it."""
        if not elements.header_bytes:
            elements.fill(into, data)
            return True
        width_bytes = elements.stored.itemsize
        step = self._machinery.step(f"inside {width_bytes}") if elements.is_swapped_only else None
        if step is None:
            return False
        given = {"from": data, "into": into, "lists": offsets, "n": len(offsets) - 1, "front": elements.header_bytes}
        return not step({**given, "scale": elements.size_bytes // width_bytes})

    def _unpack(self, basket: _Basket) -> tuple[Octets, Octets]:
        """Return the entries of a basket, as stored, and what is stored behind them."""
        header = basket.header
        if header is None or basket.data is None:
            assert basket.embedded is not None
            return np.frombuffer(basket.embedded.data, np.uint8), np.empty(0, np.uint8)
        payload = basket.data[header.key_bytes :]
        raw = self._codec.unpack(payload, header.n_bytes) if header.is_compressed else np.frombuffer(payload, np.uint8)
        return raw[: header.data_bytes], raw[header.data_bytes :]

    def _places(self, name: str, basket: _Basket, behind: Octets) -> tuple[Places, bool]:
        """Return where the entries of a basket begin, in bytes, and the last ends, and if a checksum covers that."""
        header = basket.header
        if header is not None and len(behind):
            return places_of_entries(behind.view(">i4"), header, n_entries=basket.n_entries), header.is_covered
        if basket.embedded is not None and basket.embedded.offsets is not None:
            return basket.embedded.offsets, False
        # These come out of baskets of another branch: the checksum of this one does not cover them.
        return self._places_of_lists(name, basket), False

    def _places_of_lists(self, name: str, basket: _Basket) -> Places:
        """Tell where lists begin of which ROOT has stored no places: the branch of their lengths tells."""
        counter = self._branch(name).layout.counter
        if not counter:
            raise DamageError("nothing tells where its lists begin")
        codec, self._codec = self._codec, Codec()  # what is decompressed already must stay
        plan = self._plan(counter, basket.first, basket.first + basket.n_entries)
        with translated(self._tree.path, "read"):
            chunks = self._source.read_all(plan.places.values())
        self.read_bytes += sum(end - start for start, end in chunks)
        counts = self._assemble(counter, plan, chunks, basket.first, basket.first + basket.n_entries).values
        self._codec = codec
        places = np.zeros(basket.n_entries + 1, np.int64)
        np.cumsum(counts, out=places[1:])
        return places * self._branch(name).elements.size_bytes

    def _check_counts(self, columns: Mapping[str, NativeColumn]) -> None:
        """Compare lists with the branch of their lengths, where both were asked for, and one is not beyond doubt."""
        for name, column in columns.items():
            if not column.offsets or (layout := self._branch(name).layout).counter not in columns:
                continue
            # Of numbers that are given out as others only a title tells how they are stored.
            if layout.given or not self._bare.isdisjoint((name, layout.counter)):
                counter = self._branch(layout.counter).layout
                with translated(self._tree.path, "decode", what=self._branch(name).said):
                    told = columns[layout.counter].values
                    if told.ndim == 1:
                        check_lengths(column.offsets[0], told, what=counter.branch.decode(errors="replace"))

    def _damaged(self, branch: _Branch, basket: _Basket, error: DamageError) -> ReadError:
        if basket.place is None or basket.data is None:
            why = f"{branch.said}: basket {basket.number}, which lies in the tree itself, is damaged: {error}"
            return ReadError(why, file=self._tree.path, phase="decode")
        why = one_line(error) if np.frombuffer(basket.data, np.uint8).any() else "it holds nothing but zeros"
        return ReadError(
            f"{branch.said}: the file is damaged at bytes {basket.place[0]:,} to {basket.place[1]:,} "
            f"(basket {basket.number}): {why}; copy it again",
            file=self._tree.path,
            phase="decode",
        )


def _n_elements(piece: NativeColumn | _Basket) -> int:
    return len(piece.values) if isinstance(piece, NativeColumn) else piece.n_elements


def _leaf(layout: BasketLayout, column: NativeColumn) -> NativeColumn:
    """Return one leaf of a branch that has several."""
    if not layout.leaf:
        return column
    return NativeColumn(values=frozen(np.ascontiguousarray(column.values[layout.leaf])), offsets=column.offsets)
