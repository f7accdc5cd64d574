"""Columns of a collection share where their lists begin; one that has lost it is mended, never written twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from overproof.columns.cache.cache import ColumnCache
from overproof.columns.cache.key import ColumnKey, key_of
from overproof.columns.cache.report import KeptColumn, report_on
from overproof.columns.layouts import NativeColumn
from overproof.store.cache_place import CachePlace
from overproof.store.mapped import look_through

N = 10_000


def key(column: str) -> ColumnKey:
    return key_of(version="1", path="a.root", tree="t", column=column)


def column(shift: int = 0, *, step: int = 1) -> NativeColumn:
    """Lists of `step` numbers."""
    offsets = np.arange(0, step * (N + 1), step, dtype=np.int64)
    return NativeColumn(values=np.arange(shift, shift + step * N, dtype=np.float32), offsets=(offsets,))


@pytest.fixture
def place(tmp_path: Path) -> CachePlace:
    return CachePlace(directory=str(tmp_path / "cache"), limit_bytes=10**8)


def make(place: CachePlace) -> ColumnCache:
    cache = ColumnCache()
    cache.use(place)
    return cache


def keep(cache: ColumnCache, name: str, values: NativeColumn, *, first: int = 0) -> None:
    cache.keep(key(name), values, first=first, stop=first + N, n_entries=10 * N, cost_s=0.1)


def is_found(cache: ColumnCache, name: str, values: NativeColumn, *, first: int = 0) -> bool:
    found = cache.find(key(name), first, first + N)
    if found is None:
        return False
    assert found.values.tobytes() == values.values.tobytes()
    assert found.offsets[0].tobytes() == values.offsets[0].tobytes()
    assert cache.holds(key(name), first, first + N)
    return True


def kept(place: CachePlace) -> dict[str, KeptColumn]:
    return {each.column: each for each in report_on(place).columns}


def lose_lists(place: CachePlace) -> None:
    for each in look_through(Path(place.directory), minute=0):
        if each.header is not None and each.header.label.endswith(b"(lists)"):
            each.path.unlink()


def test_a_column_that_has_lost_its_lists_gets_them_again(place: CachePlace) -> None:
    """Reading it once more puts the lists back; the column itself is not written a second time."""
    cache = make(place)
    keep(cache, "Mu_pt", column())
    before = kept(place)
    for _ in range(3):
        lose_lists(place)
        again = make(place)
        assert not is_found(again, "Mu_pt", column())
        assert not again.holds(key("Mu_pt"), 0, N)  # what cannot be used does not count as kept
        keep(again, "Mu_pt", column())
        assert is_found(again, "Mu_pt", column())
        now = kept(place)
        assert {name: (each.size_bytes, each.ranges, each.cost_s) for name, each in now.items()} == {
            name: (each.size_bytes, each.ranges, each.cost_s) for name, each in before.items()
        }


def test_a_column_whose_lists_are_refused_is_replaced(place: CachePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for its lists any more, a column is kept with lists of its own, for every process."""
    cache = make(place)
    for first in (0, N):
        keep(cache, "Mu_pt", column(first), first=first)
    lose_lists(place)
    monkeypatch.setattr(ColumnCache, "_keep_lists", lambda *_, **__: "")
    for _ in range(3):
        keep(cache, "Mu_pt", column())
        assert is_found(cache, "Mu_pt", column())
        keep(make(place), "Mu_pt", column())
        assert is_found(make(place), "Mu_pt", column())
    (now,) = kept(place).values()
    assert (now.column, now.ranges) == ("Mu_pt", 1)
    keep(make(place), "Mu_pt", column(N), first=N)
    assert is_found(cache, "Mu_pt", column(N), first=N)


def test_other_lists_are_not_kept_in_vain(place: CachePlace) -> None:
    """Columns of one prefix whose lists are others keep their own, and leave nothing behind that nobody finds."""
    cache = make(place)
    for step in (1, 2, 3, 4):
        keep(cache, f"Mu_{step}", column(step=step))
    now = kept(place)
    assert now["Mu (lists)"].ranges == 1
    assert all(is_found(make(place), f"Mu_{step}", column(step=step)) for step in (1, 2, 3, 4))


@pytest.mark.parametrize("n_fit", [3, 5, 8])
def test_a_small_budget_keeps_what_can_be_used(place: CachePlace, n_fit: int) -> None:
    """More than there is room for, read again and again: a good part of the budget serves, and nothing is doubled."""
    small = CachePlace(directory=place.directory, limit_bytes=n_fit * 100_000)
    names = [f"{collection}_{number}" for collection in ("A", "B", "C", "D") for number in range(3)]
    for _ in range(4):
        cache = make(small)
        for name in names:
            for first in (0, N):
                if not is_found(cache, name, column(first), first=first):
                    keep(cache, name, column(first), first=first)
        cache.rest()
    assert cache.served_bytes > 0.4 * small.limit_bytes
    for each in report_on(small).columns:
        assert each.ranges <= 2
    assert report_on(small).used_bytes <= small.limit_bytes


def test_threads_of_a_selector_share_a_cache(place: CachePlace) -> None:
    """Threads that want the same columns at the same time get the right ones, and keep each once."""
    cache = make(place)
    starts = range(0, 20 * N, N)

    def look(number: int) -> int:
        name, n_found = f"Mu_{number % 2}", 0
        for first in starts:
            if is_found(cache, name, column(first), first=first):
                n_found += 1
            else:
                keep(cache, name, column(first), first=first)
        return n_found

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(look, range(12)))
        assert list(threads.map(look, range(6))) == [len(starts)] * 6
    assert {each.column: each.ranges for each in report_on(place).columns} == {
        "Mu_0": len(starts), "Mu_1": len(starts), "Mu (lists)": len(starts),
    }  # fmt: skip
