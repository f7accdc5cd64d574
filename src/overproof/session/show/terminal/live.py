"""A running query in the terminal: a bar with figures, and pictures of histograms as they grow."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from overproof.records.account import ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.session.show.figures import failure_line, is_total_known, n_done, n_failed, progress_text
from overproof.session.show.looking import LivePicture, Look

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

    from overproof.session.show.followed import Followed

QUIET_S = 1.0
"""Queries that end within this time show nothing."""
ROOM_ROWS = 20
"""Terminals of fewer lines get a picture only where one is asked for."""
PICTURE_ROWS = 8
"""Lines of a picture that hold its bins, fewer in a low terminal; some more go round them."""


class TerminalView:
    """The display of one query.

    Args:
        console: where to draw; None: standard error, found when something is drawn.
        look: what is wanted to be seen.
    """

    def __init__(self, console: Console | None, *, look: Look) -> None:
        self._console = console
        self._look = look
        self._picture = LivePicture(look, self._drawn)
        self._live: Live | None = None
        self._said: ExcludedRange | MissingRange | None = None

    def update(self, query: Followed) -> None:
        """Draw how far the query is, if it has run long enough to be looked at."""
        progress = query.progress()
        self._say_first_failure(progress)
        if progress.elapsed_s < QUIET_S:
            return
        live = self._live or self._open()
        if live.console.height >= ROOM_ROWS or self._look.is_wanted:
            self._picture.update(query)
        live.update(_display(progress, self._picture.text), refresh=True)

    def say(self, text: str) -> None:
        """Write what happens on user's demand."""
        print(f"\n{text}", file=sys.stderr)

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
        elif n_failed(self._said) > 1 and isinstance(failure, ExcludedRange) and n_failed(failure) == 1:
            word = "found"
        else:
            return
        self._said = failure
        self._screen().print(f"{word}: {failure_line(failure)}", markup=False, highlight=False)

    def _drawn(self, histograms: Mapping[str, Any]) -> str:
        """Draw as many as there is room for, at least one; each with its name where there are several."""
        from overproof.session.show.terminal import shown_with, terminal_picture

        console = self._screen()
        n_shown = max(1, (console.height - 4) // (PICTURE_ROWS + 5))
        rows = max(2, min(PICTURE_ROWS, console.height - 8))
        pictures = []
        for name, histogram in list(histograms.items())[:n_shown]:
            picture = terminal_picture(histogram, columns=min(console.width, 100), rows=rows)
            pictures.append(f"{name}\n{picture}" if len(histograms) > 1 else picture)
        if len(histograms) > n_shown:
            pictures.append(f"and {len(histograms) - n_shown:,} more, for which this terminal is too low")
        return shown_with("\n".join(pictures), encoding=console.encoding)


def _display(progress: Progress, picture: str) -> RenderableType:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    rows = Table.grid(expand=True)
    total = max(1, progress.account.total)
    rows.add_row(ProgressBar(total=total, completed=n_done(progress), pulse=not is_total_known(progress)))
    rows.add_row(Text(progress_text(progress), no_wrap=True, overflow="ellipsis"))
    if picture:
        rows.add_row(Text(picture, no_wrap=True, overflow="crop"))
    return rows
