"""Draws of several datasets, each with its weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from overproof.analysis.by_dataset import ByDataset
from overproof.analysis.selector import Selector


class WeightedDatasets(ByDataset):
    """Fills histograms for each dataset by itself, and scales them at the end; then adds them, or leaves them apart.

    The sums of each dataset are exact until then, and what follows goes in the order of datasets: the answer depends on
    no schedule.

    Args:
        inner: of draws.
        names: of the datasets, in their order.
        weights: one for each.

    Attributes:
        is_added: the answer is the sum of all; False: those of the datasets.
    """

    def __init__(
        self, inner: Selector, *, names: Sequence[str], weights: Sequence[float], is_added: bool = True
    ) -> None:
        super().__init__(inner, names=names, is_total=True)
        self.weights = tuple(weights)
        self.is_added = is_added

    def terminate(self, outputs: dict[str, Any]) -> Any:
        """Return the histograms by name, or by dataset and name."""
        return self.inner.terminate(self.added(outputs)) if self.is_added else super().terminate(outputs)

    def added(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the sums of all datasets as if they were one."""
        from overproof.columns.kernels.fills.scaled import added

        each = [self.weighed(name, outputs[name]) for name in self.names if name in outputs]
        keys = dict.fromkeys(key for own in each for key in own)
        return {key: added(own[key] for own in each if key in own) for key in keys}

    def weighed(self, name: str, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the sums of a dataset with its weight."""
        from overproof.columns.kernels.fills.scaled import scaled

        weight = self.weights[self.names.index(name)]
        return {key: scaled(sums, weight) for key, sums in outputs.items()}
