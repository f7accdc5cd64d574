"""Laws of folders whose files are damaged: that query is lost, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import overproof as op
from overproof.records.dataset import Dataset, FileSpec
from overproof.session.afterwards import report_all
from overproof.session.keeping import cabinet, find_query
from overproof.session.keeping.checkpoint import MAGIC
from overproof.session.keeping.dataset_file import dataset_bytes, dataset_of
from overproof.words.errors import QueryError


def counting(events: Any) -> dict[str, int]:
    return {"n": len(events)}


def flipped(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x40
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["checkpoint", "query.json"])
def test_one_damaged_folder_harms_no_other(
    name: str, session: op.Session, hard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flipped bit at any place makes that query damaged; the others are listed and pruned as ever."""
    queries = [session.process(counting, hard).query_id for _ in range(3)]
    path = find_query(queries[1]).path / name
    whole = path.read_bytes()
    head = len(MAGIC) + 12 + 40 if name == "checkpoint" else len(whole)
    for place in range(0, head, 1 if name == "checkpoint" else 97):
        path.write_bytes(whole)
        flipped(path, place)
        states = {report.id: report.state for report in report_all()}
        assert states == {queries[0]: "finished", queries[1]: "damaged", queries[2]: "finished"}
    monkeypatch.setattr(cabinet, "MAX_QUERIES", 1)
    assert len(cabinet.prune_queries()) == 2


def test_what_nobody_foresaw_is_damage_too(session: op.Session, hard: str) -> None:
    """A checkpoint that is a directory, or too deep to be read, is damage."""
    query = find_query(session.process(counting, hard).query_id)
    (query.path / "checkpoint").unlink()
    (query.path / "checkpoint").mkdir()
    assert [report.state for report in report_all()] == ["damaged"]
    (query.path / "query.json").write_text("[" * 100_000)
    assert [report.state for report in report_all()] == ["damaged"]


@pytest.mark.parametrize("name", ["selector.pkl", "dataset.json", "query.json", "checkpoint"])
def test_nothing_damaged_is_unpickled(
    name: str, session: op.Session, hard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file is refused as such before anything is made of its content."""
    query = find_query(session.process(counting, hard).query_id)
    flipped(query.path / name, (query.path / name).stat().st_size // 2)
    monkeypatch.setattr("cloudpickle.loads", lambda _: pytest.fail("damaged bytes were unpickled"))
    monkeypatch.setattr("pickle.loads", lambda _: pytest.fail("damaged bytes were unpickled"))
    with pytest.raises(QueryError, match="damaged"):
        session.resume(query.id)


def test_files_are_for_their_owner_only(session: op.Session, hard: str) -> None:
    """Every file in a query's folder has mode 0600."""
    folder = find_query(session.process(counting, hard).query_id).path
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()}
    assert set(modes) >= {"query.json", "selector.pkl", "dataset.json", "journal", "checkpoint", "lock"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "metadata", [{}, {"is_data": True, "sums": [1.5, None], "by": {"a": "b"}}, {"pair": (1, 2)}, {"by": {1: b"x"}}]
)
def test_a_dataset_comes_back(metadata: Mapping[str, Any]) -> None:
    """Files, steps and metadata are read as they were written, whatever is in the metadata."""
    files = (
        FileSpec(path="a.root"),
        FileSpec(path="b.root", tree="t", steps=((0, 1 << 70), (1 << 71, 1 << 72)), checksum="adler32:1"),
        FileSpec(path="c.root", steps=()),
    )
    dataset = Dataset(name="d", files=files, metadata=metadata)
    assert dataset_of(dataset_bytes(dataset)) == dataset
    assert dataset_of(dataset_bytes(None)) is None
