"""Laws of the user's connection to an engine."""

from __future__ import annotations

import asyncio
import re
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import overproof as op
from overproof.session.question import new_query_id
from overproof.words.errors import BranchError, DatasetError, OptionError, SelectorError, UserCodeError
from overproof.words.states import QueryState

BLOCK = 500


@pytest.fixture(scope="module", params=["inline", "local:2"])
def session(request: pytest.FixtureRequest) -> Iterator[op.Session]:
    with op.Session(request.param, progress=False) as session:
        yield session


def total(events: Any) -> dict[str, int]:
    return {"sum": int(np.asarray(events.n).sum()), "count": len(events)}


def test_a_plain_function_is_a_selector(session: op.Session, numbers: str) -> None:
    """Every entry is in the result once."""
    result = session.process(total, numbers, block_entries=BLOCK)
    assert dict(result) == {"sum": sum(range(10_000)), "count": 10_000}
    assert result.state is QueryState.FINISHED
    assert result.account.processed == result.account.total == 10_000
    assert result.is_complete


@pytest.mark.parametrize(("first", "entries"), [(0, 10), (4_990, 20), (9_999, None), (700, 7_777), (9_000, 5_000)])
def test_a_range_is_counted_over_all_files(session: op.Session, numbers: str, first: int, entries: int | None) -> None:
    """`first` and `entries` cut through files and blocks; the total is what was asked for."""
    result = session.process(total, numbers, first=first, entries=entries, block_entries=BLOCK)
    wanted = range(10_000)[first:][:entries]
    assert dict(result) == {"sum": sum(wanted), "count": len(wanted)}
    assert result.account.total == len(wanted)


def test_parameters_are_readable_everywhere(session: op.Session, numbers: str) -> None:
    """`begin`, `worker_begin`, `process` and `terminate` see the same parameters; what `begin` sets travels."""

    class Scaled(op.Selector):
        def begin(self) -> None:
            self.offset = self.params["offset"]

        def worker_begin(self) -> None:
            self.cached = self.params["scale"]

        def process(self, events: Any) -> dict[str, float]:
            return {"scaled": float(np.sum(np.asarray(events.n) * self.cached + self.offset))}

        def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
            return {"mean": outputs["scaled"] / 10_000, "scale": self.params["scale"]}

    result = session.process(Scaled, numbers, params={"scale": 2, "offset": 1})
    assert dict(result) == {"mean": 2 * 4999.5 + 1, "scale": 2}


def test_cycles_have_seeds_of_their_own(session: op.Session) -> None:
    """A query without data gives the same numbers on any engine, and others for another seed."""

    def dice(cycles: Any) -> dict[str, Any]:
        return {"n": len(cycles), "first": [cycle.rng.random() for cycle in cycles][:1]}

    once, again, other = (session.process(dice, cycles=2_000, seed=seed) for seed in (1, 1, 2))
    assert once["n"] == 2_000
    assert once["first"] == again["first"]
    assert len(set(once["first"])) == len(once["first"])
    assert not set(once["first"]) & set(other["first"])


def test_a_selector_that_raises_stops_the_query_and_tells_where(session: op.Session, numbers: str) -> None:
    """The message names the exception, the line and the entries; what was merged before is kept."""

    def picky(events: Any) -> dict[str, int]:
        if events.n[0] == 2_000:
            raise ValueError("I do not like this one")
        return {"count": len(events)}

    with pytest.raises(UserCodeError, match=r"entries 2,000 to 2,999: ValueError: I do not like this one") as caught:
        session.process(picky, numbers, block_entries=BLOCK, on_error="stop")
    partial = caught.value.result
    assert partial.state is QueryState.FAILED
    assert partial.account.excluded == 1_000
    assert partial.account.processed == partial.outputs.get("count", 0)
    assert partial.account.processed + partial.account.excluded + partial.account.unread == partial.account.total


