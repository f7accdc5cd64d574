"""Deep copies, in which equal strings are one object, so that equal results pickle to equal bytes."""

from __future__ import annotations

import copy
import sys
from typing import Any, Final

_ATOMS: Final = (int, float, complex, bool, bytes, type(None))
"""Types whose values cannot change: nothing to copy."""


def interned(value: Any) -> Any:
    """Copy a value deeply; a string becomes Python's one object of that text.

    Pickle writes an object that it has met before as a reference; whether two equal strings are one object depends on
    which of them came from another process.

    Raises:
        Exception: whatever a type of the user's raises when it is copied.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is str:
        return sys.intern(value)
    if kind is dict:
        return {interned(key): interned(each) for key, each in value.items()}
    if kind is list:
        return [interned(each) for each in value]
    if kind is tuple:
        return tuple([interned(each) for each in value])
    return _copied(value)


def _copied(value: Any) -> Any:
    """Copy as `copy.deepcopy` does, or by way of bytes what only these can hold (say, a module)."""
    try:
        return copy.deepcopy(value)
    except TypeError:
        import cloudpickle

        return cloudpickle.loads(cloudpickle.dumps(value))
