"""A running query on the screen, and Ctrl-C."""

from __future__ import annotations

import io

import hist
import pytest
from rich.console import Console
from tests.session.show.pretended import FakeQuery, snapshot

from overproof.records.account import Account, ExcludedRange, MissingRange
from overproof.records.outcome.failure import EventName
from overproof.session.show.figures import progress_text
from overproof.session.show.followed import DisplayWarning
from overproof.session.show.view import follow
from overproof.words.errors import AbortedError, UserCodeError
from overproof.words.states import QueryState

GONE = MissingRange(file="a.root", tree="Events", first=0, stop=10, phase="read", reason="gone")


@pytest.fixture
def screen() -> Console:
    """A terminal of 100 columns and 30 lines, whose text can be read."""
    return Console(
        file=io.StringIO(), force_terminal=True, width=100, height=30, legacy_windows=False, color_system=None
    )


def seen(screen: Console) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_short_queries_show_nothing(screen: Console) -> None:
    """A query that ends within a second leaves the screen untouched."""
    query = FakeQuery([snapshot(elapsed_s=0.3), snapshot(elapsed_s=0.9)])
    assert follow(query, shows_progress=True, console=screen) == "the result"
    assert seen(screen) == ""


def test_without_progress_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody looks nothing is printed, however long it takes."""
    assert follow(FakeQuery([snapshot(elapsed_s=100.0)]), shows_progress=False) == "the result"
    assert capsys.readouterr() == ("", "")


def test_long_queries_show_figures(screen: Console) -> None:
    """After a second entries, share, rates, time left and workers are on the screen."""
    follow(FakeQuery([snapshot()]), shows_progress=True, console=screen)
    for figure in ("25 %", "250 of 1000 entries", "2 M/s", "35.00 MB/s", "12.0 s left", "3 of 4 workers active"):
        assert figure in seen(screen)


def test_figures_without_a_total() -> None:
    """While files are not looked into, no share is told, but how many files are."""
    account = Account(processed=0, unread=1000, total=1000, files_unopened=6)
    text = progress_text(snapshot(account=account, n_files_opened=2, left_s=None))
    assert "%" not in text
    assert "left" not in text
    assert "2 of 8 files looked into" in text


def test_figures_before_anything_runs() -> None:
    """Workers that are still starting are told as such, and no bytes are told where none are read."""
    text = progress_text(snapshot(n_workers=0, n_active=0, read_bytes=0))
    assert "workers are starting" in text
    assert "B/s" not in text
    assert "waiting to begin" in progress_text(snapshot(n_workers=0, state=QueryState.WAITING))


def test_no_time_is_left_while_entries_are_isolated() -> None:
    """When everything was computed once and only suspects are left, no time is told."""
    assert "left" not in progress_text(snapshot(left_s=0.0, n_suspects=1))


def test_the_share_never_exceeds_the_whole() -> None:
    """Entries computed twice, after a loss, do not make more than all."""
    assert progress_text(snapshot(n_seen=5000)).startswith("100 %")


def test_the_first_failure_is_said_at_once_and_once(screen: Console) -> None:
    """The first range that is lost is told when it happens, not again with every look."""
    failing = snapshot(first_failure=GONE)
    follow(FakeQuery([snapshot(), failing, failing]), shows_progress=True, console=screen)
    assert seen(screen).count("cannot be read: a.root:Events entries 0 to 9: read: gone") == 1


def test_a_failure_does_not_wait_for_the_display(screen: Console) -> None:
    """A selector that fails at once is told at once, with the event's name, though the query has just begun."""
    failed = ExcludedRange(
        file="a.root", tree="Events", first=7, stop=8, kind="exception", reason="ValueError: x",
        event=EventName(run=1, luminosity_block=2, event=3),
    )  # fmt: skip
    follow(FakeQuery([snapshot(elapsed_s=0.2, first_failure=failed)]), shows_progress=True, console=screen)
    assert " ".join(seen(screen).split()) == "failed: a.root:Events entry 7 (event 1:2:3): ValueError: x"


def test_the_entry_is_told_when_it_is_found(screen: Console) -> None:
    """A block that failed is told at once; when its entry is found that is told too; neither more than once."""
    block, entry = (
        ExcludedRange(file="a.root", tree="T", first=first, stop=stop, kind="exception", reason="ValueError: x")
        for first, stop in ((0, 100), (7, 8))
    )
    steps = [snapshot(elapsed_s=0.1, first_failure=failure) for failure in (block, block, entry, entry, block)]
    follow(FakeQuery([*steps]), shows_progress=True, console=screen)
    assert seen(screen).splitlines() == [
        "failed: a.root:T entries 0 to 99: ValueError: x",
        "found: a.root:T entry 7: ValueError: x",
    ]


def test_later_failures_are_counted() -> None:
    """Blocks under suspicion, and entries that are lost, stand among the figures; none of them, nothing."""
    account = Account(processed=200, excluded=3, missing=20_000, unread=800, total=21_003)
    text = progress_text(snapshot(account=account, n_suspects=2))
    assert "isolating 2 blocks  3 excluded  20 k missing" in text
    assert "isolating 1 block  " in progress_text(snapshot(n_suspects=1))
    assert not {"isolating", "excluded", "missing"} & set(progress_text(snapshot()).split())


