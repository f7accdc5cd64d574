"""Draws of several datasets, each with its weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from overproof.analysis.by_dataset import ByDataset, DatasetOutputs
from overproof.analysis.selector import Selector


class WeightedDatasets(ByDataset):
    """Fills histograms for each dataset by itself, and scales them at the end; then adds them, or leaves them apart.

    The sums of each dataset are exact until then, and what follows goes in the order of datasets: the answer depends on
    no schedule.

    Args:
        inner: of draws.
        names: of the datasets, in their order.
        weights: one for each.
        is_added: the answer is the sum of all; False: those of the datasets.
    """

    def __init__(
        self, inner: Selector, *, names: Sequence[str], weights: Sequence[float], is_added: bool = True
    ) -> None:
        super().__init__(inner, names=names, is_total=True)
        self.weights = tuple(weights)
        self._is_added = is_added

    def terminate(self, outputs: dict[str, Any]) -> Any:
        """Return the histograms by name, or by dataset and name."""
        from overproof.columns.kernels.fills.scaled import added, scaled

        by_dataset: dict[str, Mapping[str, Any]] = {
            name: {key: scaled(sums, weight) for key, sums in outputs.get(name, {}).items()}
            for name, weight in zip(self.names, self.weights, strict=True)
        }
        if not self._is_added:
            return DatasetOutputs({name: self.inner.terminate(dict(own)) for name, own in by_dataset.items()})
        keys = dict.fromkeys(key for own in by_dataset.values() for key in own)
        return self.inner.terminate({key: added(own[key] for own in by_dataset.values() if key in own) for key in keys})
