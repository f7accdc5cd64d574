"""Which kind an output is of: by its type, importing nothing that the user has not imported.

Kinds are loaded when there is an output of them: most queries have histograms, or arrays, and no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from overproof.outputs.kinds.arrays import ArraySum, is_summable
from overproof.outputs.kinds.histograms import is_histogram
from overproof.outputs.kinds.kind import Position, State
from overproof.outputs.kinds.mappings import CounterSum, MappingSum
from overproof.outputs.kinds.scalars import NumberSum
from overproof.words.errors import MergeError


def lift(value: Any, *, position: Position, where: str) -> State | None:
    """Turn the value of one output in one block into the state of its kind; None stays None.

    Args:
        position: where the block stands in the dataset.
        where: name of the output, for errors.

    Raises:
        MergeError: values of this type cannot be added.
    """
    if value is None:
        return None
    if _is_number(value):
        return NumberSum.of(value)
    if type(value) is np.ndarray and is_summable(value):
        return ArraySum.of(value)
    if is_histogram(value):
        from overproof.outputs.kinds.histograms.histogram import HistogramSum

        return HistogramSum.of(value, position=position, where=where)
    return _lift_collection(value, position=position, where=where)


def _lift_collection(value: Any, *, position: Position, where: str) -> State:
    if isinstance(value, Counter):
        return CounterSum.of(value, position=position, where=where, lift=lift)
    if isinstance(value, Mapping):
        return MappingSum.of(value, position=position, where=where, lift=lift)
    if isinstance(value, (set, frozenset)):
        from overproof.outputs.kinds.sets import SetUnion

        return SetUnion.of(value, position=position)
    from overproof.outputs.kinds.sequences import Concatenation, family_of
    from overproof.outputs.kinds.tree import TreeFold, has_plus

    family = family_of(value)
    if family is not None:
        return Concatenation.of(value, family=family, position=position)
    if has_plus(value):
        return TreeFold.of(value, position=position, where=where)
    raise MergeError(
        f"output {where}: values of type {type(value).__name__} cannot be added, for it has no `+`; "
        "return histograms, numbers, arrays, sets, lists or dicts, or give the type an `__add__`"
    )


def _is_number(value: Any) -> bool:
    if isinstance(value, np.generic):
        return value.dtype.kind in "biufc" and not isinstance(value, (np.longdouble, np.clongdouble))
    return isinstance(value, (int, float, complex))
