"""A query as it stands, where somebody asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from overproof.session.show.figures import ending_parts, failure_line, progress_text
from overproof.session.show.looking import LivePicture, Look
from overproof.session.show.notebook.kernel import is_in_kernel
from overproof.words.states import TRANSITIONS

if TYPE_CHECKING:
    from overproof.session.show.followed import Followed

MAX_FAILURES = 5


def show_now(query: Followed, *, look: Look) -> None:
    """Display a query: in a notebook until it ends, elsewhere printed once."""
    if is_in_kernel():
        from overproof.session.show.notebook.watching import show

        show(query, look=look)
    else:
        print(text_now(query, look=look))


def text_now(query: Followed, *, look: Look) -> str:
    """Write how a query stands: its figures, the newest failures, the histograms that are looked at."""
    picture = LivePicture(look, _drawn)
    picture.update(query)
    progress, state = query.progress(), query.state
    figures = progress_text(progress).strip() if TRANSITIONS[state] else ", ".join(ending_parts(state, progress)[1:])
    lines = [f"query {query.id} {state}: {figures}"]
    lines += [f"lost: {failure_line(failure)}" for failure in query.failures(MAX_FAILURES)]
    return "\n".join([*lines, *([picture.text] if picture.text else [])])


def _drawn(histograms: Mapping[str, Any]) -> str:
    from overproof.session.show.terminal import terminal_picture

    return "\n".join(f"{name}\n{terminal_picture(histogram)}" for name, histogram in histograms.items())
