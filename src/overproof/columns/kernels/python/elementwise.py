"""Functions element by element, over lists of any depth, with the one table of functions.

Awkward broadcasts; the numbers at the leaves are computed by the kernels of both dialects, in double.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awkward as ak
import numpy as np

from overproof.columns.kernels.functions import Kernel, Values, kernel, to_integers
from overproof.columns.kernels.python.values import is_leaf, numbers_of


def apply_kernel(name: str, arguments: Sequence[Any], *, makes_booleans: bool) -> Any:
    """Compute a function of doubles in every element.

    Args:
        name: of the kernel.
        arguments: awkward arrays, which are broadcast, and plain numbers.
        makes_booleans: what comes out is true or false.

    Raises:
        ValueError: lists of different lengths stand side by side.
    """
    function = own_kernel(name) if name in _OWN else kernel(name)
    arrays = [argument for argument in arguments if isinstance(argument, ak.Array)]
    places = [place for place, argument in enumerate(arguments) if isinstance(argument, ak.Array)]

    def compute(leaves: Sequence[Any]) -> Any:
        numbers = [np.float64(0.0) if isinstance(each, ak.Array) else np.float64(each) for each in arguments]
        for place, leaf in zip(places, leaves, strict=True):
            numbers[place] = leaf
        with np.errstate(all="ignore"):
            found = function(*numbers)
        return np.not_equal(found, 0.0) if makes_booleans else np.asarray(found, dtype=np.float64)

    if not arrays:
        return compute([])[()]
    # Axes of a fixed length are lists here: nothing is lined up from the innermost axis, as numpy would.
    return ak.transform(lambda layouts, **_: _at_leaves(layouts, compute), *arrays, right_broadcast=False)


def _at_leaves(layouts: Any, compute: Any) -> Any:
    """Compute where all levels of lists have been opened; None tells awkward to go deeper."""
    given = layouts if isinstance(layouts, list | tuple) else [layouts]
    if not all(map(is_leaf, given)):
        return None
    leaves = [np.asarray(numbers_of(layout), dtype=np.float64) for layout in given]
    return ak.contents.NumpyArray(compute(leaves))


# -- what only Python has ----------------------------------------------------------------------------------------


def _signed(ufunc: Kernel) -> Kernel:
    def combine(left: Values, right: Values) -> Values:
        return ufunc(to_integers(left), to_integers(right)).astype(np.float64)

    return combine


def _clip(x: Values, low: Values, high: Values) -> Values:
    return kernel("minimum")(kernel("maximum")(x, low), high)


_OWN: dict[str, Kernel] = {
    "both": np.logical_and,
    "clip": _clip,
    "complement": lambda x: np.subtract(-1.0, x),
    "divide": np.divide,
    "either": np.logical_or,
    "floored_quotient": np.floor_divide,
    "one_of_two": np.logical_xor,
    "signed_and": _signed(np.bitwise_and),
    "signed_or": _signed(np.bitwise_or),
    "signed_shift_left": _signed(np.left_shift),
    "signed_shift_right": _signed(np.right_shift),
    "signed_xor": _signed(np.bitwise_xor),
}
"""Kernels that ROOT's dialect has no use for."""


def own_kernel(name: str) -> Kernel:
    """Return the function behind a name that this dialect alone has."""
    return _OWN[name]


def own_kernel_names() -> frozenset[str]:
    """Return the names of the kernels of this dialect alone."""
    return frozenset(_OWN)
