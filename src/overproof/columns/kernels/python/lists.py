"""Functions of lists, as awkward has them, with sums from the first element to the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import awkward as ak
import numpy as np

from overproof.columns.kernels.python.spreads import deviation, variance
from overproof.columns.kernels.python.values import is_leaf, numbers_of

Option = float | int | bool | None


def apply_function(name: str, arrays: Sequence[Any], options: Mapping[str, Option]) -> Any:
    """Compute a function of awkward arrays; whole numbers come out as doubles.

    Args:
        name: of the function, without its library.
        arrays: awkward arrays of the same entries; plain numbers among them where awkward takes them.
        options: its keywords.

    Raises:
        ValueError: lists of different lengths stand side by side.
    """
    own = _OWN.get(name)
    found = own(arrays, dict(options)) if own is not None else getattr(ak, name)(*arrays, **options)
    return in_doubles(found)


def in_doubles(array: Any) -> Any:
    """Turn every number into a double; booleans stay what they are."""
    return ak.transform(_doubles_at_leaves, array)


def _doubles_at_leaves(layout: Any, **_: Any) -> Any:
    if not is_leaf(layout):
        return None
    numbers = numbers_of(layout)
    kept = numbers.dtype in {np.dtype(np.bool_), np.dtype(np.float64)}
    return ak.contents.NumpyArray(numbers if kept else numbers.astype(np.float64))


def _mask(arrays: Sequence[Any], options: dict[str, Option]) -> Any:
    return ak.mask(*beside_entries(arrays), **options)


def _concatenate(arrays: Sequence[Any], options: dict[str, Option]) -> Any:
    return ak.concatenate(list(arrays), **options)


def _pad_none(arrays: Sequence[Any], options: dict[str, Option]) -> Any:
    given = ak.transform(_indexed_at_masks, arrays[0])
    padded = ak.pad_none(given, options.pop("target"), **options)
    return ak.from_regular(padded, axis=options["axis"])  # which awkward cannot always broadcast


def _indexed_at_masks(layout: Any, *, continuation: Callable[[], Any], **_: Any) -> Any:
    """Keep what is None by places, not by flags, of which awkward's `pad_none` takes the wrong ones."""
    return continuation().to_IndexedOptionArray64() if layout.is_option and not layout.is_indexed else None


def _ptp(arrays: Sequence[Any], options: dict[str, Option]) -> Any:
    return ak.ptp(ak.values_astype(arrays[0], np.float64), **options)  # awkward subtracts no booleans


def _spread(function: Callable[..., Any]) -> Callable[[Sequence[Any], dict[str, Option]], Any]:
    def compute(arrays: Sequence[Any], options: dict[str, Option]) -> Any:
        ddof, keepdims = float(options.get("ddof") or 0.0), bool(options.get("keepdims"))
        return function(arrays[0], axis=options["axis"], ddof=ddof, keepdims=keepdims)

    return compute


def _ordered(name: str) -> Callable[[Sequence[Any], dict[str, Option]], Any]:
    """Make what sorts; what is equal always stays as it was, since any other order would not be defined."""

    def order(arrays: Sequence[Any], options: dict[str, Option]) -> Any:
        return getattr(ak, name)(arrays[0], **{**options, "stable": True})

    return order


def _fill_none(arrays: Sequence[Any], options: dict[str, Option]) -> Any:
    return ak.fill_none(arrays[0], options.pop("value"), **options)


def _like(value: float) -> Callable[[Sequence[Any], dict[str, Option]], Any]:
    def full(arrays: Sequence[Any], _: dict[str, Option]) -> Any:
        return ak.full_like(arrays[0], value, dtype=np.float64)

    return full


def _where(arrays: Sequence[Any], _: dict[str, Option]) -> Any:
    condition, yes, no = arrays
    return choose(condition, yes, no)


_OWN: dict[str, Callable[[Sequence[Any], dict[str, Option]], Any]] = {
    "argsort": _ordered("argsort"),
    "concatenate": _concatenate,
    "fill_none": _fill_none,
    "mask": _mask,
    "ones_like": _like(1.0),
    "pad_none": _pad_none,
    "ptp": _ptp,
    "sort": _ordered("sort"),
    "std": _spread(deviation),
    "var": _spread(variance),
    "where": _where,
    "zeros_like": _like(0.0),
}


def truth(array: Any) -> Any:
    """Tell for every element whether it is not 0; NaN is true, as in Python."""
    return ak.transform(_truth_at_leaves, array) if isinstance(array, ak.Array) else bool(array != 0)


def _truth_at_leaves(layout: Any, **_: Any) -> Any:
    return ak.contents.NumpyArray(np.not_equal(numbers_of(layout), 0.0)) if is_leaf(layout) else None


def beside_entries(arrays: Sequence[Any]) -> list[Any]:
    """Make lists of fixed axes beside one value an entry: awkward would line up the innermost axes."""
    has_plain = any(isinstance(array, ak.Array) and array.ndim == 1 for array in arrays)
    return [
        ak.from_regular(array, axis=None) if has_plain and isinstance(array, ak.Array) and array.ndim > 1 else array
        for array in arrays
    ]


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """Return `yes` where the condition is true and `no` elsewhere; the three are broadcast."""
    return ak.where(*beside_entries([truth(condition), yes, no]))