@pytest.mark.parametrize(
    "options",
    [
        {"on_error": "ignore"},
        {"max_excluded": -1},
        {"max_excluded": 1.5},
        {"block_timeout_s": 0},
        {"block_timeout_s": float("nan")},
        {"block_timeout_s": "60"},
        {"memory_limit_bytes": 1_000},
        {"memory_limit_bytes": 2e9},
        {"verify": 1},
        {"journal": None},
        {"delta_interval_s": -1},
        {"delta_interval_s": None},
    ],
)
def test_options_of_failures_that_make_no_sense_are_refused(
    session: op.Session, numbers: str, options: dict[str, Any]
) -> None:
    """The message names the option, what was given, and what may be given."""
    ((name, value),) = options.items()
    with pytest.raises(OptionError, match=re.escape(f"{name}={value!r}: give ")):
        session.process(total, numbers, **options)
    with pytest.raises(OptionError, match=re.escape(f"{name}={value!r}: give ")):
        session.draw(numbers, "n", bins="10, 0, 100", **options)


def test_checksums_of_files_are_verified_when_that_is_asked(session: op.Session, numbers: str) -> None:
    """A file with another checksum than the dataset says is missing with `verify`, and read without."""
    folder = Path(numbers).parent
    good = f"adler32:{zlib.adler32((folder / 'f0.root').read_bytes()):08x}"
    files = {
        str(folder / "f0.root"): {"object_path": "Events", "checksum": good},
        str(folder / "f1.root"): {"object_path": "Events", "checksum": "adler32:00000001"},
    }
    fileset = {"numbers": {"files": files}}
    assert session.process(total, fileset)["count"] == 10_000
    verified = session.process(total, fileset, verify=True)
    assert verified["count"] == 5_000
    (lost,) = verified.missing
    assert (Path(lost.file).name, lost.phase) == ("f1.root", "open")
    assert "should be 00000001" in lost.reason


def test_a_selector_that_does_not_start_is_said_with_its_traceback(session: op.Session, numbers: str) -> None:
    """A failing `worker_begin` ends the query before any work; the session stays usable."""

    class Broken(op.Selector):
        def worker_begin(self) -> None:
            raise RuntimeError("no table")

        def process(self, events: Any) -> dict[str, int]:
            return {"count": len(events)}

    with pytest.raises(SelectorError, match=r"(?s)does not start: RuntimeError: no table.*worker_begin"):
        session.process(Broken, numbers)
    assert session.process(total, numbers)["count"] == 10_000


def test_outputs_that_cannot_be_added_fail_with_their_names(session: op.Session, numbers: str) -> None:
    """Arrays whose shape depends on the block are the selector's fault, and it is told which output."""

    def ragged(events: Any) -> dict[str, Any]:
        return {"bad": np.zeros(1 + events.first)}

    with pytest.raises(op.OverproofError, match="bad"):
        session.process(ragged, numbers, block_entries=BLOCK)


def test_a_branch_that_nobody_has_is_an_input_error(session: op.Session, numbers: str) -> None:
    """Nothing was computed, so nothing is returned: the nearest names are told."""
    with pytest.raises(BranchError, match="nn"):
        session.process(lambda events: {"x": np.asarray(events.nn).sum()}, numbers)


def test_a_missing_file_among_others_is_accounted_for(session: op.Session, numbers: str) -> None:
    """The others are processed; the absent one is a file of unknown length with a reason."""
    folder = Path(numbers).parent
    result = session.process(total, [folder / "f0.root", folder / "gone.root"], tree="Events")
    assert result["count"] == 5_000
    assert result.account.files_unknown == 1
    assert not result.is_complete
    (gone,) = result.missing
    assert gone.file.endswith("gone.root")
    assert gone.stop is None


