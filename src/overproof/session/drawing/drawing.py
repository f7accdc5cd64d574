"""What is to be drawn in one query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from overproof.analysis.draw.language.redirection import split_redirection
from overproof.analysis.draw.plan import DrawPlan, plan_of
from overproof.analysis.draw.request import DrawRequest, read_request
from overproof.analysis.path import Path
from overproof.analysis.selector import Selector
from overproof.session.chains import with_chain
from overproof.session.drawing.earlier import Earlier, axes_of, bare
from overproof.session.drawing.estimate import settle_axes
from overproof.session.drawing.path import path_for
from overproof.session.keywords import SPEECH
from overproof.session.question import Question
from overproof.words.errors import OptionError

if TYPE_CHECKING:
    from overproof.engines.crew import Crew

Drawable: TypeAlias = str | Sequence[str | Mapping[str, Any]] | Mapping[str, str | Mapping[str, Any]]
"""One expression, some of them, or expressions (or keywords of a draw) by name of the histogram."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What is to be drawn; its texts are known to parse.

    Attributes:
        requests: in the order in which they were asked for; those of one name go into one output.
        earlier: what earlier queries gave and this one adds to, by name.
    """

    requests: tuple[DrawRequest, ...]
    earlier: Earlier = field(default_factory=dict)

    def prepare(self, question: Question, crew: Crew, is_cancelled: Callable[[], bool]) -> Selector:
        """Turn the drawing into a selector, over a crew that can look into the files.

        Raises:
            AbortedError: it was cancelled.
            InputError: an expression does not fit the files.
        """
        from overproof.session.ask import survey

        schema = survey(crew, question.data.files, is_cancelled=is_cancelled)
        plans = [plan_of(request, schema=schema) for request in self.requests]
        plans = with_chain(plans, question=question, crew=crew, is_cancelled=is_cancelled)
        path = path_for([plan.rows for plan in plans], question=question, crew=crew, is_cancelled=is_cancelled)
        settled = settle_axes(plans, question=question, crew=crew, is_cancelled=is_cancelled)
        return self.selector(settled, path=path)

    def selector(self, plans: Sequence[DrawPlan], *, path: Path) -> Selector:
        """Return the selector of some plans: histograms, entry lists, or both in one pass."""
        from overproof.columns.kernels.selectors.draw_selector import DrawSelector

        filled = [plan for plan in plans if not plan.request.is_list]
        lists: dict[str, list[DrawPlan]] = {}
        for plan in plans:
            if plan.request.is_list:
                lists.setdefault(plan.name, []).append(plan)
        if not lists and not self.earlier:
            return DrawSelector(filled, path=path)
        from overproof.columns.kernels.selectors.entries_selector import EntriesSelector
        from overproof.columns.kernels.selectors.several import Several

        parts: list[Selector] = [EntriesSelector(tuple(recorded), path=path) for recorded in lists.values()]
        if filled:
            parts.append(DrawSelector(filled, path=path))
        order = tuple(dict.fromkeys(plan.name for plan in plans))
        return Several(parts, order=order, earlier=self.earlier)


def check_drawing(drawable: Drawable, *, earlier: Earlier | None = None, **keywords: Any) -> Drawing:
    """Parse everything that can be judged without a file.

    Args:
        drawable: what to draw.
        earlier: what the session has drawn before, by name, for `>>+name`.
        keywords: those of `read_request`; they hold for every expression that does not say otherwise.

    Raises:
        ExpressionError: a text that cannot be understood.
        OptionError: bins that make no axis, two outputs of one name, or nothing to add to.
    """
    requests = [_read(each, is_alone=isinstance(drawable, str)) for each in _asked(drawable, keywords)]
    if not requests:
        raise OptionError("nothing is to be drawn: give an expression")
    used: dict[str, Any] = {}
    checked: list[DrawRequest] = []
    for request in requests:
        before = next((each for each in checked if each.name == request.name), None)
        if before is not None:
            checked.append(_added_to(before, request))
        elif request.adds and request.name in (earlier or {}):
            there = (earlier or {})[request.name]
            used[request.name] = bare(there)
            checked.append(replace(request, axes=axes_of(there, request)))
        else:
            checked.append(request)
    return Drawing(requests=tuple(checked), earlier=used)


def _read(asked: Mapping[str, Any], *, is_alone: bool) -> DrawRequest:
    """Read the texts of one draw; where there are several, tell which of them makes no sense."""
    try:
        return read_request(**asked)
    except OptionError as error:
        if is_alone:
            raise
        raise OptionError(f"{asked['expression']}: {error}") from error


def _asked(drawable: Any, keywords: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the keywords of each draw."""
    if isinstance(drawable, str):
        return [{**keywords, "expression": drawable}]
    named: list[tuple[str | None, str | Mapping[str, Any]]]
    if isinstance(drawable, Mapping):
        named = [(name, each) for name, each in drawable.items()]
    elif isinstance(drawable, Sequence) and not isinstance(drawable, bytes | bytearray):
        named = [(None, each) for each in drawable]
    else:
        raise OptionError(f"{drawable!r} cannot be drawn: give an expression, a list of several, or a dict by name")
    if keywords.get("name") is not None:
        raise OptionError(f"name={keywords['name']!r} is one for several: write >>name behind each, or give a dict")
    asked, known = [], keywords.keys() | SPEECH | {"expression"}
    for name, each in named:
        own = {"expression": each} if isinstance(each, str) else dict(each) if isinstance(each, Mapping) else {}
        if "expression" not in own or (unknown := own.keys() - known):
            wrong = "no `expression`" if "expression" not in own else f"unknown {', '.join(map(repr, sorted(unknown)))}"
            raise OptionError(f"{each!r}: {wrong}: give an expression, or a dict of it and of keywords of a draw")
        asked.append({**_fitting(keywords, own["expression"]), **({"name": name} if name is not None else {}), **own})
    return asked


def _fitting(keywords: Mapping[str, Any], expression: Any) -> dict[str, Any]:
    """Return the keywords for all as they hold for one of several expressions.

    What it has no use for is left out: it says its own bins, or needs none. What has no name is called by its text.
    """
    text, redirection = split_redirection(expression) if isinstance(expression, str) else ("", None)
    if redirection is None:
        return {**keywords, "name": text.strip() or None}
    is_list = not text.strip()
    useless = {"bins", "profile"} if is_list else {"bins"} if redirection.bins is not None else set()
    return {keyword: value for keyword, value in keywords.items() if keyword not in useless}


def _added_to(before: DrawRequest, request: DrawRequest) -> DrawRequest:
    """Return a request that goes into the output of one before it.

    Raises:
        OptionError: nobody said that it should, or the two do not fit.
    """
    if not request.adds:
        raise OptionError(
            f"two are called `{request.name}`: give each a name of its own, as in `{request.text}>>name`, or add the "
            f"second to the first with `>>+{request.name}`"
        )
    kinds = [(each.is_list, each.is_profile, len(each.axes)) for each in (before, request)]
    if kinds[0] != kinds[1]:
        differ = "one is an entry list" if before.is_list != request.is_list else "the two differ in their dimensions"
        raise OptionError(f"`{request.text or f'>>+{request.name}'}` cannot be added to `{before.name}`: {differ}")
    return replace(request, axes=before.axes)
