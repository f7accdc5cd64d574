"""Turn what draws give into what can be compared bit by bit."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def as_bits(value: Any) -> Any:
    """Turn outputs into what can be compared: doubles as their bits, NaN as one."""
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return np.where(np.isnan(value), np.nan, value).view(np.int64).tolist(), value.shape
    if isinstance(value, np.ndarray):
        return value.tolist()
    if is_dataclass(value):
        return {each.name: as_bits(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dict):
        return {name: as_bits(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_bits(each) for each in value]
    if hasattr(value, "axes"):
        return [list(value.axes[0]), as_bits(value.values(flow=True)), as_bits(value.variances(flow=True))]
    return value
