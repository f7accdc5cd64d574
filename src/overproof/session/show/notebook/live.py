"""A running query in a notebook: what is done, the figures, the failures by name, and a histogram that grows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from overproof.records.account import Account, ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.session.show.figures import ending_parts, is_total_known, n_done, progress_parts, progress_text
from overproof.session.show.looking import LivePicture, Look
from overproof.session.show.notebook.kernel import Shown
from overproof.session.show.notebook.svg import histogram_svg
from overproof.session.show.summary import loss_lines
from overproof.words import markup

if TYPE_CHECKING:
    from overproof.session.show.followed import Followed

QUIET_S: Final = 1.0
"""Queries that are waited for and end within this time show nothing."""
UPDATE_S: Final = 0.4
"""How often a notebook is told anything new at most."""
MAX_PICTURES: Final = 4
MAX_FAILURES: Final = 5


class NotebookView:
    """The display of one query, from its first second to its end, of which a short summary stays.

    Args:
        query: that is displayed.
        look: what is wanted to be seen.
        keeps_picture: the summary has the last picture too, as where no result stands below it.
    """

    def __init__(self, query: Followed, *, look: Look, keeps_picture: bool = False) -> None:
        self._query = query
        self._picture = LivePicture(look, _drawn, say=markup.faint)
        self._keeps_picture = keeps_picture
        self._place = Shown()
        self._note = ""
        self._shown_s: float | None = None

    def update(self, query: Followed) -> None:
        """Show how far the query is, if it has run long enough to be looked at."""
        elapsed_s = query.progress().elapsed_s
        if elapsed_s >= QUIET_S and (self._shown_s is None or elapsed_s - self._shown_s >= UPDATE_S):
            self.show()

    def show(self) -> None:
        """Show how far the query is, now."""
        self._picture.update(self._query)
        progress = self._query.progress()
        self._shown_s = progress.elapsed_s
        self._place.show(
            live_html(self._query, progress, picture=self._picture.text, note=self._note),
            f"query {self._query.id}: {progress_text(progress)}",
        )

    def say(self, text: str) -> None:
        """Write what happens on the user's demand below the figures."""
        self._note = text.replace("Ctrl-C again", "a second interrupt")
        self.show()

    def close(self) -> None:
        """Leave a short summary, if anything was shown, or if the user must know how to go on."""
        if self._shown_s is not None or self._query.is_resumable:
            self.sum_up()

    def sum_up(self) -> None:
        """Show a short summary instead of what moves."""
        if self._keeps_picture:
            self._picture.hurry()
            self._picture.update(self._query)
        html = summary_html(self._query, picture=self._picture.text if self._keeps_picture else "")
        self._place.show(html, summary_text(self._query))


def live_html(query: Followed, progress: Progress, *, picture: str, note: str = "") -> str:
    """Write how far a query is."""
    account = progress.account
    n_lost = account.excluded + account.missing
    total = account.total if is_total_known(progress) else 0
    parts = [("done", max(0, n_done(progress) - n_lost), markup.GOOD), *_lost(account)]
    return markup.frame(
        markup.heading(f"query {query.id}", *progress_parts(progress)),
        markup.shares(parts, total=total),
        _failures(query, account),
        markup.faint(note) if note else "",
        picture,
    )


def summary_html(query: Followed, *, picture: str = "") -> str:
    """Write how a query has ended, in a few lines."""
    progress = query.progress()
    account = progress.account
    complete = account.is_complete
    parts = [("processed", account.processed, markup.GOOD), *_lost(account)]
    return markup.frame(
        markup.heading(f"query {query.id}", *ending_parts(query.state, progress)),
        "" if complete else markup.shares(parts, total=account.total),
        "" if complete else markup.text(account.sum_of(progress.unit)),
        _failures(query, account),
        markup.faint(f'session.resume("{query.id}") goes on with it') if query.is_resumable else "",
        picture,
    )


def summary_text(query: Followed) -> str:
    """Write how a query has ended, on one line."""
    return f"query {query.id}: {', '.join(ending_parts(query.state, query.progress()))}"


def _lost(account: Account) -> list[tuple[str, int, str]]:
    return [("excluded", account.excluded, markup.LOST), ("missing", account.missing, markup.ABSENT)]


def _failures(query: Followed, account: Account) -> str:
    """Write the newest failures by name; how many there are stands among the figures."""
    newest = query.failures(MAX_FAILURES)
    excluded = [each for each in newest if isinstance(each, ExcludedRange)]
    missing = [each for each in newest if isinstance(each, MissingRange)]
    n_told = sum(each.stop - each.first for each in newest if each.stop is not None)
    more = ["..."] if account.excluded + account.missing > n_told else []
    written = [*loss_lines(excluded=excluded, missing=missing, max_ranges=MAX_FAILURES), *more]
    return markup.lines(written if newest else [], colour=markup.LOST if excluded else markup.ABSENT)


def _drawn(histograms: Mapping[str, Any]) -> str:
    """Draw some histograms side by side; those for which there is no room are counted."""
    shown = list(histograms.items())[:MAX_PICTURES]
    names = len(histograms) > 1
    pictures = [
        f"<div>{markup.faint(name) if names else ''}<div>{histogram_svg(histogram)}</div></div>"
        for name, histogram in shown
    ]
    more = len(histograms) - len(shown)
    rest = f"<div>{markup.faint(f'and {more:,} more')}</div>" if more else ""
    return f'<div style="display:flex;flex-wrap:wrap;gap:1em">{"".join(pictures)}{rest}</div>'
