"""A selector that keeps datasets apart, where that is asked for."""

from __future__ import annotations

from overproof.analysis.by_dataset import ByDataset
from overproof.analysis.selector import Selector
from overproof.records.dataset import Dataset
from overproof.session.members.division import Division
from overproof.words.errors import OptionError


def divided(selector: Selector, dataset: Dataset | None, division: Division, *, is_total: bool) -> Selector:
    """Return a selector that divides, if that is wanted.

    Args:
        selector: what is to be done.
        dataset: of the query.
        division: what is asked of its members.
        is_total: the selector makes outputs of nothing too.

    Raises:
        OptionError: an entry list would be weighted, or something earlier would be added to each dataset.
    """
    if dataset is None or not division.is_wanted:
        return selector
    _check_parts(selector, division)
    names = [member.name for member in dataset.all_members]
    if division.weights is None:
        return ByDataset(selector, names=names, is_total=is_total)
    from overproof.columns.kernels.selectors.weighted import WeightedDatasets

    return WeightedDatasets(selector, names=names, weights=division.weights, is_added=not division.by_dataset)


def _check_parts(selector: Selector, division: Division) -> None:
    """Refuse draws that cannot be divided."""
    from overproof.columns.kernels.selectors.entries_selector import EntriesSelector
    from overproof.columns.kernels.selectors.several import Several

    if not isinstance(selector, Several):
        return
    if division.weights is not None and any(isinstance(part, EntriesSelector) for part in selector.parts):
        raise OptionError("weights: an entry list has none; draw it in a query of its own")
    if division.by_dataset and selector.earlier:
        names = ", ".join(f"`>>+{name}`" for name in selector.earlier)
        raise OptionError(f"by_dataset=True: {names} would add earlier histograms to every dataset; leave out the +")
