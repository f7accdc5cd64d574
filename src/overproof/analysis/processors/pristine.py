"""A processor as it was sent, for each block anew: what it did to itself on the block before is forgotten.

Coffea unpickles a processor for each of its chunks. So processors that fill a histogram of their own and return it,
as one in coffea's documentation does, are right there; called twice as they are, they would count blocks twice.
"""

from __future__ import annotations

from typing import Any

import cloudpickle


class Pristine:
    """Gives a processor in the state in which it was given.

    Args:
        processor: is changed by whoever calls it.
    """

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        self._as_given: bytes | None = None

    def get(self) -> Any:
        """Return the processor as it was given; one that changed nothing of itself is not made anew."""
        state = _pickled(self._processor)
        if self._as_given is None:
            self._as_given = state
        elif state != self._as_given and self._as_given:
            # Pickled by ourselves, in this process.
            self._processor = cloudpickle.loads(self._as_given)
        return self._processor


def _pickled(processor: Any) -> bytes:
    """Return the state of a processor; empty where it cannot be told."""
    try:
        pickled: bytes = cloudpickle.dumps(processor)
    except Exception:  # noqa: BLE001 - whatever the user's own code raises when it is pickled
        return b""
    return pickled
