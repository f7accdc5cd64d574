"""The contract of cells, for every kind: parts, moves and parcels add up to what plain integers do."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from overproof.outputs.cells import PIECE_CELLS, Cells, Parcel
from overproof.outputs.kinds.arrays import IntegerSum
from overproof.outputs.kinds.histograms.storages import CountSum
from overproof.outputs.sums import ExactSum

N_CELLS = 2 * PIECE_CELLS + 100


def count_sum(numbers: Any) -> Cells:
    return CountSum(numbers.copy())


def exact_sum(numbers: Any) -> Cells:
    return ExactSum.of(numbers.astype(np.float64))


KINDS = {"counts": count_sum, "integers": IntegerSum.of, "doubles": exact_sum}


def numbers_of(cells: Any) -> list[int]:
    if isinstance(cells, CountSum):
        return cells.counts.tolist()  # type: ignore[no-any-return]
    rounded = cells.rounded(np.dtype(np.int64)) if isinstance(cells, IntegerSum) else cells.rounded()
    return rounded.astype(np.int64).tolist()  # type: ignore[no-any-return]


def some(seed: int, n_cells: int = N_CELLS) -> Any:
    """Give integers, half of them zero."""
    rng = np.random.default_rng(seed)
    return rng.integers(-(2**40), 2**40, size=n_cells) * rng.integers(0, 2, size=n_cells)


@pytest.mark.parametrize("kind", KINDS)
def test_parts_share_the_memory_of_the_whole(kind: str) -> None:
    """Adding to a part adds to the whole, and the pieces are all of it, once, in order."""
    one, other = some(1), some(2)
    cells, added = KINDS[kind](one), KINDS[kind](other)
    places = []
    for where, piece in added.pieces():
        cells.part(where).merge(piece)
        places += range(where.start, where.stop)
    assert places == list(range(N_CELLS))
    assert numbers_of(cells) == (one + other).tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_cells", [0, 1, 1000, N_CELLS])
def test_a_parcel_is_what_was_sent(kind: str, n_cells: int) -> None:
    """Settled it is the same cells; added, the same sum; and its buffer need not stay."""
    one, other = some(3, n_cells), some(4, n_cells)
    sent = KINDS[kind](one)
    parcel = Parcel(sent.blank(0), n_cells, [pickle.dumps(piece) for _, piece in sent.pieces()])
    cells = KINDS[kind](other)
    cells.add(parcel)
    assert numbers_of(cells) == (one + other).tolist()
    assert numbers_of(parcel.settled()) == one.tolist()
    assert (parcel.settled().n_cells, parcel.settled().size_bytes) == (sent.n_cells, sent.size_bytes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("as_parcel", [False, True])
@pytest.mark.parametrize("spread", [7, 2 * N_CELLS])
def test_moved_cells_add_up_at_their_places(kind: str, as_parcel: bool, spread: int) -> None:
    """Whether each has a place of its own or many share one; what nobody is sent to stays as it was."""
    rng = np.random.default_rng(spread)
    targets = rng.permutation(2 * N_CELLS)[:N_CELLS] % spread
    one, other = some(5, spread), some(6)
    cells, added = KINDS[kind](one), KINDS[kind](other)
    letters = [pickle.dumps(piece) for _, piece in added.pieces()]
    cells.add(Parcel(added.blank(0), N_CELLS, letters) if as_parcel else added, lambda where: targets[where])
    expected = one.copy()
    np.add.at(expected, targets, other)
    assert numbers_of(cells) == expected.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_copies_of_cells_are_independent(kind: str) -> None:
    """What is added to a copy is not in the original; blank ones are zero."""
    numbers = some(7, 10)
    cells = KINDS[kind](numbers)
    cells.copy().add(KINDS[kind](numbers))
    assert numbers_of(cells) == numbers.tolist()
    assert numbers_of(cells.blank(3)) == [0, 0, 0]
