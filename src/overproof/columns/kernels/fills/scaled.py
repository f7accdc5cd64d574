"""Sums of cells of several datasets as one: each scaled, then added in the order of datasets.

What is scaled are the sums themselves, before axes grow or means are made of them: so that the histogram is that of one
draw in which each entry has the weight of its dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from overproof.columns.kernels.fills.categories import KEY, PAIRS

APART = "apart"
SQUARES = frozenset({"variances", "squared_weights"})
"""Sums of squares of weights."""


def scaled(sums: Mapping[str, Any], weight: float) -> dict[str, Any]:
    """Return the sums of one plan as if each entry had been filled with one more weight; nothing is changed."""
    by_text = {KEY % name: (name, pair) for name, pair in PAIRS.items()}
    outputs: dict[str, Any] = {}
    for name, value in sums.items():
        if name == APART:
            outputs[name] = [_scaled_apart(each, weight) for each in value]
        elif name in by_text:
            outputs[name] = value.copy()
            view = outputs[name].view(flow=True)
            for field, of in zip(("value", "variance"), by_text[name], strict=True):
                view[field] *= _factor(of, weight)
        else:
            outputs[name] = value * _factor(name, weight)
    return outputs


def added(each: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sum of the sums of one plan, added from left to right."""
    outputs: dict[str, Any] = {}
    for sums in each:
        outputs |= {name: outputs[name] + value if name in outputs else value for name, value in sums.items()}
    return outputs


def _factor(name: str, weight: float) -> float:
    return weight * weight if name in SQUARES else weight


def _scaled_apart(each: Any, weight: float) -> Any:
    """Scale rows that were set apart, which come with their texts where an axis has such."""
    if isinstance(each, tuple):
        labels, apart = each
        return labels, _scaled_apart(apart, weight)
    return replace(each, sums={name: value * _factor(name, weight) for name, value in each.sums.items()})
