"""Numbers made of texts: their lengths, and whether one contains another."""

from __future__ import annotations

import numpy as np

from overproof.columns.kernels.functions import Values
from overproof.columns.kernels.jagged import Integers
from overproof.columns.kernels.texts.table import Texts


def tell(kind: str, arguments: list[Values], texts: Texts) -> Values:
    """Compute a number of texts.

    Args:
        kind: `"length"` of one, or `"contains"` of two: 1 where the first contains the second.
        arguments: codes; one, or one for each value.
        texts: those of the block.
    """
    if kind == "length":
        lengths = np.array([len(text) for text in texts.all()] or [0], dtype=np.float64)
        return lengths[_codes(arguments[0])]
    where, what = (_codes(each) for each in arguments)
    known = texts.all()
    if what.ndim == 0:
        return np.array([known[int(what)] in text for text in known], dtype=np.float64)[where]
    where, what = np.broadcast_arrays(where, what)
    pairs, which = np.unique(where * max(len(known), 1) + what, return_inverse=True)
    places, sought = np.divmod(pairs, max(len(known), 1))
    found = [known[each] in known[place] for place, each in zip(places.tolist(), sought.tolist(), strict=True)]
    return np.array(found, dtype=np.float64)[which].reshape(where.shape)


def _codes(values: Values) -> Integers:
    """Return codes as integers; what is not there has the first, and does not count."""
    return np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0).astype(np.int64)
