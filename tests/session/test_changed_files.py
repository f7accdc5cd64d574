"""Files that change between queries or under them: right answers, or missing entries with the reason."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.words.errors import DatasetError

BLOCK = 1_000


def write(path: Path, value: float, n_entries: int) -> None:
    """Write entries that all hold one value, 1,000 a basket."""
    with uproot.recreate(path) as file:
        tree = file.mktree("Events", {"x": "float64"})
        for _ in range(0, n_entries, BLOCK):
            tree.extend({"x": np.full(BLOCK, value)})


def change(path: Path, value: float, n_entries: int, *, how: str) -> None:
    """Give a file other contents, by another file or by other bytes."""
    if how == "rewrite":
        write(path, value, n_entries)
        return
    other = path.with_suffix(".new")
    write(other, value, n_entries)
    other.replace(path)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    write(tmp_path / "a.root", 1.0, 5_000)
    return tmp_path / "a.root"


def total(events: Any) -> dict[str, Any]:
    return {"count": len(events), "sum": float(np.asarray(events.x).sum())}


def answer(session: op.Session, path: Path) -> dict[str, Any]:
    result = session.process(total, f"{path}:Events", block_entries=BLOCK)
    assert result.is_complete
    return dict(result)


@pytest.mark.parametrize("engine", ["inline", "local:2"])
@pytest.mark.parametrize("how", ["replace", "rewrite"])
def test_a_file_changed_between_two_queries(path: Path, engine: str, how: str) -> None:
    """Every query sees the file as it is when the query begins, in this session and in the next, longer or shorter."""
    with op.Session(engine, progress=False) as session:
        assert answer(session, path) == {"count": 5_000, "sum": 5_000.0}
        change(path, 2.0, 9_000, how=how)
        assert answer(session, path) == {"count": 9_000, "sum": 18_000.0}
        change(path, 3.0, 2_000, how=how)
        assert answer(session, path) == {"count": 2_000, "sum": 6_000.0}
    with op.Session(engine, progress=False) as session:
        assert answer(session, path) == {"count": 2_000, "sum": 6_000.0}


@pytest.mark.parametrize(
    ("engine", "how", "is_cached"),
    [
        ("inline", "rewrite", True),
        ("inline", "rewrite", False),
        ("inline", "replace", True),
        ("inline", "replace", False),
        ("local:2", "rewrite", True),
    ],
)
def test_a_file_changed_without_a_trace_in_its_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, how: str, *, is_cached: bool
) -> None:
    """Other values of the same size, under the same header, with the time of writing set back, are seen as well."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    path = tmp_path / "plain.root"
    with uproot.recreate(path, compression=None) as file:
        file.mktree("Events", {"x": "float64"})
        for _ in range(5):
            file["Events"].extend({"x": np.full(BLOCK, 1.0)})
    old, new = (np.full(BLOCK, value, ">f8").tobytes() for value in (1.0, 2.0))
    content, status = path.read_bytes(), path.stat()
    assert content.count(old) == 5
    while time.time() < status.st_ctime + 0.2:  # until the clock of the file system has surely gone on
        path.stat()
    with op.Session(engine, progress=False, cache=tmp_path / "cache" if is_cached else False) as session:
        for _ in range(2):
            assert answer(session, path) == {"count": 5_000, "sum": 5_000.0}
        target = path if how == "rewrite" else path.with_suffix(".new")
        with target.open("r+b" if how == "rewrite" else "wb") as raw:
            raw.write(content.replace(old, new))
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        target.replace(path)
        assert path.stat().st_mtime_ns == status.st_mtime_ns
        for _ in range(2):
            assert answer(session, path) == {"count": 5_000, "sum": 10_000.0}


@pytest.mark.parametrize("how", ["replace", "rewrite"])
@pytest.mark.parametrize("is_remembered", [False, True])
def test_a_file_changed_while_a_query_runs(path: Path, how: str, *, is_remembered: bool) -> None:
    """The query has entries of the version it began with alone: all of them where the file was replaced and the old
    one is still open, the others missing with the reason where it was written into; the next session sees the new one.
    """

    def meddle(events: Any) -> dict[str, Any]:
        found = total(events)
        if events.first == 2 * BLOCK:
            change(path, 2.0, 9_000, how=how)
        return found

    with op.Session("inline", progress=False) as session:
        if is_remembered:
            answer(session, path)
        result = session.process(meddle, f"{path}:Events", block_entries=BLOCK)
    assert result["sum"] == result["count"] == result.account.processed
    assert result.account.total == 5_000
    if how == "replace":
        assert result.is_complete
    else:
        assert result.account.missing == 2_000
        assert [(gap.first, gap.stop) for gap in result.missing] == [(3_000, 5_000)]
        assert result.missing[0].reason.startswith("the file has changed since the query began")
    with op.Session("inline", progress=False) as session:
        assert answer(session, path) == {"count": 9_000, "sum": 18_000.0}


@pytest.mark.parametrize("left", [0, 300, 20_000])
def test_a_file_cut_while_a_query_runs(path: Path, left: int) -> None:
    """What cannot be read any more is missing, and nothing crashes."""

    def meddle(events: Any) -> dict[str, Any]:
        found = total(events)
        if events.first == 2 * BLOCK:
            with path.open("r+b") as file:
                file.truncate(left)
        return found

    with op.Session("inline", progress=False) as session:
        result = session.process(meddle, f"{path}:Events", block_entries=BLOCK)
    assert dict(result) == {"count": 3_000, "sum": 3_000.0}
    assert (result.account.missing, result.account.total) == (2_000, 5_000)
    assert result.missing[0].reason


def test_a_file_replaced_before_a_worker_has_opened_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that opens another version than the one remembered when the query began computes nothing with it."""
    from overproof.columns import remembered

    with op.Session("inline", progress=False) as session:
        answer(session, path)
    recall = remembered.recall

    def recall_and_replace(*what: Any) -> Any:
        grid = recall(*what)
        change(path, 2.0, 9_000, how="replace")
        return grid

    with op.Session("inline", progress=False) as session, monkeypatch.context() as patched:
        patched.setattr(remembered, "recall", recall_and_replace)
        with pytest.raises(DatasetError, match="the file has changed since the query began: run the query again"):
            session.process(total, f"{path}:Events", block_entries=BLOCK)
    with op.Session("inline", progress=False) as session:
        assert answer(session, path) == {"count": 9_000, "sum": 18_000.0}
