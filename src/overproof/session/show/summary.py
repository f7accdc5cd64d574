"""A result's account and statistics, as text for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from overproof.records.account import Account, ExcludedRange, MissingRange
from overproof.records.statistics import Statistics, WorkerStatistics
from overproof.words.units import human_bytes, human_seconds

T = TypeVar("T")

MAX_RANGES = 10
"""Ranges of one sort that are printed; the rest is counted."""


def account_text(
    account: Account,
    *,
    excluded: Sequence[ExcludedRange] = (),
    missing: Sequence[MissingRange] = (),
    max_ranges: int = MAX_RANGES,
) -> str:
    """Write where every entry is: one line when the result is complete, the ranges that lack when it is not."""
    sums = " + ".join(f"{getattr(account, part):,} {part}" for part in ("processed", "excluded", "missing", "unread"))
    verdict = "complete" if account.is_complete else "not complete"
    lines = [f"account     {sums} = {account.total:,} entries: {verdict}"]
    if account.files_unknown:
        lines.append(f"            {_files(account.files_unknown)} of unknown length: nobody can tell how many entries")
    if account.files_unopened:
        lines.append(
            f"            {_files(account.files_unopened)} not looked into: their entries are not in the total"
        )
    lines += _cut("missing", missing, write=missing_line, max_ranges=max_ranges)
    lines += _cut("excluded", excluded, write=excluded_line, max_ranges=max_ranges)
    return "\n".join(lines)


def missing_line(lost: MissingRange) -> str:
    """Write one missing range: where, which entries, in which phase, why."""
    return f"{_place(lost.file, lost.tree)} {_range(lost.first, lost.stop)}: {lost.phase}: {_one_line(lost.reason)}"


def excluded_line(failed: ExcludedRange) -> str:
    """Write one excluded range: where, which entries, why."""
    return f"{_place(failed.file, failed.tree)} {_range(failed.first, failed.stop)}: {_one_line(failed.reason)}"


def statistics_text(statistics: Statistics) -> str:
    """Write what a query cost, one line a topic, and one line a worker.

    Source: the topics of the statistics that a PROOF session printed after each query.
    """
    s = statistics
    rows = [
        ("entries", f"{s.entries:,} in {_files(s.n_files)}, {human_bytes(s.read_bytes)} read"),
        ("packets", f"{s.packets:,} ({s.packetizer}): default {s.default_packet:,}, smallest {s.smallest_packet:,}, "
                    f"average {s.average_packet:,.0f} entries"),
        ("time", f"{human_seconds(s.total_s)} in all: startup_s {s.startup_s:.3f}, loop_s {s.loop_s:.3f}"),
        ("packet time", f"first after {human_seconds(s.first_packet_s)}, then one every "
                        f"{human_seconds(s.packet_interval_average_s)}, shortest "
                        f"{human_seconds(s.packet_interval_shortest_s)}"),
        ("rate", f"{s.rate_per_s:,.0f} entries/s, {human_bytes(s.byte_rate_per_s)}/s"),
        ("merging", f"{human_seconds(s.merge_s)} for {s.deltas:,} deltas"),
        ("workers", f"{s.n_workers:,}"),
    ]  # fmt: skip
    lines = [f"{name:<12}{text}" for name, text in rows]
    return "\n".join(lines + [_worker_line(worker) for worker in s.workers])


def _worker_line(worker: WorkerStatistics) -> str:
    return (
        f"  {worker.worker:<10}{worker.packets:,} packets, {worker.entries:,} entries, "
        f"{human_bytes(worker.read_bytes)}, {human_seconds(worker.compute_s)}"
    )


def _cut(title: str, ranges: Sequence[T], *, write: Callable[[T], str], max_ranges: int) -> list[str]:
    lines = [f"{title:<12}{write(each)}" for each in ranges[:max_ranges]]
    if len(ranges) > max_ranges:
        lines.append(f"{'':<12}... and {len(ranges) - max_ranges:,} more {title} ranges")
    return lines


def _place(file: str, tree: str | None) -> str:
    return f"{file}:{tree}" if tree else file


def _range(first: int, stop: int | None) -> str:
    if stop is None:
        return f"all entries from {first:,}" if first else "all entries"
    return f"entry {first:,}" if stop == first + 1 else f"entries {first:,} to {stop - 1:,}"


def _files(n_files: int) -> str:
    return f"{n_files:,} file" if n_files == 1 else f"{n_files:,} files"


def _one_line(reason: str) -> str:
    return " ".join(reason.split()) or "no reason given"
