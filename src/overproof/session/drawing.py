"""A draw as a query: parsed here, typed with the schema that a worker tells, dressed as a histogram."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overproof.analysis.draw.binning import Binning, parse_bins
from overproof.analysis.draw.grammar import parse
from overproof.analysis.selector import Selector
from overproof.records.dataset import Dataset
from overproof.session.result import IncompleteWarning, Result

if TYPE_CHECKING:
    from overproof.engines.crew import Crew


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What is to be drawn; its texts are known to parse.

    Attributes:
        expression, cut, weight: texts of the draw language.
        bins: the axis.
        name: name of the histogram.
    """

    expression: str
    cut: str | None
    weight: str | None
    bins: Binning
    name: str | None

    def prepare(self, dataset: Dataset) -> Callable[[Crew, Callable[[], bool]], Selector]:
        """Return what turns the drawing into a selector, once a crew can look into the files."""

        def prepared(crew: Crew, is_cancelled: Callable[[], bool]) -> Selector:
            from overproof.analysis.draw.plan import make_plan
            from overproof.columns.kernels.draw_selector import DrawSelector
            from overproof.session.ask import survey

            schema = survey(crew, dataset.files, is_cancelled=is_cancelled)
            plan = make_plan(
                self.expression, cut=self.cut, weight=self.weight, bins=self.bins, schema=schema, name=self.name
            )
            return DrawSelector(plan)

        return prepared


def check_drawing(expression: str, *, cut: str | None, weight: str | None, bins: Any, name: str | None) -> Drawing:
    """Parse everything that can be judged without a file; a blank cut or weight is none, as in ROOT.

    Raises:
        ExpressionError: a text that cannot be understood.
        OptionError: bins that make no axis.
    """
    cut, weight = (text if text and text.strip() else None for text in (cut, weight))
    for text in (expression, cut, weight):
        if text is not None:
            parse(text)
    return Drawing(expression=expression, cut=cut, weight=weight, bins=parse_bins(bins), name=name)


def dress_histogram(result: Result) -> Any:
    """Return the histogram of a draw with its account on it; an incomplete one also warns."""
    (histogram,) = result.outputs.values()
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
    return histogram