def test_the_picture_grows(screen: Console) -> None:
    """The first histogram of the outputs so far is drawn below the figures."""
    histogram = hist.Hist.new.Reg(4, 0, 4, label="m [GeV]").Double().fill([1.5, 1.5])
    follow(FakeQuery([snapshot()], partial_outputs=lambda: {"h": histogram}), shows_progress=True, console=screen)
    assert "m [GeV]: sum 2" in seen(screen)


def test_a_map_is_shown_when_there_is_nothing_simpler(screen: Console) -> None:
    """Of several histograms one of one dimension is drawn live, else one of two, never what cannot be drawn."""
    map_ = hist.Hist.new.Reg(4, 0, 4, label="m").Reg(2, 0, 2, label="eta").Double().fill([1.5], [1.5])
    for known, outputs, title in (
        ([("c", 3), ("m", 2), ("n", 0)], {"m": map_}, "eta against m: 2 dimensions"),
        ([("m", 2), ("h", 1)], {"h": map_.project(0)}, "m: sum 1"),
    ):
        query = FakeQuery([snapshot()], partial_outputs=lambda o=outputs: o, known=known)
        follow(query, shows_progress=True, console=screen)
        assert title in seen(screen)
        assert query.asked == [f"partial {next(iter(outputs))}"]


def test_dear_pictures_are_rare(screen: Console) -> None:
    """A partial result that takes a second is not asked for again within twenty."""
    query = FakeQuery([])

    def takes_a_second() -> None:
        query.now = snapshot(elapsed_s=query.now.elapsed_s + 1.0)

    query.partial_outputs = takes_a_second
    query.steps = [snapshot(elapsed_s=second) for second in (2.0, 5.0, 10.0, 20.0, 22.9, 23.1)]
    follow(query, shows_progress=True, console=screen)
    assert query.asked == ["partial h", "partial h"]


def test_outputs_that_cannot_be_had_so_far(screen: Console) -> None:
    """When partial outputs cannot be made there is no live picture, and the query goes on."""

    def fails() -> None:
        raise UserCodeError("no such key")

    query = FakeQuery([snapshot(), snapshot(elapsed_s=100.0)], partial_outputs=fails)
    assert follow(query, shows_progress=True, console=screen) == "the result"
    assert query.asked == ["partial h"]


def test_ctrl_c_once_stops_and_keeps(capsys: pytest.CaptureFixture[str]) -> None:
    """The first Ctrl-C stops the query; its result is returned."""
    query = FakeQuery([snapshot(), KeyboardInterrupt(), snapshot()])
    assert follow(query, shows_progress=False) == "the result"
    assert query.asked == ["stop"]
    assert "what is done is kept" in capsys.readouterr().err


def test_ctrl_c_before_the_beginning_promises_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """While files are looked into and limits are looked for, there is nothing to keep, and that is said."""
    query = FakeQuery([snapshot(state=QueryState.WAITING), KeyboardInterrupt(), snapshot()])
    assert follow(query, shows_progress=False) == "the result"
    assert query.asked == ["stop"]
    assert capsys.readouterr().err == "\nstopping: nothing was computed yet, so there is nothing to keep\n"


def test_ctrl_c_twice_aborts() -> None:
    """The second Ctrl-C aborts; there is no result."""
    query = FakeQuery([KeyboardInterrupt(), snapshot(), KeyboardInterrupt()])
    with pytest.raises(AbortedError):
        follow(query, shows_progress=False)
    assert query.asked == ["stop", "abort"]


def test_ctrl_c_while_the_first_is_dealt_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second Ctrl-C that comes while the first is being passed on is a second one all the same."""
    query = FakeQuery([KeyboardInterrupt(), snapshot()])

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(query, "stop", interrupted)
    with pytest.raises(AbortedError):
        follow(query, shows_progress=False)
    assert query.asked == ["abort"]


def test_ctrl_c_three_times_leaves() -> None:
    """The third Ctrl-C does not wait for anything any more."""
    query = FakeQuery([KeyboardInterrupt(), KeyboardInterrupt(), KeyboardInterrupt(), snapshot()])
    with pytest.raises(KeyboardInterrupt):
        follow(query, shows_progress=False)
    assert query.steps


def test_the_state_stands_first() -> None:
    """That a query is stopping is seen on a narrow screen too."""
    assert progress_text(snapshot(state=QueryState.STOPPING)).startswith("stopping   25 %  250 of")


def test_a_display_that_fails_costs_nothing_else(screen: Console) -> None:
    """Where a display stumbles it is given up, with a warning; the query goes on to its result."""

    def fails() -> None:
        raise RuntimeError("no ink")

    query = FakeQuery([snapshot(elapsed_s=second) for second in (2.0, 5.0, 9.0)], partial_outputs=fails)
    with pytest.warns(DisplayWarning, match="RuntimeError: no ink"):
        assert follow(query, shows_progress=True, console=screen) == "the result"
    assert query.asked == ["partial h"]
