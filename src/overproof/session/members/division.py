"""What is asked of several datasets in one query: answers apart, weights, both or neither."""

from __future__ import annotations

from overproof.records.dataset import Dataset
from overproof.session.members.weights import Weights, weights_of
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """What is asked of several datasets.

    Attributes:
        by_dataset: the answer of each is wanted, not one of all together.
        weights: of each, with which what is drawn of it is scaled; None: nobody said any.
    """

    by_dataset: bool = False
    weights: tuple[float, ...] | None = None

    @property
    def is_wanted(self) -> bool:
        """Tell whether the outputs of datasets must be kept apart until the end."""
        return self.by_dataset or self.weights is not None


def check_division(dataset: Dataset | None, *, by_dataset: object, weights: Weights) -> Division:
    """Check what is said of several datasets.

    Args:
        dataset: with its members; None: cycles or items.
        by_dataset: as in `Session.process`.
        weights: as in `Session.draw`.

    Raises:
        OptionError: neither True nor False, no datasets, or weights that make no sense.
    """
    if not isinstance(by_dataset, bool):
        raise OptionError(f"by_dataset={by_dataset!r}: give True or False")
    if dataset is None:
        if by_dataset:
            raise OptionError("by_dataset=True: cycles and items belong to no dataset; leave it out")
        return Division()
    return Division(by_dataset=by_dataset, weights=weights_of(weights, dataset))
