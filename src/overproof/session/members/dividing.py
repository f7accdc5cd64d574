"""A selector that keeps datasets apart, where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from overproof.analysis.by_dataset import ByDataset
from overproof.analysis.selector import Selector
from overproof.words.errors import OptionError

if TYPE_CHECKING:
    from overproof.engines.crew import Crew
    from overproof.session.handle import Prepare
    from overproof.session.question import Question


def dividing(prepare: Prepare) -> Prepare:
    """Let what prepares a selector prepare one that divides, if its question wants that."""

    def prepared(question: Question, crew: Crew, is_cancelled: Callable[[], bool]) -> Selector:
        return _divided(prepare(question, crew, is_cancelled), question)

    return prepared


def _divided(selector: Selector, question: Question) -> Selector:
    if question.dataset is None or not (question.by_dataset or question.weights is not None):
        return selector
    names = [member.name for member in question.dataset.all_members]
    if question.kind in {"draw", "draws"}:
        _check_parts(selector, question)
    if question.weights is None:
        return ByDataset(selector, names=names, is_total=question.kind != "process")
    from overproof.columns.kernels.selectors.weighted import WeightedDatasets

    return WeightedDatasets(selector, names=names, weights=question.weights, is_added=not question.by_dataset)


def _check_parts(selector: Selector, question: Question) -> None:
    """Refuse draws that cannot be divided.

    Raises:
        OptionError: an entry list would be weighted, or something earlier would be added to each dataset.
    """
    from overproof.columns.kernels.selectors.entries_selector import EntriesSelector
    from overproof.columns.kernels.selectors.several import Several

    if not isinstance(selector, Several):
        return
    if question.weights is not None and any(isinstance(part, EntriesSelector) for part in selector.parts):
        raise OptionError("weights: an entry list has none; draw it in a query of its own")
    if question.by_dataset and selector.earlier:
        names = ", ".join(f"`>>+{name}`" for name in selector.earlier)
        raise OptionError(
            f"by_dataset=True: {names} would add earlier histograms to every dataset; leave out the +"
        )
