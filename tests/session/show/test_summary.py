"""The account and the statistics as text."""

from __future__ import annotations

from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange
from overproof.records.outcome.failure import EventName, FailureKind
from overproof.records.statistics import ServerStatistics, Statistics, WorkerStatistics
from overproof.session.show.summary import account_text, first_of_each_cause, server_lines, statistics_text


def lost(first: int = 0, stop: int | None = 10, reason: str = "gone") -> MissingRange:
    return MissingRange(file="a.root", tree="Events", first=first, stop=stop, phase="read", reason=reason)


def test_a_complete_account_is_one_line() -> None:
    """A complete account is one line, in which the sum can be checked by eye."""
    text = account_text(Account(processed=4_000, total=4_000))
    assert text == ("account     4,000 processed + 0 excluded + 0 missing + 0 unread = 4,000 entries: complete")


def test_what_has_not_finished_is_not_called_complete() -> None:
    """A tree without entries may be unread, and no number tells it."""
    assert account_text(Account(processed=5, total=5), is_finished=False).endswith("= 5 entries: not complete")


def test_what_lacks_is_told_with_its_reason() -> None:
    """Missing and excluded ranges are told with file, tree, entries (last one included) and reason."""
    failed = ExcludedRange(file="b.root", tree="Events", first=7, stop=8, kind="exception", reason="ValueError: x\n y")
    account = Account(processed=89, excluded=1, missing=10, total=100)
    lines = account_text(account, excluded=[failed], missing=[lost()]).splitlines()
    assert lines[0].endswith("= 100 entries: not complete")
    assert lines[1:] == [
        "missing     a.root:Events entries 0 to 9: read: gone",
        "excluded    b.root:Events entry 7: ValueError: x y",
    ]


def test_files_of_unknown_length_are_a_line_of_their_own() -> None:
    """Unknown and unopened files are told apart from entries."""
    account = Account(processed=1, total=1, files_unknown=1, files_unopened=2)
    gone = MissingRange(file="c.root", tree=None, first=0, stop=None, phase="open", reason="cut short")
    text = account_text(account, missing=[gone])
    assert "1 file of unknown length" in text
    assert "2 files not looked into" in text
    assert "c.root all entries: open: cut short" in text


def test_many_ranges_are_cut_to_a_screenful() -> None:
    """Only so many ranges are listed; the rest is counted, not dropped in silence."""
    account = Account(missing=1000, total=1000)
    lines = account_text(account, missing=[lost(i, i + 1) for i in range(1000)], max_ranges=3).splitlines()
    assert lines[1:] == [
        "missing     1,000 entries: read: gone",
        "              a.root:Events entry 0",
        "              a.root:Events entry 1",
        "              a.root:Events entry 2",
        "              ... and 997 more",
    ]
    others = [lost(i, i + 1, reason=f"gone {i}") for i in range(1000)]
    lines = account_text(account, missing=others, max_ranges=3).splitlines()
    assert len(lines) == 5
    assert lines[-1].strip() == "... and 997 more missing ranges, of other causes"


def failed(entry: int, *, cause: str, kind: FailureKind = "exception", event: EventName | None = None) -> ExcludedRange:
    return ExcludedRange(
        file="b.root", tree="Events", first=entry, stop=entry + 1, kind=kind, reason=f"{cause} with {entry}",
        cause=cause, event=event,
    )  # fmt: skip


def test_failures_of_one_cause_are_told_once_with_all_entries() -> None:
    """The cause stands once, with the reason of its first failure; then each entry, with the event's name."""
    event = EventName(run=1, luminosity_block=None, event=3)
    ranges = [
        failed(7, cause="ValueError", event=event), failed(9, cause="ValueError"),
        failed(8, cause="SIGSEGV", kind="signal"), failed(11, cause="ValueError"),
    ]  # fmt: skip
    account = Account(processed=96, excluded=4, total=100)
    assert account_text(account, excluded=ranges).splitlines()[1:] == [
        "excluded    3 entries: ValueError with 7",
        "              b.root:Events entry 7 (event 1:?:3)",
        "              b.root:Events entry 9",
        "              b.root:Events entry 11",
        "excluded    b.root:Events entry 8: signal: SIGSEGV with 8",
    ]
    assert [each.first for each in first_of_each_cause(ranges)] == [7, 8]


def test_no_cause_is_hidden_by_the_number_of_another() -> None:
    """Where the screen is short, a frequent cause is cut before a rare one."""
    ranges = [failed(entry, cause="often") for entry in range(50)] + [failed(99, cause="once")]
    text = account_text(Account(excluded=51, total=51), excluded=ranges, max_ranges=3)
    assert "... and 48 more" in text
    assert "once with 99" in text


def test_ranges_computed_in_two_are_told() -> None:
    """What was split is told with the reason why it could not be computed whole."""
    split = SplitRange(file="b.root", tree="T", first=0, at=50, stop=100, kind="memory", reason="more than 1.00 GB")
    lines = account_text(Account(processed=100, total=100), split=[split]).splitlines()
    assert lines[1:] == ["split       b.root:T entries 0 to 99: computed in two, at 50: memory: more than 1.00 GB"]


def test_statistics_have_every_topic() -> None:
    """Every figure that was promised is printed, with a line for each worker."""
    worker = WorkerStatistics(worker="w7", packets=3, entries=900, compute_s=1.5, read_bytes=2_500_000)
    text = statistics_text(
        Statistics(
            packetizer="adaptive", n_workers=1, n_files=2, entries=900, packets=3, default_packet=100,
            smallest_packet=50, average_packet=300.0, total_s=75.2, startup_s=0.25, first_packet_s=0.4, loop_s=70.5,
            packet_interval_average_s=2.0, packet_interval_shortest_s=0.5, read_bytes=2_500_000, rate_per_s=12_345.6,
            byte_rate_per_s=3_000_000.0, merge_s=0.1, deltas=4, workers=(worker,), cached_bytes=7_000_000,
            path="compiled", mergers=3, deltas_passed=40, inflow_bytes=800_000_000,
        )
    )  # fmt: skip
    for figure in (
        "7.00 MB of columns out of memory", "mergers     3, which merged 40 deltas on the way",
        "900 in 2 files, 2.50 MB read", "3 (adaptive)", "default 100", "smallest 50", "average 300", "1 min 15 s",
        "startup_s 0.250", "loop_s 70.500", "first after 400 ms", "every 2.0 s", "shortest 500 ms", "12,346 entries/s",
        "path        compiled", "3.00 MB/s", "100 ms for 4 deltas of 800.00 MB", "w7",
        "3 packets, 900 entries, 2.50 MB, 1.5 s",
    ):  # fmt: skip
        assert figure in text


def test_what_servers_gave_is_told_where_there_are_any() -> None:
    """Disks of workers alone go without saying; a server is told with its share of near bytes and its last failure."""
    own = ServerStatistics(server="", files=2, read_bytes=10, local_bytes=10, reads=1, read_s=0.0, failures=0)
    assert server_lines([own]) == []
    afar = ServerStatistics(
        server="disk1:1094", files=1, read_bytes=4000, local_bytes=1000, reads=7, read_s=2.0, failures=2, reason="late"
    )
    assert server_lines([own, afar]) == [
        "  own disks               2 files, 10 B in 1 reads",
        "  disk1:1094              1 file, 4.00 kB in 7 reads, 2.00 kB/s while waited for, 25% to its own machine, "
        "2 failures, the last: late",
    ]
