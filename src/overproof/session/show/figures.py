"""How far a query is, in figures: what all displays of a running query say."""

from __future__ import annotations

from overproof.records.account import ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.session.show.summary import excluded_line, missing_line
from overproof.words.states import TRANSITIONS, QueryState
from overproof.words.units import human_bytes, human_count, human_seconds


def progress_parts(progress: Progress) -> list[str]:
    """Write how far a query is, one figure a part; the state first, because a narrow screen cuts the end."""
    done, total = n_done(progress), progress.account.total
    parts = ["stopping"] if progress.state is QueryState.STOPPING else []
    if is_total_known(progress):
        parts.append(f"{100 * done / total:3.0f} %")
    parts.append(f"{human_count(done)} of {human_count(total)} {progress.unit}")
    if progress.account.files_unopened:
        parts.append(f"{progress.n_files_opened} of {progress.n_files} files looked into")
    if progress.n_suspects:
        blocks = "1 block" if progress.n_suspects == 1 else f"{progress.n_suspects} blocks"
        parts.append(f"isolating {blocks}")
    if n_lost := progress.account.excluded:
        parts.append(f"{human_count(n_lost)} excluded")
    if n_lost := progress.account.missing:
        parts.append(f"{human_count(n_lost)} missing")
    parts.append(f"{human_count(progress.rate_per_s)}/s")
    if progress.read_bytes:  # cycles read none
        parts.append(f"{human_bytes(progress.byte_rate_per_s)}/s")
    if progress.left_s:  # nothing is left to be read while blocks are isolated
        parts.append(f"{human_seconds(progress.left_s)} left")
    n_workers = progress.n_workers
    if n_workers:
        parts.append(f"{progress.n_active} of {n_workers} workers active")
    else:
        waits = "waiting to begin" if progress.state is QueryState.WAITING else "workers are starting"
        parts.append(progress.awaited or waits)
    return parts


def progress_text(progress: Progress) -> str:
    """Write how far a query is, on one line."""
    return "  ".join(progress_parts(progress))


def ending_parts(state: QueryState, progress: Progress) -> list[str]:
    """Write how a query has ended, one figure a part."""
    account = progress.account
    parts = [str(state), f"{account.processed:,} {progress.unit} in {human_seconds(progress.elapsed_s)}"]
    if progress.average_rate_per_s:
        parts.append(f"{human_count(progress.average_rate_per_s)}/s")
    if not TRANSITIONS[state]:
        parts.append("complete" if account.is_complete else "not complete")
    return parts


def n_done(progress: Progress) -> int:
    """Count entries that workers are through with, merged or not."""
    account = progress.account
    settled = account.processed + account.excluded + account.missing
    return min(account.total, max(settled, progress.n_entries_seen))


def is_total_known(progress: Progress) -> bool:
    """Tell whether a share of the whole can be told."""
    return progress.account.total > 0 and not progress.account.files_unopened


def failure_line(failure: ExcludedRange | MissingRange) -> str:
    """Write one failure: where, which entries, why."""
    return excluded_line(failure) if isinstance(failure, ExcludedRange) else missing_line(failure)


def n_failed(failure: ExcludedRange | MissingRange) -> int:
    """Count the entries on which the selector failed; none of what could not be read."""
    return failure.stop - failure.first if isinstance(failure, ExcludedRange) else 0
