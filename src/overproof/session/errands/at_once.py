"""A map on behalf of somebody else's engine: shown as they want it, and stopped when it cannot succeed any more."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from overproof.session.conduct.grace import graceful
from overproof.session.result import IncompleteWarning
from overproof.session.show.view import follow

if TYPE_CHECKING:
    from overproof.session.handle import Query
    from overproof.session.mapping.mapped import Mapped

LOOK_S = 0.5
"""How often somebody looks whether an item has failed."""


class Maps(Protocol):
    """What is needed of a session."""

    def map(
        self,
        function: Callable[[Any], Any],
        items: Sequence[Any],
        *,
        timeout_s: float | None = None,
        memory_limit_bytes: int | None = None,
        journal: bool = True,
        wait: bool = True,
    ) -> Any:
        """Call a function on each of some items."""
        ...


def map_at_once(
    session: Maps,
    function: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    stops: bool,
    shows_progress: bool,
    timeout_s: float | None = None,
    memory_limit_bytes: int | None = None,
) -> Mapped:
    """Map a function over items, and keep nothing on disk; who asks says what lacks.

    Args:
        session: whose workers compute.
        function, items, timeout_s, memory_limit_bytes: as in `Session.map`.
        stops: stop as soon as an item has failed.
        shows_progress: draw a display once it takes longer than a second.
    """
    query: Query = session.map(
        function, items, timeout_s=timeout_s, memory_limit_bytes=memory_limit_bytes, journal=False, wait=False
    )
    if stops:
        threading.Thread(target=_stop_at_failure, args=(query,), daemon=True, name="watches items").start()
    with graceful(query), warnings.catch_warnings():
        warnings.simplefilter("ignore", IncompleteWarning)
        answer: Mapped = follow(query, shows_progress=shows_progress)
    return answer


def _stop_at_failure(query: Query) -> None:
    """Look whether an item has failed until the query ends."""
    while not query.wait(LOOK_S):
        if query.failures(1):
            query.stop()
            return
