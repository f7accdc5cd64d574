"""Entries of a view that are not chosen, with None in their place."""

from __future__ import annotations

from typing import Any

import awkward as ak


class Mask:
    """Puts None in the place of the entries that are not chosen: `events.mask[chosen]`."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __getitem__(self, chosen: Any) -> Any:
        return ak.mask(self._array, chosen)
