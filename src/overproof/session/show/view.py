"""Waiting for a query with a display of it, and Ctrl-C."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from overproof.session.show.followed import Followed, View, is_shown
from overproof.session.show.looking import PLAIN_LOOK, Look
from overproof.words.states import QueryState

if TYPE_CHECKING:
    from rich.console import Console

POLL_S = 0.15
"""How often the screen is drawn anew."""


def follow(query: Followed, *, shows_progress: bool, look: Look = PLAIN_LOOK, console: Console | None = None) -> Any:
    """Wait for a query with a display; Ctrl-C once stops it and keeps what is done, twice aborts it.

    Args:
        query: waiting or running.
        shows_progress: show a display once the query takes longer than a second.
        look: what is wanted to be seen of its outputs.
        console: where to draw in a terminal; None: standard error.

    Returns:
        The query's result.

    Raises:
        OverproofError: whatever ended the query, as `query.result` raises it.
    """
    view = choose_view(query, look=look, console=console) if shows_progress else None
    n_interrupts = n_heard = 0
    try:
        while True:
            try:
                # Inside of the try: the next Ctrl-C may come while this one is being dealt with.
                if n_interrupts > n_heard:
                    n_heard = n_interrupts
                    _interrupt(query, n_interrupts, view)
                while not query.wait(POLL_S):
                    if view is not None and not is_shown(partial(view.update, query)):
                        view = None
                break
            except KeyboardInterrupt:
                n_interrupts += 1
                if n_interrupts > 2:
                    raise
    finally:
        if view is not None:
            is_shown(view.close)
    return query.result()


def choose_view(query: Followed, *, look: Look, console: Console | None = None) -> View:
    """Make the display that fits where we are: in a notebook, or else in a terminal."""
    from overproof.session.show.notebook.kernel import is_in_kernel

    if console is None and is_in_kernel():
        from overproof.session.show.notebook.live import NotebookView

        return NotebookView(query, look=look)
    from overproof.session.show.terminal.live import TerminalView

    return TerminalView(console, look=look)


def _interrupt(query: Followed, n_interrupts: int, view: View | None) -> None:
    """Stop at the first Ctrl-C, abort at the second."""
    if n_interrupts == 1:
        has_begun = query.progress().state is not QueryState.WAITING
        query.stop()
        if has_begun:
            _say("stopping: what is done is kept; Ctrl-C again throws it away", view)
        else:
            _say("stopping: nothing was computed yet, so there is nothing to keep", view)
    else:
        query.abort()
        _say("aborting", view)


def _say(text: str, view: View | None) -> None:
    if view is None:
        print(f"\n{text}", file=sys.stderr)
    else:
        view.say(text)
