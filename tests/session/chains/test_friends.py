"""Friends of a query: which entries stand beside which, whoever computes them, and what is said when nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.session.chains import UnknownLengthWarning
from overproof.session.datasets import DuplicateWarning
from overproof.session.result import IncompleteWarning
from overproof.words.errors import DatasetError, InputError, QueryError, UserCodeError

LENGTHS = (70, 0, 130, 100)
"""Entries of the files of the data."""


@pytest.fixture(scope="module", params=["inline", "local:2"])
def session(request: pytest.FixtureRequest) -> Iterator[op.Session]:
    with op.Session(request.param, progress=False) as session:
        yield session


@pytest.fixture
def inline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[op.Session]:
    """A session that remembers nothing of others."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    with op.Session("inline", progress=False) as session:
        yield session


def write(folder: Path, stem: str, lengths: tuple[int, ...], *, column: str, offset: int) -> None:
    """Write a chain that counts its entries."""
    first = 0
    for number, length in enumerate(lengths):
        with uproot.recreate(folder / f"{stem}{number}.root") as file:
            file.mktree(stem, {column: "int32" if number % 2 else "float64"})
            for piece in np.array_split(np.arange(first, first + length), 3):
                file[stem].extend({column: piece + offset})
        first += length


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "a", LENGTHS, column="n", offset=0)
    write(tmp_path, "b", LENGTHS, column="m", offset=1_000)
    write(tmp_path, "c", (120, 50, 130), column="k", offset=5_000)
    return tmp_path


def pairs(events: Any) -> dict[str, Any]:
    """Put out what stands beside one another."""
    return {"pairs": [np.stack([np.asarray(events[name], dtype=float) for name in ("n", "f.m", "k")])]}


@pytest.mark.parametrize("block_entries", [7, 100_000])
def test_the_entry_of_the_same_number_stands_beside(session: op.Session, folder: Path, block_entries: int) -> None:
    """Over the whole chain, whether the files of a friend end where those of the data do or elsewhere."""
    friends = {"f": f"{folder}/b*.root", "g": [f"{folder}/c{number}.root:c" for number in range(3)]}
    result = session.process(pairs, f"{folder}/a*.root", friends=friends, block_entries=block_entries)
    n, m, k = np.concatenate(result["pairs"], axis=1)
    assert n.tolist() == list(range(300))
    assert m.tolist() == list(range(1_000, 1_300))
    assert k.tolist() == list(range(5_000, 5_300))
    drawn = session.draw(
        f"{folder}/a*.root", "f.m + k - 2*n", cut="g.k > 5009", bins="3, 5999, 6002", friends=friends,
        block_entries=block_entries,
    )  # fmt: skip
    assert drawn.values().tolist() == [0.0, 290.0, 0.0]


def test_entries_are_counted_over_the_chain(session: op.Session, folder: Path) -> None:
    """`Entry$` goes on from file to file, `Entries$` is the length of all, whatever the blocks and types."""
    data = f"{folder}/a*.root"
    assert session.draw(data, "n - Entry$", bins="3, -1, 2", block_entries=9).values().tolist() == [0.0, 300.0, 0.0]
    assert session.draw(data, "Entries$", cut="Entry$ < 5", bins="2, 299, 301").values().tolist() == [0.0, 5.0]
    assert session.draw(data, "LocalEntry$", bins="1, 0, 70").values().tolist() == [70.0 * 3]


def test_a_file_of_unknown_length_counts_none(inline: op.Session, folder: Path) -> None:
    """Numbers of entries leave it out, and it is said twice: in a warning, and in the account."""
    (folder / "a0.root").write_bytes(b"root")
    with (
        pytest.warns(UnknownLengthWarning, match=r"1 of 4 files cannot be opened \(such as .*a0.root\)"),
        pytest.warns(IncompleteWarning, match="1 files unknown"),
    ):
        drawn = inline.draw(f"{folder}/a*.root", "n - Entry$", bins="3, 69, 72")
    assert drawn.values().tolist() == [0.0, 230.0, 0.0]


