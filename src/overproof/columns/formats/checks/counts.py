"""The lengths of lists must be those that the branch of their lengths tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.files.damage import DamageError

_PIECE = 16_384


def check_lengths(offsets: npt.NDArray[Any], told: npt.NDArray[Any], *, what: str) -> None:
    """Compare the lengths of lists with what another branch tells.

    Args:
        offsets: where the lists begin, and the end of the last.
        told: their lengths.
        what: the name of that branch.

    Raises:
        DamageError: they differ.
    """
    # In pieces that stay in the processor's cache: this is done for most of what is read.
    for at in range(0, len(told), _PIECE):
        of_piece = offsets[at : at + _PIECE + 1]
        if not np.array_equal(of_piece[1:] - of_piece[:-1], told[at : at + _PIECE]):
            raise DamageError(f"its lists have other lengths than branch {what} tells: one of the two is damaged")
