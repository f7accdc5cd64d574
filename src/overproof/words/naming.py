"""Names that are not taken."""

from __future__ import annotations

from collections.abc import Container
from itertools import count


def free_name(name: str, taken: Container[str]) -> str:
    """Return the name, or where it is taken the first of `name_2`, `name_3`, ... that is not."""
    if name not in taken:
        return name
    return next(each for number in count(2) if (each := f"{name}_{number}") not in taken)