def test_a_broken_file_spoils_no_other_when_friends_go_file_by_file(inline: op.Session, folder: Path) -> None:
    """One friend file for each file of the data: what lacks is what belongs to the broken one, and it says why."""
    (folder / "b2.root").write_bytes(b"root")
    with pytest.warns(IncompleteWarning):
        drawn = inline.draw(f"{folder}/a*.root", "f.m - n", bins="3, 999, 1002", friends={"f": f"{folder}/b*.root"})
    assert drawn.values().tolist() == [0.0, 170.0, 0.0]
    assert "b2.root" in drawn.missing[0].reason
    write(folder, "b", LENGTHS, column="m", offset=1_000)
    rest = inline.draw(drawn.missing, "f.m - n", bins="3, 999, 1002")
    assert (drawn + rest).values().tolist() == [0.0, 300.0, 0.0]


def test_nothing_is_guessed_behind_a_broken_file(inline: op.Session, folder: Path) -> None:
    """Where files end elsewhere, a file of unknown length leaves the place of all others unknown: that is an error."""
    (folder / "c0.root").write_bytes(b"root")
    with pytest.raises(DatasetError, match=r"nobody can tell which entries of friend 'f' stand beside the data"):
        inline.draw(f"{folder}/a*.root", "k", bins="1, 0, 1", friends={"f": f"{folder}/c*.root"})


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((70, 0, 129, 100), r"has 299 entries and the data 300 \(the first to differ: \S+d2.root has 129,"),
        ((200, 200), r"has 400 entries and the data 300: friends are read entry by entry"),
    ],
    ids=["shorter", "longer"],
)  # fmt: skip
def test_friends_of_another_length_are_refused(
    inline: op.Session, folder: Path, lengths: tuple[int, ...], said: str
) -> None:
    """Nothing is computed where some entries would have nothing beside them."""
    write(folder, "d", lengths, column="m", offset=0)
    with pytest.raises(DatasetError, match=said):
        inline.draw(f"{folder}/a*.root", "m", bins="1, 0, 1", friends={"f": f"{folder}/d*.root"})


def test_friends_keep_in_step_with_fewer_files(inline: op.Session, folder: Path) -> None:
    """`files` keeps as many files of a friend that has one for each; files named twice are not dropped in silence."""
    friends = {"f": f"{folder}/b*.root"}
    drawn = inline.draw(f"{folder}/a*.root", "f.m - n", bins="3, 999, 1002", friends=friends, files=3)
    assert drawn.values().tolist() == [0.0, 200.0, 0.0]
    with pytest.warns(DuplicateWarning), pytest.raises(DatasetError, match="say allow_duplicates=True"):
        inline.draw([f"{folder}/a0.root"] * 2, "m", bins="1, 0, 1", friends={"f": [f"{folder}/b0.root"] * 2})
    twice = inline.draw(
        [f"{folder}/a0.root"] * 2, "m", bins="1, 0, 2000", friends={"f": [f"{folder}/b0.root"] * 2},
        allow_duplicates=True,
    )  # fmt: skip
    assert twice.values().tolist() == [140.0]


