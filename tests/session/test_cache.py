"""The cache of columns in a session: the same answers, sooner."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.columns.cache.report import clear, report_on
from overproof.store.cache_place import CachePlace, choose_cache
from overproof.words.errors import OptionError

N_ENTRIES = 20_000
BLOCK = 2_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with the entries 0 to 19,999 in `n` and their squares in `x`, 2,000 a basket, written a second ago."""
    path = tmp_path_factory.mktemp("cached") / "data.root"
    with uproot.recreate(path) as file:
        file.mktree("Events", {"n": "int64", "x": "float64"})
        for start in range(0, N_ENTRIES, BLOCK):
            n = np.arange(start, start + BLOCK)
            file["Events"].extend({"n": n, "x": n.astype(float) ** 2})
    last_s = max(path.stat().st_mtime, path.stat().st_ctime)
    while time.time() - last_s < 0.2:  # until the clock of the file system has surely gone on
        path.stat()
    return f"{path}:Events"


@pytest.fixture
def place(tmp_path: Path) -> CachePlace:
    found = choose_cache(tmp_path / "cache", environment={})
    assert found is not None
    return found.sized(2**32)


def total(events: Any) -> dict[str, Any]:
    return {"n": int(np.asarray(events.n).sum()), "x": float(np.asarray(events.x).sum())}


def answer(session: op.Session, data: str, selector: Callable[..., Any] = total, **keywords: Any) -> Any:
    return session.process(selector, data, block_entries=BLOCK, **keywords)


def kept_ranges(place: CachePlace) -> dict[str, int]:
    return {column.column: column.ranges for column in report_on(place).columns}


@pytest.mark.parametrize("engine", ["inline", "local:2"])
def test_the_next_query_and_the_next_session_read_nothing(
    engine: str, data: str, tmp_path: Path, place: CachePlace
) -> None:
    """What one query has read, others have out of memory: those of this session, of another one, of other engines."""
    with op.Session(engine, progress=False, cache=tmp_path / "cache") as session:
        first = answer(session, data)
        second = answer(session, data)
    with op.Session("local:1", progress=False, cache=str(tmp_path / "cache")) as session:
        third = answer(session, data)
    assert dict(first) == dict(second) == dict(third) == {"n": sum(range(N_ENTRIES)), "x": first["x"]}
    assert first.statistics.read_bytes > 0
    assert second.statistics.read_bytes == third.statistics.read_bytes == 0
    assert first.statistics.cached_bytes == 0
    assert second.statistics.cached_bytes == third.statistics.cached_bytes == 16 * N_ENTRIES
    assert kept_ranges(place) == {"n": N_ENTRIES // BLOCK, "x": N_ENTRIES // BLOCK}


def test_a_session_without_a_cache(data: str, tmp_path: Path, place: CachePlace) -> None:
    """With `cache=False` everything is read, whatever is kept; nothing is added."""
    with op.Session("inline", progress=False, cache=tmp_path / "cache") as session:
        wanted = answer(session, data)
    before = report_on(place)
    with op.Session("inline", progress=False, cache=False) as session:
        found = answer(session, data)
    assert dict(found) == dict(wanted)
    assert found.statistics.read_bytes == wanted.statistics.read_bytes > 0
    assert report_on(place).used_bytes == before.used_bytes


def test_killed_workers_harm_nothing(data: str, tmp_path: Path, place: CachePlace) -> None:
    """Workers that are killed again and again while they fill the cache leave right columns, or none."""

    def deadly(events: Any) -> dict[str, Any]:
        found = total(events)
        first = int(np.asarray(events.n)[0])
        mark = tmp_path / f"died-{first}"
        if first in (2 * BLOCK, 6 * BLOCK) and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    with op.Session("local:2", progress=False, cache=tmp_path / "cache") as session:
        found = answer(session, data, deadly)
        again = answer(session, data)
    assert found.is_complete
    assert dict(found) == dict(again)
    assert again.statistics.read_bytes == 0


def test_an_entry_that_kills_is_found_in_what_is_kept(data: str, tmp_path: Path) -> None:
    """Isolation reads the file itself, and excludes the same entry, whether or not its block is kept."""

    def fatal(events: Any) -> dict[str, Any]:
        n = np.asarray(events.n)
        if (n == 4711).any():
            os.abort()
        return {"n": int(n.sum())}

    with op.Session("local:2", progress=False, cache=tmp_path / "cache") as session:
        answer(session, data)
        found = answer(session, data, fatal)
    assert [(each.first, each.stop) for each in found.excluded] == [(4711, 4712)]
    assert found["n"] == sum(range(N_ENTRIES)) - 4711


def test_columns_that_are_gone_in_the_middle_are_read(data: str, tmp_path: Path, place: CachePlace) -> None:
    """Somebody who clears the cache while a query runs changes nothing in its answer."""
    chosen = place

    def clearing(events: Any) -> dict[str, Any]:
        found = total(events)
        clear(chosen)
        return found

    with op.Session("inline", progress=False, cache=tmp_path / "cache") as session:
        wanted = answer(session, data)
        found = answer(session, data, clearing)
    assert dict(found) == dict(wanted)


def test_arrays_that_are_kept_cannot_be_written(data: str, tmp_path: Path) -> None:
    """A selector that writes into a column is told so; it would change what others read."""

    def writes(events: Any) -> dict[str, Any]:
        values = np.asarray(events.x)
        values[0] = 0.0
        return {"x": values.sum()}

    with op.Session("inline", progress=False, cache=tmp_path / "cache") as session:
        wanted = answer(session, data)
        for _ in range(2):
            with pytest.raises(op.UserCodeError, match="read-only"):
                answer(session, data, writes, on_error="stop")
        assert dict(answer(session, data)) == dict(wanted)


@pytest.mark.parametrize("chosen", [3, b"/tmp", 1.5], ids=["number", "bytes", "float"])
def test_what_is_no_place_is_refused(chosen: Any) -> None:
    """A cache is True, False or a directory."""
    with pytest.raises(OptionError, match=r"cache=.*: give True, False, or a directory"):
        op.Session("inline", cache=chosen)
