"""A running query on the screen, and Ctrl-C."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from overproof.records.account import ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.words.errors import OverproofError
from overproof.words.states import QueryState
from overproof.words.units import human_bytes, human_count, human_seconds

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

POLL_S = 0.15
"""How often the screen is drawn anew."""
QUIET_S = 1.0
"""Queries that end within this time show nothing."""
PICTURE_S = 1.0
"""How often the live picture is drawn anew, when that is cheap."""
PICTURE_SHARE = 0.05
"""Share of the time that live pictures may cost."""


class Followed(Protocol):
    """What is needed of a query to follow it."""

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; tell whether it has come."""
        ...

    def progress(self) -> Progress:
        """Tell how far the query is."""
        ...

    def partial(self) -> Any:
        """Return what is merged so far; None before the first delta."""
        ...

    def result(self, timeout_s: float | None = None) -> Any:
        """Return the result, or raise what ended the query."""
        ...

    def stop(self) -> None:
        """Stop soon and keep what is done."""
        ...

    def abort(self) -> None:
        """End at once and throw everything away."""
        ...


def follow(query: Followed, *, shows_progress: bool, console: Console | None = None) -> Any:
    """Wait for a query with a progress display; Ctrl-C once stops it and keeps what is done, twice aborts it.

    Args:
        query: waiting or running.
        shows_progress: draw a display once the query takes longer than a second.
        console: where to draw; None: standard error.

    Returns:
        The query's result.

    Raises:
        OverproofError: whatever ended the query, as `query.result` raises it.
    """
    view = View(console) if shows_progress else None
    n_interrupts = n_heard = 0
    try:
        while True:
            try:
                # Inside of the try: the next Ctrl-C may come while this one is being dealt with.
                if n_interrupts > n_heard:
                    n_heard = n_interrupts
                    _interrupt(query, n_interrupts)
                while not query.wait(POLL_S):
                    if view is not None:
                        view.update(query)
                break
            except KeyboardInterrupt:
                n_interrupts += 1
                if n_interrupts > 2:
                    raise
    finally:
        if view is not None:
            view.close()
    return query.result()


def _interrupt(query: Followed, n_interrupts: int) -> None:
    """Stop at the first Ctrl-C, abort at the second."""
    if n_interrupts == 1:
        has_begun = query.progress().state is not QueryState.WAITING
        query.stop()
        if has_begun:
            print("\nstopping: what is done is kept; Ctrl-C again throws it away", file=sys.stderr)
        else:
            print("\nstopping: nothing was computed yet, so there is nothing to keep", file=sys.stderr)
    else:
        query.abort()
        print("\naborting", file=sys.stderr)


class View:
    """The display of one query: a bar with numbers, and the first histogram as it grows.

    Args:
        console: where to draw; None: standard error, found when something is drawn.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._live: Live | None = None
        self._picture = ""
        self._picture_due_s = 0.0
        self._said: ExcludedRange | MissingRange | None = None

    def update(self, query: Followed) -> None:
        """Draw how far the query is, if it has run long enough to be looked at."""
        progress = query.progress()
        self._say_first_failure(progress)
        if progress.elapsed_s < QUIET_S:
            return
        live = self._live or self._open()
        if live.console.height >= 20 and progress.elapsed_s >= self._picture_due_s:
            self._draw_picture(query, started_s=progress.elapsed_s, console=live.console)
        live.update(_display(progress, self._picture), refresh=True)

    def close(self) -> None:
        """Take the display off the screen."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _open(self) -> Live:
        from rich.live import Live

        # No thread of its own: the loop that waits for the query draws too.
        self._live = Live(console=self._screen(), auto_refresh=False, transient=True)
        self._live.start()
        return self._live

    def _screen(self) -> Console:
        from rich.console import Console

        self._console = self._console or Console(stderr=True)
        return self._console

    def _say_first_failure(self, progress: Progress) -> None:
        """Tell the first failure when it happens, and once more when its entry is found; the others are counted."""
        failure = progress.first_failure
        if failure is None or failure == self._said:
            return
        if self._said is None:
            word = "failed" if isinstance(failure, ExcludedRange) else "cannot be read"
        elif _n_entries(self._said) > 1 and isinstance(failure, ExcludedRange) and _n_entries(failure) == 1:
            word = "found"
        else:
            return
        self._said = failure
        self._screen().print(f"{word}: {_failure_line(failure)}", markup=False, highlight=False)

    def _draw_picture(self, query: Followed, *, started_s: float, console: Console) -> None:
        """Draw the first histogram so far, and set the time of the next drawing by what this one cost."""
        from overproof.session.show.terminal import shown_with, terminal_picture

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a partial result is incomplete: no news
                histogram = _first_histogram(query.partial())
        except OverproofError:  # the user's `terminate` cannot bear partial outputs; the query may still end well
            self._picture_due_s = float("inf")
            return
        if histogram is not None:
            picture = terminal_picture(histogram, columns=min(console.width, 100), rows=8)
            self._picture = shown_with(picture, encoding=console.encoding)
        ended_s = query.progress().elapsed_s
        self._picture_due_s = ended_s + max(PICTURE_S, (ended_s - started_s) / PICTURE_SHARE)


def progress_text(progress: Progress) -> str:
    """Write how far a query is, on one line."""
    done, total = _done(progress), progress.account.total
    share = f"{100 * done / total:3.0f} %  " if _total_is_known(progress) else ""
    # The state first: a narrow screen cuts the end.
    parts = ["stopping"] if progress.state is QueryState.STOPPING else []
    parts.append(f"{share}{human_count(done)} of {human_count(total)} entries")
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
    if progress.left_s is not None:
        parts.append(f"{human_seconds(progress.left_s)} left")
    n_workers = progress.n_workers
    parts.append(f"{progress.n_active} of {n_workers} workers active" if n_workers else "workers are starting")
    return "  ".join(parts)


def _display(progress: Progress, picture: str) -> RenderableType:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    done, total = _done(progress), max(1, progress.account.total)
    rows = Table.grid(expand=True)
    if picture:
        rows.add_row(Text(picture, no_wrap=True, overflow="crop"))
    rows.add_row(ProgressBar(total=total, completed=done, pulse=not _total_is_known(progress)))
    rows.add_row(Text(progress_text(progress), no_wrap=True, overflow="ellipsis"))
    return rows


def _done(progress: Progress) -> int:
    """Count entries that workers are through with, merged or not."""
    account = progress.account
    settled = account.processed + account.excluded + account.missing
    return min(account.total, max(settled, progress.n_entries_seen))


def _total_is_known(progress: Progress) -> bool:
    return progress.account.total > 0 and not progress.account.files_unopened


def _first_histogram(outputs: Any) -> Any:
    from overproof.session.show.histograms import has_several_values, is_histogram

    if is_histogram(outputs):
        return outputs
    if not isinstance(outputs, Mapping):
        return None
    candidates = [each for each in outputs.values() if is_histogram(each) and not has_several_values(each)]
    # One dimension says most in few lines.
    return next((each for n_dim in (1, 2) for each in candidates if len(each.axes) == n_dim), None)


def _n_entries(failure: ExcludedRange | MissingRange) -> int:
    """Count the entries on which the selector failed; none of what could not be read."""
    return failure.stop - failure.first if isinstance(failure, ExcludedRange) else 0


def _failure_line(failure: ExcludedRange | MissingRange) -> str:
    from overproof.session.show.summary import excluded_line, missing_line

    return excluded_line(failure) if isinstance(failure, ExcludedRange) else missing_line(failure)
