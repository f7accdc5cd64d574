"""Equal strings made one object, so that equal results pickle to equal bytes."""

from __future__ import annotations

import copy
import sys
from typing import Any


def interned(value: Any) -> Any:
    """Copy a value deeply; a string becomes Python's one object of that text.

    Pickle writes an object that it has met before as a reference; whether two equal strings are one object depends on
    which of them came from another process.
    """
    if type(value) is str:
        return sys.intern(value)
    if type(value) is dict:
        return {interned(key): interned(each) for key, each in value.items()}
    if type(value) is list:
        return [interned(each) for each in value]
    if type(value) is tuple:
        return tuple([interned(each) for each in value])
    return copy.deepcopy(value)
