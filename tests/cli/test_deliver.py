"""What becomes of a result that is poor, or cannot be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from overproof.cli.deliver import deliver
from overproof.cli.options import QueryFlags
from overproof.cli.outcome import Outcome
from overproof.records.account import Account, ExcludedRange
from overproof.records.statistics import Statistics
from overproof.words.errors import EngineError, OverproofError, UserCodeError
from overproof.words.states import QueryState


def outcome(
    account: Account,
    *,
    state: QueryState = QueryState.FINISHED,
    problem: OverproofError | None = None,
    excluded: Sequence[ExcludedRange] = (),
) -> Outcome:
    return Outcome(
        outputs={"n": account.processed}, problem=problem, state=state, account=account, accounts={},
        excluded=excluded, missing=(),
        statistics=Statistics.__new__(Statistics),
    )  # fmt: skip


def flags(**places: Any) -> QueryFlags:
    return QueryFlags(**places)


@pytest.mark.parametrize("state", [QueryState.STOPPED, QueryState.FAILED])
def test_good_files_outlive_a_query_that_did_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], state: QueryState
) -> None:
    """A query that ended before any block was done leaves the file of an earlier one alone, and says so."""
    place = tmp_path / "out.json"
    place.write_text("good")
    code = deliver(outcome(Account(unread=9, total=9), state=state), flags(json=str(place), output=str(place)))
    assert code == 4
    assert place.read_text() == "good"
    assert f"nothing was written: {place}" in capsys.readouterr().err


def test_a_part_is_written(tmp_path: Path) -> None:
    """What was done before a stop is written."""
    place = tmp_path / "out.json"
    code = deliver(outcome(Account(processed=1, unread=8, total=9), state=QueryState.STOPPED), flags(json=str(place)))
    assert code == 4
    assert '"n": 1' in place.read_text()


@pytest.mark.parametrize(("processed", "code"), [(0, 1), (5, 4)])
def test_engines_that_break(processed: int, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Workers that cannot be kept alive are our fault, unless there is a part to keep."""
    account = Account(processed=processed, unread=9 - processed, total=9)
    broken = outcome(account, state=QueryState.FAILED, problem=EngineError("workers died"))
    assert deliver(broken, flags()) == code
    assert "workers died" in capsys.readouterr().err


def test_a_disk_that_fills_at_the_end(tmp_path: Path) -> None:
    """A result that was computed and cannot be written is not bad input."""
    finished = outcome(Account(processed=9, total=9), state=QueryState.FINISHED)
    assert deliver(finished, flags(json=str(tmp_path / "gone" / "out.json"))) == 4


def failed(entry: int, cause: str) -> ExcludedRange:
    return ExcludedRange(
        file="a.root", tree="T", first=entry, stop=entry + 1, kind="exception", reason=cause, cause=cause,
        traceback=f"Traceback (most recent call last):\n  of {cause} at {entry}\n",
    )  # fmt: skip


def test_a_traceback_a_cause(capsys: pytest.CaptureFixture[str]) -> None:
    """A result complete but for excluded entries: exit code 3, one traceback a cause, every entry in the account."""
    ranges = [failed(1, "A"), failed(2, "A"), failed(3, "B")]
    code = deliver(outcome(Account(processed=6, excluded=3, total=9), excluded=ranges), flags())
    said = capsys.readouterr()
    assert code == 3
    assert [line for line in said.err.splitlines() if " of " in line] == ["  of A at 1", "  of B at 3"]
    assert "excluded    2 entries: A" in said.out
    assert "a.root:T entry 2" in said.out


def test_what_ended_a_query_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The traceback of the failure that ended the query is that of its entry: it is printed once, with the message."""
    first = failed(1, "A")
    problem = UserCodeError("A", where="a.root: entry 1", traceback=first.traceback)
    ended = outcome(
        Account(processed=6, excluded=1, unread=2, total=9), state=QueryState.FAILED, problem=problem, excluded=[first]
    )
    assert deliver(ended, flags()) == 4
    said = capsys.readouterr()
    assert said.err.count("of A at 1") == 1
    assert "overproof: the selector failed on a.root: entry 1\n" in said.err
    assert "excluded    a.root:T entry 1: A" in said.out
