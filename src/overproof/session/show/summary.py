"""A result's account and statistics, as text for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from overproof.records.account import ITEMS, Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
from overproof.records.outcome.failure import EventName
from overproof.records.statistics import ServerStatistics, Statistics, WorkerStatistics
from overproof.words.units import entries_text, human_bytes, human_seconds

R = TypeVar("R", MissingRange, ExcludedRange, UnreadRange)

MAX_DATASETS = 20
"""Datasets of which each has a line."""

MAX_NAME = 40
"""Letters of a dataset's name for which all lines make room."""

MAX_RANGES = 10
"""Ranges of one sort that are printed; the rest is counted."""


def account_text(
    account: Account,
    *,
    excluded: Sequence[ExcludedRange] = (),
    missing: Sequence[MissingRange] = (),
    split: Sequence[SplitRange] = (),
    unread: Sequence[UnreadRange] = (),
    accounts: Mapping[str, Account] | None = None,
    max_ranges: int = MAX_RANGES,
    is_finished: bool = True,
) -> str:
    """Write where every entry is: one line when the result is complete, the ranges that lack when it is not.

    Of several datasets each has a line too.
    Ranges that lack for the same cause stand together: the cause once, with their number, then each of them.
    """
    is_settled = account.is_complete and not (missing or excluded) and is_finished
    verdict = "complete" if is_settled else "not complete"
    lines = [f"account     {_sum_text(account)}: {verdict}"]
    if account.files_unknown:
        lines.append(f"            {_files(account.files_unknown)} of unknown length: nobody can tell how many entries")
    if account.files_unopened:
        lines.append(
            f"            {_files(account.files_unopened)} not looked into: their entries are not in the total"
        )
    lines += _dataset_lines(accounts or {})
    lines += loss_lines(excluded=excluded, missing=missing, unread=unread, max_ranges=max_ranges)
    lines += [f"{'split':<12}{split_line(each)}" for each in split[:max_ranges]]
    if len(split) > max_ranges:
        lines.append(f"{'':<12}... and {len(split) - max_ranges:,} more split ranges")
    return "\n".join(lines)


def _sum_text(account: Account) -> str:
    parts = " + ".join(f"{getattr(account, part):,} {part}" for part in ("processed", "excluded", "missing", "unread"))
    return f"{parts} = {account.total:,} entries"


def _dataset_lines(accounts: Mapping[str, Account]) -> list[str]:
    """Write a line for each of several datasets; of very many, for those that lack something."""
    shown = accounts if len(accounts) <= MAX_DATASETS else {k: v for k, v in accounts.items() if not v.is_complete}
    if len(accounts) < 2 or not shown:
        return []
    width = min(max(map(len, shown)), MAX_NAME)
    lines = [f"{'':<12}{name:<{width}}  {_sum_text(account)}" for name, account in shown.items()]
    more = len(lines) - MAX_DATASETS
    return lines[:MAX_DATASETS] + ([f"{'':<12}... and {more:,} more datasets that lack entries"] if more > 0 else [])


def loss_lines(
    *,
    excluded: Sequence[ExcludedRange] = (),
    missing: Sequence[MissingRange] = (),
    unread: Sequence[UnreadRange] = (),
    max_ranges: int = MAX_RANGES,
) -> list[str]:
    """Write what lacks, by cause: what could not be read, that on which the selector failed, and what nobody read."""
    lines = _grouped("missing", _by_cause(missing, cause=_reason_of_missing), _reason_of_missing, max_ranges)
    by_cause = _by_cause(excluded, cause=_cause_of_excluded)
    lines += _grouped("excluded", by_cause, _reason_of_excluded, max_ranges)
    return lines + _grouped("unread", _by_cause(unread, cause=_reason_of_unread), _reason_of_unread, max_ranges)


def missing_line(lost: MissingRange) -> str:
    """Write one missing range: where, which entries, in which phase, why."""
    return f"{_where(lost)}: {_reason_of_missing(lost)}"


