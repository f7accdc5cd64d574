"""Which outputs of a running query are looked at, and when they are asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from overproof.outputs.outline import Outlined
from overproof.records.progress import Progress
from overproof.session.show.histograms import histograms_of, is_histogram
from overproof.words.errors import OptionError, OverproofError
from overproof.words.frozen import dataclass

PICTURE_S = 1.0
"""How often the live picture is drawn anew, when that is cheap."""
PICTURE_SHARE = 0.05
"""Share of the time that live pictures may cost."""

MAX_NAMES = 10
"""Histograms that are listed where one is asked for that is not there."""

Live: TypeAlias = "bool | str | Sequence[str] | None"
"""What a user says: always, never, these outputs, or where there is room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody wants to see of a running query.

    Attributes:
        names: outputs to look at; empty: the first histogram.
        is_wanted: a picture always or never; None: where there is room for one.
    """

    names: tuple[str, ...] = ()
    is_wanted: bool | None = None


PLAIN_LOOK = Look()
"""The first histogram, where there is room."""


class Looked(Protocol):
    """What is needed of a query to look at its outputs."""

    def progress(self) -> Progress:
        """Tell how far the query is."""
        ...

    def outline(self) -> Mapping[str, Outlined]:
        """List the outputs so far; none is copied."""
        ...

    def partial(self, *names: str) -> Any:
        """Return these outputs as they are so far; None before the first delta."""
        ...


def look_of(live: Live) -> Look:
    """Understand what a user says.

    Raises:
        OptionError: it is neither a yes, a no nor names.
    """
    if live is None:
        return PLAIN_LOOK
    if isinstance(live, bool):
        return Look(is_wanted=live)
    names = (live,) if isinstance(live, str) else tuple(live) if isinstance(live, Iterable) else ()
    if not names or not all(isinstance(name, str) and name for name in names):
        raise OptionError(f"live={live!r}: give True, False, the name of an output, or several names")
    return Look(names=names, is_wanted=True)


def looked_at(outline: Mapping[str, Outlined], look: Look) -> list[str]:
    """Choose the histograms to be shown: those that were named, or the first of which there is a good picture."""
    drawable = _drawable(outline)
    if look.names:
        return list(dict.fromkeys(each for name in look.names for each in _called(name, drawable)))
    # One dimension says most in little room.
    return next(([name] for n_dim in (1, 2) for name in drawable if drawable[name] == n_dim), [])


def not_there(outline: Mapping[str, Outlined], look: Look) -> str:
    """Say which names are those of no histogram that can be shown, and what there is; empty before the first output."""
    drawable = _drawable(outline)
    lacking = [repr(name) for name in look.names if not _called(name, drawable)]
    if not outline or not lacking:
        return ""
    there = ", ".join(list(drawable)[:MAX_NAMES]) or "none"
    more = f" and {len(drawable) - MAX_NAMES:,} more" if len(drawable) > MAX_NAMES else ""
    return f"no histogram of one or two dimensions is called {' or '.join(lacking)} so far: there are {there}{more}"


def _drawable(outline: Mapping[str, Outlined]) -> dict[str, int]:
    return {name: each.n_dim for name, each in outline.items() if each.n_dim in (1, 2)}


def _called(name: str, drawable: Iterable[str]) -> list[str]:
    """Return the histograms of that name, or in the mapping of that name."""
    return [each for each in drawable if each == name or each.startswith(f"{name}/")]


class LivePicture:
    """The newest picture of the outputs that are looked at; asks for no others, and seldom where that is dear.

    Args:
        look: what is wanted.
        draw: makes a text of histograms by name.
        say: makes such a text of a sentence.
    """

    def __init__(
        self, look: Look, draw: Callable[[Mapping[str, Any]], str], *, say: Callable[[str], str] = str
    ) -> None:
        self._look = look
        self._draw = draw
        self._say = say
        self._due_s = 0.0
        self.text = ""

    def hurry(self) -> None:
        """Let the next update draw anew, whenever it comes."""
        self._due_s = 0.0

    def update(self, query: Looked) -> None:
        """Draw anew if it is time, and set the next time by what this one cost."""
        started_s = query.progress().elapsed_s
        if started_s < self._due_s or self._look.is_wanted is False:
            return
        try:
            outline = query.outline()
            histograms = _histograms(query, looked_at(outline, self._look))
        except OverproofError:  # they cannot be had so far; the query may still end well
            self._due_s = float("inf")
            return
        note = not_there(outline, self._look)
        if histograms or note:
            drawn = [self._draw(histograms)] if histograms else []
            self.text = "\n".join([*drawn, *([self._say(note)] if note else [])])
        ended_s = query.progress().elapsed_s
        self._due_s = ended_s + max(PICTURE_S, (ended_s - started_s) / PICTURE_SHARE)


def _histograms(query: Looked, names: Sequence[str]) -> dict[str, Any]:
    if not names:
        return {}
    outputs = query.partial(*names)
    if is_histogram(outputs):
        return {names[0]: outputs}
    return histograms_of(outputs) if isinstance(outputs, Mapping) else {}
