"""What displays need of a query, what is needed of displays, and what becomes of one that fails."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from overproof.outputs.outline import Outlined
from overproof.records.account import ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.words.states import QueryState


class Followed(Protocol):
    """What is needed of a query to follow it."""

    @property
    def id(self) -> str:
        """The query's id."""
        ...

    @property
    def state(self) -> QueryState:
        """Where the query is in its life."""
        ...

    @property
    def is_resumable(self) -> bool:
        """Tell whether it can be gone on with."""
        ...

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; tell whether it has come."""
        ...

    def progress(self) -> Progress:
        """Tell how far the query is."""
        ...

    def failures(self, n_newest: int) -> Sequence[ExcludedRange | MissingRange]:
        """Return what was lost last, of each sort so many."""
        ...

    def outline(self) -> Mapping[str, Outlined]:
        """List the outputs so far; none is copied."""
        ...

    def partial(self, *names: str) -> Any:
        """Return these outputs as they are so far; None before the first delta."""
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


class View(Protocol):
    """A display of one query."""

    def update(self, query: Followed) -> None:
        """Show how far the query is."""
        ...

    def say(self, text: str) -> None:
        """Tell the user something at once."""
        ...

    def close(self) -> None:
        """Show nothing that moves any more."""
        ...


class DisplayWarning(UserWarning):
    """A running query cannot be shown any more; it goes on."""


def is_shown(show: Callable[[], None]) -> bool:
    """Show something; tell whether that went well. Whatever a display stumbles over, the query goes on without it."""
    try:
        show()
    except Exception as error:  # noqa: BLE001 - a picture must never cost the result
        warnings.warn(f"the query is not shown any more: {type(error).__name__}: {error}", DisplayWarning, stacklevel=4)
        return False
    return True