def excluded_line(failed: ExcludedRange) -> str:
    """Write one excluded range: where, which entries, which event, why."""
    return f"{_where(failed)}: {_reason_of_excluded(failed)}"


def split_line(split: SplitRange) -> str:
    """Write one range that was computed in two."""
    place = f"{_place(split.file, split.tree)} {_range(split.first, split.stop)}"
    return f"{place}: computed in two, at {split.at:,}: {split.kind}: {_one_line(split.reason)}"


def first_of_each_cause(excluded: Iterable[ExcludedRange]) -> list[ExcludedRange]:
    """Return the first failure of each cause, in order."""
    return [same[0] for same in _by_cause(excluded, cause=_cause_of_excluded)]


def statistics_text(statistics: Statistics) -> str:
    """Write what a query cost, one line a topic, and one line a worker.

    Source: the topics of the statistics that a PROOF session printed after each query.
    """
    s = statistics
    rows = [
        ("entries", f"{s.entries:,} in {_files(s.n_files)}, {human_bytes(s.read_bytes)} read"),
        ("cached", f"{human_bytes(s.cached_bytes)} of columns out of memory" if s.cached_bytes else ""),
        ("packets", f"{s.packets:,} ({s.packetizer}): default {s.default_packet:,}, smallest {s.smallest_packet:,}, "
                    f"average {s.average_packet:,.0f} entries"),
        ("time", f"{human_seconds(s.total_s)} in all: startup_s {s.startup_s:.3f}, loop_s {s.loop_s:.3f}"),
        ("packet time", f"first after {human_seconds(s.first_packet_s)}, then one every "
                        f"{human_seconds(s.packet_interval_average_s)}, shortest "
                        f"{human_seconds(s.packet_interval_shortest_s)}"),
        ("rate", f"{s.rate_per_s:,.0f} entries/s, {human_bytes(s.byte_rate_per_s)}/s"),
        ("path", s.path),
        ("merging", f"{human_seconds(s.merge_s)} for {s.deltas:,} deltas{_of_bytes(s.inflow_bytes)}"),
        ("mergers", f"{s.mergers:,}, which merged {s.deltas_passed:,} deltas on the way" if s.mergers else ""),
        ("workers", f"{s.n_workers:,}"),
    ]  # fmt: skip
    lines = [f"{name:<12}{text}" for name, text in rows if text]
    servers = server_lines(s.servers)
    lines += [f"{'servers':<12}{len(servers):,}", *servers] if servers else []
    return "\n".join(lines + [_worker_line(worker) for worker in s.workers])


def server_lines(servers: Sequence[ServerStatistics]) -> list[str]:
    """Write what each file server gave, one line each; disks of this machine alone go without saying."""
    if all(not each.server and not each.failures for each in servers):
        return []
    return [_server_line(each) for each in servers]


def _server_line(each: ServerStatistics) -> str:
    near = f", {each.local_bytes / each.read_bytes:.0%} to its own machine" if each.server and each.read_bytes else ""
    failures = f", {each.failures:,} failures, the last: {each.reason}" if each.failures else ""
    rate = f", {human_bytes(each.rate_per_s)}/s while waited for" if each.rate_per_s else ""
    name = each.server or "own disks"
    read = f"{_files(each.files)}, {human_bytes(each.read_bytes)} in {each.reads:,} reads"
    return f"  {name:<24}{read}{rate}{near}{failures}"


def _of_bytes(size_bytes: int) -> str:
    return f" of {human_bytes(size_bytes)}" if size_bytes else ""


def _worker_line(worker: WorkerStatistics) -> str:
    return (
        f"  {worker.worker + ' ':<10}{worker.packets:,} packets, {worker.entries:,} entries, "
        f"{human_bytes(worker.read_bytes)}, {human_seconds(worker.compute_s)}"
    )