def test_a_query_can_be_watched_and_stopped(session: op.Session, numbers: str) -> None:
    """Without `wait` a handle comes at once; `stop` keeps what is merged, and the account stays exact."""

    def endless(cycles: Any) -> dict[str, int]:
        for _ in range(200_000):
            pass
        return {"n": len(cycles)}

    query = session.process(endless, cycles=10_000_000, wait=False)
    while query.progress().n_entries_seen == 0 and not query.is_done:
        query.wait(0.01)
    query.stop()
    result = query.result(timeout_s=30)
    assert result.state is QueryState.STOPPED
    assert result["n"] == result.account.processed > 0
    assert result.account.processed + result.account.unread == 10_000_000


def test_an_aborted_query_gives_nothing_and_the_session_goes_on(session: op.Session, numbers: str) -> None:
    """After `abort` the next query runs as if nothing had been."""

    def endless(cycles: Any) -> dict[str, int]:
        for _ in range(200_000):
            pass
        return {"n": len(cycles)}

    query = session.process(endless, cycles=10_000_000, wait=False)
    query.wait(0.05)
    query.abort()
    with pytest.raises(op.AbortedError):
        query.result(timeout_s=30)
    assert query.state is QueryState.ABORTED
    assert session.process(total, numbers)["count"] == 10_000


def test_queries_of_one_session_run_one_after_the_other(session: op.Session, numbers: str) -> None:
    """Handles may be made in any number; each gives its own answer."""
    queries = [session.process(total, numbers, entries=n, wait=False) for n in (10, 200, 3_000)]
    assert [query.result(timeout_s=60)["count"] for query in queries] == [10, 200, 3_000]


def test_a_session_works_inside_a_running_event_loop(session: op.Session, numbers: str) -> None:
    """Notebooks run one: nothing here needs or disturbs it."""

    async def main() -> int:
        return int(session.process(total, numbers)["count"])

    assert asyncio.run(main()) == 10_000


def test_wrong_questions_are_refused_before_any_work(session: op.Session, numbers: str) -> None:
    """Each message says what to give instead."""
    with pytest.raises(OptionError, match="either a dataset or cycles"):
        session.process(total)
    with pytest.raises(OptionError, match="no packetizer is called 'best'"):
        session.process(total, numbers, packetizer="best")
    with pytest.raises(OptionError, match="block_entries=0: give a whole number, at least 1"):
        session.process(total, numbers, block_entries=0)
    for wrong in ({"first": None}, {"entries": "x"}, {"entries": True}, {"files": 0}, {"seed": "x"}):
        with pytest.raises(OptionError, match="give a whole number"):
            session.process(total, numbers, **wrong)
    with pytest.raises(SelectorError, match="has no method `process"):
        session.process(op.Selector(), numbers)
    with pytest.raises(SelectorError, match="is no selector"):
        session.process(7, numbers)
    with pytest.raises(DatasetError, match="no such file"):
        session.process(total, "gone.root")


def test_exec_gathers_output_and_values_by_worker(session: op.Session, scripts: Path) -> None:
    """Each worker knows its rank; the value is that of the last expression; an error is a traceback, not an end."""
    script = scripts / "who.py"
    script.write_text(
        "import sys\nimport overproof as op\nprint('hello from', op.rank)\n"
        "assert not op.is_master\n{'rank': op.rank, 'size': op.size, 'args': sys.argv[1:]}\n"
    )
    results = session.exec(script, ["a"])
    assert [result.value for result in results] == [
        {"rank": rank, "size": session.n_workers, "args": ["a"]} for rank in range(session.n_workers)
    ]
    assert [result.stdout for result in results] == [f"hello from {rank}\n" for rank in range(session.n_workers)]
    assert op.is_master
    script.write_text("1 / 0")
    assert all("ZeroDivisionError" in result.error for result in session.exec(script))


def test_worker_end_cannot_add_outputs(session: op.Session, numbers: str) -> None:
    """What `worker_end` returns is refused with the reason; the result is there all the same."""

    class Late(op.Selector):
        def process(self, events: Any) -> dict[str, int]:
            return {"count": len(events)}

        def worker_end(self) -> Any:
            return {"more": 1}

    with pytest.raises(UserCodeError, match="worker_end returned dict: it cannot add outputs") as caught:
        session.process(Late, numbers)
    assert dict(caught.value.result) == {"count": 10_000}


