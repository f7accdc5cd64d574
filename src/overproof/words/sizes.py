"""Sizes in bytes, as people write them."""

from __future__ import annotations

import math
import re
from typing import Final

from overproof.words.errors import OptionError

UNITS: Final = {
    "": 1, "b": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12,
    "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
    "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40,
}  # fmt: skip
"""Units in small letters: decimal ones, as disks and networks count, and binary ones with an i."""
SIZE: Final = re.compile(r"^\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([A-Za-z]*)\s*$")


def parse_size(text: str, *, option: str) -> int:
    """Read a size such as `2GB`, `500 MB` or `1.5GiB`, in bytes.

    Raises:
        OptionError: it is no size, or none at all.
    """
    match = SIZE.match(text)
    unit = UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise OptionError(f"{option} {text}: give a size with its unit, such as 2GB, 500MB or 1.5GiB")
    size_bytes = math.floor(float(match[1]) * unit)
    if size_bytes < 1:
        raise OptionError(f"{option} {text}: is no size at all; give one such as 2GB")
    return size_bytes