def _grouped(title: str, groups: Sequence[Sequence[R]], reason_of: Callable[[R], str], max_ranges: int) -> list[str]:
    """Write ranges by cause; of all causes together at most `max_ranges`, but one of each cause, if there is room."""
    lines, n_left = [], max_ranges
    for place, same in enumerate(groups):
        if n_left <= 0:
            n_ranges = sum(map(len, groups[place:]))
            lines.append(f"{'':<12}... and {n_ranges:,} more {title} ranges, of other causes")
            break
        if len(same) == 1:
            lines.append(f"{title:<12}{_where(same[0])}: {reason_of(same[0])}")
            n_left -= 1
            continue
        n_shown = max(1, min(len(same), n_left - (len(groups) - place - 1)))
        lines.append(f"{title:<12}{_how_many(same)}: {reason_of(same[0])}")
        lines += [f"{'':<14}{_where(each)}" for each in same[:n_shown]]
        if len(same) > n_shown:
            lines.append(f"{'':<14}... and {len(same) - n_shown:,} more")
        n_left -= n_shown
    return lines


def _by_cause(ranges: Iterable[R], *, cause: Callable[[R], str]) -> list[list[R]]:
    groups: dict[str, list[R]] = {}
    for each in ranges:
        groups.setdefault(cause(each), []).append(each)
    return list(groups.values())


def _reason_of_missing(lost: MissingRange) -> str:
    return f"{lost.phase}: {_one_line(lost.reason)}"


def _reason_of_unread(left: UnreadRange) -> str:
    return _one_line(left.reason)


def _reason_of_excluded(failed: ExcludedRange) -> str:
    reason = _one_line(failed.reason)
    return reason if failed.kind == "exception" else f"{failed.kind}: {reason}"


def _cause_of_excluded(failed: ExcludedRange) -> str:
    return f"{failed.kind}: {failed.cause or failed.reason}"


def _how_many(ranges: Sequence[MissingRange | ExcludedRange | UnreadRange]) -> str:
    n_entries = sum(each.stop - each.first for each in ranges if each.stop is not None)
    n_whole = sum(each.stop is None for each in ranges)
    unit = ITEMS if is_of_items(ranges[0]) else "entries"
    parts = ([f"{n_entries:,} {unit}"] if n_entries else []) + ([_files(n_whole)] if n_whole else [])
    return " and ".join(parts)


def _where(lost: MissingRange | ExcludedRange | UnreadRange) -> str:
    if isinstance(lost, ExcludedRange) and is_of_items(lost):
        return f"item {lost.first:,}" if lost.stop == lost.first + 1 else f"items {lost.first:,} to {lost.stop - 1:,}"
    text = f"{_place(lost.file, lost.tree)} {_range(lost.first, lost.stop)}"
    event = event_text(lost.event) if isinstance(lost, ExcludedRange) else ""
    return f"{text} ({event})" if event else text


def is_of_items(lost: MissingRange | ExcludedRange | UnreadRange) -> bool:
    """Tell items of a map from entries of a file."""
    return lost.file == ITEMS and lost.tree is None and isinstance(lost, ExcludedRange)


def event_text(event: EventName | None) -> str:
    """Name an event as physicists do, `run:luminosity block:event`; empty where the file says nothing."""
    if event is None:
        return ""
    numbers = (event.run, event.luminosity_block, event.event)
    return f"event {':'.join('?' if number is None else str(number) for number in numbers)}"


def _place(file: str, tree: str | None) -> str:
    return f"{file}:{tree}" if tree else file


def _range(first: int, stop: int | None) -> str:
    if stop is None:
        return f"all entries from {first:,}" if first else "all entries"
    return entries_text(first, stop)


def _files(n_files: int) -> str:
    return f"{n_files:,} file" if n_files == 1 else f"{n_files:,} files"


def _one_line(reason: str) -> str:
    return " ".join(reason.split()) or "no reason given"