def test_nothing_is_measured_twice(inline: op.Session, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one query has learned of lengths of files, the next one knows; without friends a few files tell enough."""
    from overproof.engines.worker import compute

    asked: list[str] = []
    measure = compute.measure

    def counted(source: Any, command: Any, **keywords: Any) -> Any:
        asked.append(Path(command.spec.path).name)
        return measure(source, command, **keywords)

    monkeypatch.setattr(compute, "measure", counted)
    data, friends = f"{folder}/a*.root", {"f": f"{folder}/b*.root"}
    inline.draw(data, "n", bins="1, 0, 1")
    assert asked == ["a0.root", "a1.root", "a2.root"]  # short ones; a longer one would tell enough alone
    asked.clear()
    for _ in range(2):
        inline.draw(data, "f.m", bins="1, 0, 1", friends=friends)
    assert sorted(asked) == [f"b{number}.root" for number in range(4)]


def stumbling(events: Any) -> dict[str, Any]:
    """Fail in the third file."""
    if "a2.root" in events.file:
        raise ValueError("stumbled")
    return {"sum": float(np.asarray(events["f.m"], dtype=float).sum())}


def test_a_query_whose_friend_has_changed_is_not_resumed(inline: op.Session, folder: Path) -> None:
    """Half of the answer with one friend and half with another would be no answer."""
    friends = {"f": f"{folder}/b*.root"}
    query = inline.process(stumbling, f"{folder}/a*.root", friends=friends, on_error="stop", wait=False)
    with pytest.raises(UserCodeError, match="stumbled"):
        query.result(timeout_s=60)
    with pytest.raises(UserCodeError, match="stumbled"):  # nothing has changed: it goes on, and stumbles
        inline.resume(query.id)
    write(folder, "b", LENGTHS, column="m", offset=2_000)
    with pytest.raises(QueryError, match=r"b0.root has changed \(and \d more\)"):
        inline.resume(query.id)


def test_results_with_other_friends_are_not_added(inline: op.Session, folder: Path) -> None:
    """What two results have read beside the same tree must be the same files; then they add up."""

    def part(first: int, stop: int, **keywords: Any) -> Any:
        data = {f"{folder}/a0.root": {"object_path": "a", "steps": [[first, stop]]}}
        return inline.process(count, data, block_entries=1, **keywords)

    friends = {"f": f"{folder}/b0.root"}
    first = part(0, 24, friends=friends)
    assert first.merge(part(24, 70, friends=friends))["n"] == 70
    with pytest.raises(InputError, match="the results have different friends"):
        first.merge(part(24, 70))
    write(folder, "b", LENGTHS, column="m", offset=3_000)
    with pytest.raises(InputError, match=r"friend \S+b0.root has changed between the two results"):
        first.merge(part(24, 70, friends=friends))


def count(events: Any) -> dict[str, Any]:
    return {"n": len(events)}


def picky(events: Any) -> dict[str, Any]:
    """Fail on one entry, for what stands beside it."""
    beside = np.asarray(events["f.m"], dtype=float)
    if 1_085 in beside:
        raise ValueError("picked")
    return {"sum": float(beside.sum())}


def test_a_bad_entry_of_a_friend_costs_one_entry(session: op.Session, folder: Path) -> None:
    """Whoever isolates the entry sees the friends too."""
    result = session.process(picky, f"{folder}/a*.root", friends={"f": f"{folder}/b*.root"})
    (excluded,) = result.excluded
    assert (Path(excluded.file).name, excluded.first, excluded.stop) == ("a2.root", 15, 16)
    assert result["sum"] == sum(range(1_000, 1_300)) - 1_085


def test_both_dialects_and_every_question_know_friends(inline: op.Session, folder: Path) -> None:
    """Python's dialect, tables, counts and entry lists."""
    data, friends = f"{folder}/a*.root", {"f": f"{folder}/b*.root", "g": f"{folder}/c*.root"}
    drawn = inline.draw(data, "f.m - n", cut="(g.k > 5009) & (n < 20)", bins="3, 999, 1002", friends=friends,
                        dialect="python")  # fmt: skip
    assert drawn.values().tolist() == [0.0, 10.0, 0.0]
    assert inline.count(data, "f.m > 1289", friends=friends).entries == 10
    good = inline.draw(data, ">>good", cut="k == 5100 || m == 1010", friends=friends)
    picked = inline.draw(data, "g.k - 5000", bins="300, 0, 300", friends=friends, entry_list=good)
    assert np.flatnonzero(picked.values()).tolist() == [10, 100]
