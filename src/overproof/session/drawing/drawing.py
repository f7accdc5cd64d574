"""What is to be drawn in one query."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from overproof.analysis.draw.axes import Automatic
from overproof.analysis.draw.request import DrawRequest, read_request
from overproof.analysis.selector import Selector
from overproof.records.dataset import Dataset
from overproof.session.result import IncompleteWarning, Result
from overproof.words.errors import OptionError

if TYPE_CHECKING:
    from overproof.engines.crew import Crew

Drawable: TypeAlias = str | Sequence[str] | Mapping[str, str | Mapping[str, Any]]
"""One expression, some of them, or expressions (or keywords of a draw) by name of the histogram."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What is to be drawn; its texts are known to parse."""

    requests: tuple[DrawRequest, ...]

    def prepare(self, dataset: Dataset) -> Callable[[Crew, Callable[[], bool]], Selector]:
        """Return what turns the drawing into a selector, once a crew can look into the files."""

        def prepared(crew: Crew, is_cancelled: Callable[[], bool]) -> Selector:
            from overproof.analysis.draw.plan import plan_of
            from overproof.columns.kernels.selectors.draw_selector import DrawSelector
            from overproof.session.ask import survey

            schema = survey(crew, dataset.files, is_cancelled=is_cancelled)
            return DrawSelector([plan_of(request, schema=schema) for request in self.requests])

        return prepared


def check_drawing(drawable: Drawable, **keywords: Any) -> Drawing:
    """Parse everything that can be judged without a file.

    Args:
        drawable: what to draw.
        keywords: those of `read_request`; they hold for every expression that does not say otherwise.

    Raises:
        ExpressionError: a text that cannot be understood.
        OptionError: bins that make no axis, or two histograms of one name.
    """
    if isinstance(drawable, str):
        return _with_binnings([read_request(drawable, **keywords)])
    asked: list[tuple[str | None, str | Mapping[str, Any]]] = (
        list(drawable.items()) if isinstance(drawable, Mapping) else [(None, text) for text in drawable]
    )
    if not asked:
        raise OptionError("nothing is to be drawn: give an expression")
    requests = []
    for name, each in asked:
        own = {"expression": each} if isinstance(each, str) else dict(each)
        requests.append(read_request(**{**keywords, "name": name, **own}))
    return _with_binnings(requests)


def _with_binnings(requests: Sequence[DrawRequest]) -> Drawing:
    for request in requests:
        if any(isinstance(axis, Automatic) for axis in request.axes):
            raise OptionError(f"the binning of `{request.text}` is missing: write n, low, high, such as 50, 0, 100")
    return Drawing(requests=tuple(requests))


def dress_histograms(result: Result) -> Any:
    """Return the histogram of a draw, or several by name, with their account on them; incomplete ones also warn."""
    histograms = dict(result.outputs)
    for histogram in histograms.values():
        for attribute in ("account", "excluded", "missing", "split", "statistics", "state", "query_id"):
            setattr(histogram, attribute, getattr(result, attribute))
    if not result.is_complete:
        account = result.account
        warnings.warn(
            f"the histogram lacks entries: {account.processed:,} of {account.total:,} are in it, {account.missing:,} "
            f"missing, {account.excluded:,} excluded, {account.unread:,} unread, "
            f"{account.files_unknown} files unknown; see its .account, .missing and .excluded",
            IncompleteWarning,
            stacklevel=4,
        )
    return histograms if len(histograms) > 1 else next(iter(histograms.values()))
