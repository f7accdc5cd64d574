"""Numbers as coarse as NanoAOD keeps them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

BITS = {"pt": 10, "eta": 12, "phi": 12, "mass": 10, "btagDeepFlavB": 10}
"""Bits of the mantissa that are kept, by the last part of the name; others keep all."""


def coarse(values: npt.NDArray[Any], bits: int) -> npt.NDArray[np.float32]:
    """Round numbers to as many bits of the mantissa; what is dropped compresses to nothing."""
    drop = 23 - bits
    raw = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    half = np.uint32(1 << (drop - 1))
    mask = np.uint32(0xFFFFFFFF ^ ((1 << drop) - 1))
    return ((raw + half) & mask).view(np.float32)


def coarse_columns(columns: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Round each column as its name says."""
    return {
        name: coarse(values, bits) if (bits := BITS.get(name.rpartition("_")[2])) else values
        for name, values in columns.items()
    }
