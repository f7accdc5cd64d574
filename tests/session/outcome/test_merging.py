"""Two results as one, against a book that knows where each entry is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overproof.records.account import Account
from overproof.records.block import Range
from overproof.records.dataset import Dataset, FileGrid, FileSpec
from overproof.records.outcome.failure import Failure
from overproof.records.outcome.gaps import Excluded, Missing
from overproof.records.outcome.standing import Standing
from overproof.records.query import QueryOptions
from overproof.session.outcome.gaps import name_missing
from overproof.session.outcome.merging import merge_accounts, merge_origins
from overproof.session.outcome.origin import Origin
from overproof.words.errors import InputError

BLOCK, N_BLOCKS, N_FILES = 10, 4, 3
GRID = FileGrid(
    tree="T",
    uuid="one",
    identity="1",
    n_entries=BLOCK * N_BLOCKS,
    stops=tuple(range(BLOCK, BLOCK * N_BLOCKS + 1, BLOCK)),
)
FAILURE = Failure(kind="exception", cause="c", reason="r")
FATES = ("done", "missing", "excluded", "holed", "unread", "not asked")
"""What becomes of a block; of one with a hole an entry is excluded, and the rest done."""


def options(**changes: Any) -> QueryOptions:
    return QueryOptions(block_entries=BLOCK, **changes)


def range_of(block: int) -> Range:
    return block * BLOCK, (block + 1) * BLOCK


def origin_of(fates: list[list[str] | None]) -> tuple[Origin, Account]:
    """Make the origin and the account of a result with these fates of blocks; None: a file that cannot be opened."""
    specs, merged, missing, excluded, grids = [], {}, [], [], {}
    n_of = dict.fromkeys(("processed", "excluded", "missing", "unread"), 0)
    for file, blocks in enumerate(fates):
        path = f"/f{file}.root"
        if blocks is None:
            specs.append(FileSpec(path=path))
            missing.append(Missing(file=file, tree=None, first=0, stop=None, phase="open", reason="gone"))
            continue
        grids[file] = GRID
        asked = tuple(range_of(block) for block, fate in enumerate(blocks) if fate != "not asked")
        specs.append(FileSpec(path=path, steps=None if len(asked) == N_BLOCKS else asked))
        if not asked:
            del grids[file]
        for block, fate in enumerate(blocks):
            first, stop = range_of(block)
            if fate in ("done", "holed"):
                merged[file] = merged.get(file, 0) | 1 << block
                n_of["processed"] += BLOCK - (fate == "holed")
            if fate == "missing":
                missing.append(Missing(file=file, tree="T", first=first, stop=stop, phase="read", reason="bad"))
                n_of["missing"] += BLOCK
            if fate in ("excluded", "holed"):
                hole = stop if fate == "excluded" else first + 1
                excluded.append(Excluded(file=file, tree="T", first=first, stop=hole, failure=FAILURE))
                n_of["excluded"] += hole - first
            if fate == "unread":
                n_of["unread"] += BLOCK
    standing = Standing(grids=grids, merged=merged, missing=tuple(missing), excluded=tuple(excluded))
    unknown = sum(blocks is None for blocks in fates)
    origin = Origin(
        dataset=Dataset(name="d", files=tuple(specs)), options=options(), standing=standing, finish=lambda sums: sums
    )
    return origin, Account(**n_of, total=sum(n_of.values()), files_unknown=unknown)


def expected(one: str, two: str) -> str:
    """Say what a block becomes of which the first result says one thing and the second another."""
    for fate in ("done", "holed"):
        if fate in (one, two):
            return fate
    for fate in (two, one):  # the second is newer
        if fate in ("missing", "excluded"):
            return fate
    return "unread" if "unread" in (one, two) else "not asked"


FILE = st.lists(st.sampled_from(FATES), min_size=N_BLOCKS, max_size=N_BLOCKS)
MAYBE_FILE = st.one_of(st.none(), FILE)
RESULT = st.lists(MAYBE_FILE, min_size=N_FILES, max_size=N_FILES)
IS_DONE = {"done", "holed"}


@given(RESULT, RESULT)
def test_each_block_is_where_a_book_has_it(one: list[list[str] | None], two: list[list[str] | None]) -> None:
    """Whatever became of each block in the two, the merged account and ranges are those of the book."""
    book: list[list[str] | None] = []
    is_twice = False
    for mine, its in zip(one, two, strict=True):
        if mine is not None and its is not None:
            is_twice |= any({a, b} <= IS_DONE for a, b in zip(mine, its, strict=True))
            book.append([expected(a, b) for a, b in zip(mine, its, strict=True)])
        elif mine is None and its is None:
            book.append(None)
        else:
            known = its if mine is None else mine
            assert known is not None
            # The one asked for all of a file it could not open; where the other opened it, what was asked is known.
            is_opened = any(fate != "not asked" for fate in known)
            book.append([expected(fate, "unread") for fate in known] if is_opened else None)
    (first, first_account), (second, second_account) = origin_of(one), origin_of(two)
    if is_twice:
        with pytest.raises(InputError, match="nothing may be counted twice"):
            merge_origins(first, second)
        return
    merged = merge_origins(first, second)
    wanted, account = origin_of(book)
    assert merge_accounts(first_account, second_account, merged) == account
    assert merged.standing.merged == wanted.standing.merged
    covered = [
        {
            (gap.file, gap.first if gap.stop else None, entry)
            for gap in gaps
            for entry in range(gap.first, gap.stop or 1)
        }
        for gaps in (merged.standing.excluded, wanted.standing.excluded)
    ]
    assert {(file, entry) for file, _, entry in covered[0]} == {(file, entry) for file, _, entry in covered[1]}


def test_what_was_missing_and_is_done_is_missing_no_more() -> None:
    """The usual way: what the first lacked is processed again, and the two together are whole."""
    first, one = origin_of([["done", "missing", "done", "missing"], None, ["done"] * 4])
    again = name_missing(first.standing.missing, first.dataset).dataset
    assert [spec.steps for spec in again.files] == [((10, 20), (30, 40)), None, ()]
    second, two = origin_of([["not asked", "done", "not asked", "done"], ["done"] * 4, ["not asked"] * 4])
    assert second.dataset is not None
    assert [spec.steps for spec in second.dataset.files] == [spec.steps for spec in again.files]
    merged = merge_origins(first, second)
    assert merged.standing.missing == ()
    assert merge_accounts(one, two, merged) == Account(processed=120, total=120)
    assert merged.dataset is not None
    assert [spec.steps for spec in merged.dataset.files] == [None] * 3


def test_a_chain_is_cut_by_its_limits() -> None:
    """With `first` and `entries` just the entries of that part of the chain are asked for, also when merged."""
    whole, _ = origin_of([["done"] * 4] * 3)
    chained = replace(whole, options=options(first=35, entries=50))
    assert chained.asked(chained.standing.grids) == {0: ((35, 40),), 1: ((0, 40),), 2: ((0, 5),)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"dataset": Dataset(name="d", files=(FileSpec(path="/other.root"),) * 3)},
            "different datasets: where one has",
        ),
        ({"dataset": Dataset(name="d", files=(FileSpec(path="/f0.root"),))}, "of 3 and of 1 files"),
        ({"options": QueryOptions(block_entries=5)}, "different block_entries, 10 and 5"),
        ({"options": options(seed=7)}, "different seed, 0 and 7"),
        ({"code": "two"}, "different selectors"),
        ({"standing": Standing(grids={0: replace(GRID, stops=(20, 40))})}, "has changed between the two"),
        ({"standing": Standing(grids={0: replace(GRID, uuid="two", identity="2")})}, "has changed between the two"),
    ],
)
def test_what_does_not_belong_together_is_refused(change: dict[str, Any], said: str) -> None:
    """Results of different questions are not added behind the user's back."""
    first, _ = origin_of([["done", "missing", "done", "missing"]] * 3)
    second = replace(first, standing=Standing(grids=first.standing.grids))
    with pytest.raises(InputError, match=said):
        merge_origins(replace(first, code="one"), replace(second, **({"code": "one"} | change)))


def test_a_file_that_was_copied_again_is_the_same() -> None:
    """A repaired file may be another version of itself: UUID and blocks tell that it is the same file."""
    first, _ = origin_of([["done", "missing", "done", "missing"]])
    repaired = replace(first, standing=Standing(grids={0: replace(GRID, identity="2")}))
    assert merge_origins(first, repaired).standing.merged == first.standing.merged
