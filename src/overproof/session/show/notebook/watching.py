"""Queries that nobody waits for, in the cells in which they were displayed: each shows itself until it ends."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from overproof.session.show.followed import is_shown
from overproof.session.show.looking import Look
from overproof.session.show.notebook.live import UPDATE_S, NotebookView

if TYPE_CHECKING:
    from overproof.session.show.followed import Followed

_SHOWN: Final[dict[Followed, list[NotebookView]]] = {}
"""Queries that run, and their displays; each has one thread."""
_LOCK: Final = threading.Lock()


def show(query: Followed, *, look: Look) -> None:
    """Display a query in this cell, and go on with that until it ends; other cells may show it too."""
    view = NotebookView(query, look=look, keeps_picture=True)
    if query.wait(0):
        view.sum_up()
        return
    view.show()
    with _LOCK:
        views = _SHOWN.setdefault(query, [])
        views.append(view)
        is_first = len(views) == 1
    if is_first:
        threading.Thread(target=_keep_up, args=[query], name=f"display of query {query.id}", daemon=True).start()


def _keep_up(query: Followed) -> None:
    """Keep all displays of a query up to date until it ends; one that fails is left alone from then on."""
    failed: set[NotebookView] = set()
    try:
        while not query.wait(UPDATE_S):
            with _LOCK:
                views = list(_SHOWN[query])
            failed |= {view for view in views if view not in failed and not is_shown(view.show)}
    finally:
        with _LOCK:
            views = _SHOWN.pop(query)
    for view in views:
        if view not in failed:
            is_shown(view.sum_up)
