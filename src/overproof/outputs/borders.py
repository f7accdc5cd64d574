"""The borders to code of users: whatever their types raise becomes a `MergeError`."""

from __future__ import annotations

from typing import Any

from overproof.words.errors import MergeError


class StandIn:
    """What takes the place of something of the user's among outputs; he is told of that alone.

    Attributes:
        stands_for: that.
    """

    stands_for: Any


def told_type(value: Any) -> type[Any]:
    """Give the type of a value that the user knows."""
    return type(value.stands_for if isinstance(value, StandIn) else value)


def merge_error(error: Exception, what: str) -> MergeError:
    """Tell the failure of a user's type as one of ours.

    Args:
        error: what was raised; a MergeError comes back as it is.
        what: what raised: the output, and what was done with it.
    """
    if isinstance(error, MergeError):
        return error
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an exception of a user's may fail even at telling itself
        message = "no message"
    return MergeError(f"{what} raised {type(error).__name__}: {message}; mend the type, or return plain data")


def told_bytes(value: Any) -> int:
    """Give the memory that an object says it takes, 0 when it does not know; never raises."""
    try:
        n_bytes = getattr(value, "nbytes", None)
        if isinstance(n_bytes, int):
            return n_bytes
        usage = value.memory_usage() if hasattr(value, "memory_usage") else 0
        return int(usage.sum() if hasattr(usage, "sum") else usage)
    except Exception:  # noqa: BLE001 - the size is an estimate: no fault of a user's property may end a query
        return 0
