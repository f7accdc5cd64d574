"""A selector that returns every kind of output, over numbers chosen to be hard to add."""

from __future__ import annotations

from collections import Counter
from typing import Any

import awkward as ak
import boost_histogram as bh
import hist
import numpy as np

import overproof as op


class Everything(op.Selector):
    """Fills every storage and every kind of output from the branches `x`, `w` and `tag`."""

    def process(self, events: Any) -> dict[str, Any]:
        x, w, tag = (np.asarray(events[name]) for name in ("x", "w", "tag"))
        axis = hist.axis.Regular(8, 0, 1, name="x")
        double = hist.Hist(axis, storage=hist.storage.Double()).fill(x, weight=w)
        weight = hist.Hist(axis, storage=hist.storage.Weight()).fill(x, weight=w)
        mild = np.abs(x) + 0.25
        mean = hist.Hist(axis, storage=hist.storage.Mean()).fill(x, sample=mild)
        weighted_mean = hist.Hist(axis, storage=hist.storage.WeightedMean()).fill(x, weight=mild, sample=x * 3)
        growing = hist.Hist(hist.axis.StrCategory([], growth=True, name="tag"), storage=hist.storage.Weight())
        growing.fill([f"t{value}" for value in tag], weight=mild)
        grown = bh.Histogram(bh.axis.Regular(4, 0, 1, growth=True))
        grown.fill(x * (1 + tag))
        return {
            "double": double,
            "weight": weight,
            "mean": mean,
            "weighted_mean": weighted_mean,
            "growing": growing,
            "grown": grown,
            "sum": float(np.sum(w)),
            "count": len(events),
            "array": np.array([x.sum(), (w * x)[0]]),
            "tags": Counter(int(value) for value in tag),
            "seen": {f"name{value}" for value in tag},
            "firsts": [float(x[0])],
            "table": ak.zip({"x": x[tag == 3], "w": w[tag == 3]}),
            "nested": {"cutflow": {"all": len(events), f"t{tag[0]}": 1}},
            "random": float(events.rng.random()),
        }