def test_a_selector_that_calls_sys_exit_is_a_selector_that_fails(session: op.Session, numbers: str) -> None:
    """Neither the worker nor the user's process ends."""

    def leaves(events: Any) -> dict[str, int]:
        raise SystemExit(3)

    with pytest.raises(UserCodeError, match="SystemExit: 3"):
        session.process(leaves, numbers)


class Locked:
    """Can be added, but cannot travel."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __add__(self, other: Locked) -> Locked:
        return self


def test_an_output_that_cannot_travel_fails_the_query_once(session: op.Session, numbers: str) -> None:
    """It is the selector's fault, said with the reason; no worker dies of it."""
    with pytest.raises(UserCodeError, match=r"cannot be sent to another process"):
        session.process(lambda events: {"bad": Locked()}, numbers)
    assert session.process(total, numbers)["count"] == 10_000


def test_what_user_code_raises_is_never_taken_for_a_bad_file(session: op.Session, numbers: str) -> None:
    """Errors of our own making, raised by the user, are the user's; interrupts too."""

    def mine(events: Any) -> dict[str, int]:
        raise DatasetError("mine")

    def interrupted(events: Any) -> dict[str, int]:
        raise KeyboardInterrupt

    with pytest.raises(UserCodeError, match="DatasetError: mine"):
        session.process(mine, numbers)
    with pytest.raises(UserCodeError, match="KeyboardInterrupt"):
        session.process(interrupted, numbers)


def test_results_survive_a_terminate_that_raises(session: op.Session, numbers: str) -> None:
    """What was merged goes with the error, untouched by `terminate`."""

    class Spoiler(op.Selector):
        def process(self, events: Any) -> dict[str, int]:
            return {"count": len(events)}

        def terminate(self, outputs: dict[str, Any]) -> None:
            outputs.clear()
            raise RuntimeError("no")

    with pytest.raises(UserCodeError, match="terminate: RuntimeError: no") as caught:
        session.process(Spoiler, numbers)
    assert dict(caught.value.result) == {"count": 10_000}
    assert caught.value.result.is_complete


def test_a_partial_result_and_its_account_are_of_one_moment(session: op.Session) -> None:
    """Whoever looks while deltas come in sees just the entries that the account counts."""

    def slowly(cycles: Any) -> dict[str, int]:
        for _ in range(20_000):
            pass
        return {"n": len(cycles)}

    query = session.process(slowly, cycles=512 * 4, wait=False)
    n_looks = 0
    while not query.wait(0.02):
        partial = query.partial()
        if partial is not None:
            assert partial["n"] == partial.account.processed
            n_looks += 1
    assert query.result()["n"] == 512 * 4


def test_an_abort_is_heard_while_nobody_listens() -> None:
    """Stop and abort end a draw that still waits for its first worker, and closing does not wait for it."""
    session = op.Session("local:1", progress=False)
    query = session.draw(__file__, "x", bins="1, 0, 1", wait=False)
    query.abort()
    with pytest.raises(op.OverproofError):
        query.result(timeout_s=30)
    session.close()
    assert query.state in (QueryState.ABORTED, QueryState.FAILED)


def test_ids_of_queries_sort_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two queries the later one has the later id, also within a second; two of the same moment differ by dice."""
    start_ns = 1_700_000_000_000_000_000
    moments = [start_ns + step for step in (0, 3_000, 1_000_000, 500_000_000, 999_999_999, 1_000_000_000)]
    clock = iter(moments + [start_ns] * 2)
    monkeypatch.setattr("overproof.session.question.time.time_ns", lambda: next(clock))
    dice = iter("zzz" * len(moments) + "abc" + "abd")  # the dice must not overrule the clock
    monkeypatch.setattr("overproof.session.question.secrets.choice", lambda letters: next(dice))
    ids = [new_query_id() for _ in moments]
    assert ids == sorted(set(ids))
    assert new_query_id() != new_query_id()
