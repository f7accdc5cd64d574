"""The texts of one block, each with a number."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from overproof.columns.kernels.jagged import Doubles, Integers


class Texts:
    """Numbers texts in the order in which they are met; only what equals in a block has the same code."""

    def __init__(self) -> None:
        self._codes: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def code(self, text: bytes) -> int:
        """Return the code of a text, a new one where it is new."""
        return self._codes.setdefault(text, len(self._codes))

    def codes(self, texts: Iterable[bytes]) -> Integers:
        """Return the code of each text."""
        known = self._codes
        return np.fromiter((known.setdefault(text, len(known)) for text in texts), dtype=np.int64)

    def all(self) -> list[bytes]:
        """Return every text, in the order of the codes."""
        return list(self._codes)

    def read(self, codes: Doubles) -> list[str]:
        """Return texts by their codes; an empty one where there is no code, which is NaN."""
        readable = [text.decode(errors="backslashreplace") for text in self._codes]
        return ["" if math.isnan(code) else readable[int(code)] for code in codes.tolist()]
