"""A description that was packed is the same again, part by part, and of lost parts nothing wrong is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from trees_described import differences, is_same, lean, said, trees_of

from overproof.columns.files.local import LocalFile
from overproof.columns.grid import Storage, block_stops
from overproof.columns.layouts import BasketLayout, Clusters, Description, EmbeddedBasket, TreeLayout
from overproof.columns.layouts.packing import packed, unpacked
from overproof.columns.layouts.packing.numbers import spread, squeezed
from overproof.columns.layouts.packing.tables import packed_table, unpacked_table
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.records.schema import Branch, Schema

DATA = Path(__file__).parents[1] / "data"
INTEGERS = st.integers(-(2**63), 2**63 - 1)


def never() -> Description:
    pytest.fail("it is asked for anew, and nothing was lost")


def again(description: Description) -> Description:
    """Pack and unpack."""
    parts = packed(description)
    return unpacked(parts[0], lambda number: parts[number], path=description.layout.path, again=never)


@given(numbers=arrays(np.int64, st.integers(0, 200), elements=INTEGERS))
def test_numbers_of_any_size(numbers: np.ndarray) -> None:
    """Every integer of eight bytes comes back."""
    assert is_same(spread(squeezed(numbers), len(numbers)), numbers)


@settings(max_examples=30)
@given(data=st.data(), n_columns=st.integers(1, 5), n_pieces=st.integers(0, 20))
def test_tables_of_any_numbers(data: st.DataObject, n_columns: int, n_pieces: int) -> None:
    """Tables come back, whether their columns are alike or not."""
    some = arrays(np.int64, (n_columns, n_pieces), elements=st.integers(-(2**40), 2**40))
    tables = [data.draw(some) for _ in range(4)]
    found = unpacked_table(packed_table(tables[:2], tables[2], tables[3]), n_columns, [n_pieces] * 4)
    assert all(is_same(one, other) for one, other in zip(found, tables, strict=True))


def test_a_table_of_another_size_is_none() -> None:
    """Bytes that hold another number of numbers are refused."""
    data = packed_table([], np.ones((2, 3), np.int64), np.ones((2, 3), np.int64))
    with pytest.raises(ValueError, match="another length"):
        unpacked_table(data, 2, [4, 4])


@pytest.mark.parametrize("path", sorted(DATA.glob("*.root")), ids=lambda path: path.name)
def test_trees_of_all_kinds(path: Path) -> None:
    """Trees that ROOT wrote for these tests, and RNTuples, come back in everything."""
    for tree in trees_of(str(path)):
        description = lean(FileSpec(path=str(path), tree=tree))
        if description is not None:
            assert not said(list(differences(description, again(description)))), tree


@pytest.mark.parametrize(("file", "tree"), [("nano_dy.root", "Events"), ("nano_dy_rntuple.root", "Events")])
def test_wide_trees_take_few_bytes(shared_file: Callable[[str], Path], file: str, tree: str) -> None:
    """Fifteen hundred branches come back, and take less than fifty bytes each."""
    description = lean(FileSpec(path=str(shared_file(file)), tree=tree))
    assert description is not None
    assert not said(list(differences(description, again(description))))
    assert sum(map(len, packed(description))) < 50 * len(description.layout.names)


def wide(n_columns: int, n_baskets: int) -> Description:
    """Make the description of a large tree: columns one behind the other, cluster by cluster."""
    dice = np.random.default_rng(1)
    sizes = dice.integers(4_000, 6_000, (n_baskets, n_columns))
    ends = np.cumsum(sizes.ravel()).reshape(sizes.shape)
    names = [f"column_{number}" for number in range(n_columns)]
    stops = np.arange(n_baskets + 1) * 1_000
    columns = {
        name: BasketLayout(
            branch=name.encode(),
            dtype=">f4",
            stops=stops,
            seeks=(ends - sizes)[:, at] + 1_000,
            sizes_bytes=sizes[:, at],
        )
        for at, name in enumerate(names)
    }
    layout = TreeLayout(
        path="wide.root", tree="t", format="TTree", uuid="", identity="1-2-3", n_entries=int(stops[-1]),
        size_bytes=int(ends[-1, -1]), names=names, columns=columns,
        branch_names=frozenset(name.encode() for name in names),
    )  # fmt: skip
    branches = tuple(Branch(name=name, typename="float", kind="number", dtype="float32") for name in names)
    storage = Storage(starts=np.tile(stops[:-1], n_columns), sizes_bytes=sizes.T.ravel())
    return Description(
        layout=layout,
        schema=lambda: Schema(tree="t", format="TTree", branches=branches, identity="1-2-3"),
        clusters=lambda: Clusters(boundaries=stops, storage=storage),
    )


def test_large_trees_are_unpacked_in_parts() -> None:
    """A tree of half a million baskets takes two bytes a basket, in several parts; one column needs one or two."""
    description = wide(600, 900)
    parts = packed(description)
    assert sum(map(len, parts)) < 2 * 600 * 900 + 50_000
    assert max(map(len, parts)) < 2**21
    asked: list[int] = []

    def part(number: int) -> bytes:
        asked.append(number)
        return parts[number]

    found = unpacked(parts[0], part, path="wide.root", again=never)
    column = found.layout.columns["column_599"]
    expected = description.layout.columns["column_599"]
    assert isinstance(column, BasketLayout)
    assert isinstance(expected, BasketLayout)
    assert all(is_same(getattr(column, name), getattr(expected, name)) for name in ("stops", "seeks", "sizes_bytes"))
    assert asked == [len(parts) - 1]
    assert found.grid(100_000) == description.grid(100_000)


def test_what_is_lost_is_asked_for_anew() -> None:
    """Where other parts than the first are gone, the tree is described once more, and gives the same."""
    description = wide(600, 900)
    parts = packed(description)
    n_asked = 0

    def once_more() -> Description:
        nonlocal n_asked
        n_asked += 1
        return description

    found = unpacked(parts[0], lambda _: None, path="wide.root", again=once_more)
    assert is_same(found.layout.columns["column_599"], description.layout.columns["column_599"])
    assert n_asked == 1


@pytest.mark.parametrize("length", [0, 3, 4, 20, 60])
def test_a_first_part_cut_short_is_none(length: int) -> None:
    """It is refused with an error that whoever recalls it knows."""
    first = packed(wide(3, 4))[0][:length]
    with pytest.raises((KeyError, TypeError, ValueError, IndexError)):
        unpacked(first, lambda _: None, path="", again=never)


def test_what_real_files_seldom_have() -> None:
    """Baskets in the tree itself, records, names in other letters, friends: all come back."""
    one = wide(1, 2)
    column = one.layout.columns["column_0"]
    assert isinstance(column, BasketLayout)
    record = (("x", ">f4"), ("y", ">i8", (2, 3)))
    odd = replace(
        column, branch=b"\xff\xfe", dtype=record, leaf="x", fixed_shape=(2,), is_jagged=True, header_bytes=10,
        counter="n\udcff",
        embedded={1: EmbeddedBasket(data=b"\0\xff", offsets=np.asarray([0, 2], np.int32)), 2: EmbeddedBasket(data=b"")},
    )  # fmt: skip
    layout = replace(
        one.layout, columns={"n\udcff": odd}, names=["n\udcff"], wholes=["w"], others=[("a", "b")],
        branch_names=frozenset([b"\xff\xfe"]), doubtful=frozenset([5, 7]),
    )  # fmt: skip
    found = again(replace(one, layout=layout, friends=(("f", "t", "u.root"),), has_index=True))
    assert not said(list(differences(found, replace(one, layout=layout, friends=found.friends, has_index=True))))
    assert found.friends == (("f", "t", "u.root"),)


@settings(max_examples=30)
@given(data=st.data())
def test_condensed_storage_gives_the_same_blocks(data: st.DataObject) -> None:
    """Pieces that begin at one entry may be told as one."""
    n_pieces = data.draw(st.integers(0, 30))
    starts = np.asarray(data.draw(st.lists(st.integers(0, 99), min_size=n_pieces, max_size=n_pieces)), np.int64)
    sizes = np.asarray(data.draw(st.lists(st.integers(0, 2**26), min_size=n_pieces, max_size=n_pieces)), np.int64)
    storage = Storage(starts=starts, sizes_bytes=sizes)
    clusters = np.arange(0, 100, 10)
    stops = [block_stops(clusters, each, n_entries=100, block_entries=30) for each in (storage, storage.condensed())]
    assert stops[0] == stops[1]


def test_what_uproot_understood_comes_back(shared_file: Callable[[str], Path]) -> None:
    """So does a tree with vectors and objects in it."""
    path = str(shared_file("uproot-small-evnt-tree-fullsplit.root"))
    reader = open_reader(FileSpec(path=path, tree="tree"))
    description = reader._description  # type: ignore[attr-defined]  # what is packed is what readers have
    assert description.layout.identity == LocalFile(path).identity
    assert not said(list(differences(description, again(description))))
    reader.close()
