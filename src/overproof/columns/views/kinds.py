"""Tell what awkward has made from all else, without loading awkward: where it is not loaded, it has made nothing.

Loading it takes longer than all else that a worker does before its first block, and many selectors never need it.
"""

from __future__ import annotations

import sys
from typing import Any


def is_array(value: Any) -> bool:
    """Tell whether this is an awkward array."""
    awkward = sys.modules.get("awkward")
    return isinstance(value, getattr(awkward, "Array", ()))


def is_record(value: Any) -> bool:
    """Tell whether this is a record of awkward."""
    awkward = sys.modules.get("awkward")
    return isinstance(value, getattr(awkward, "Record", ()))
