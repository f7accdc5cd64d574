"""The selector that calls a function on items: an item is a cycle."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import cloudpickle

from overproof.analysis.selector import FunctionSelector
from overproof.columns.cycles import Cycles
from overproof.session.mapping.raised import Raised
from overproof.words.errors import SelectorError

VALUES, RAISED = "values", "raised"
"""Outputs: lists of what `unpacked` reads, one piece a block."""

_PLAIN = frozenset((bool, int, float, complex, str, bytes, type(None)))
"""Types that hold nothing of the user's: plain pickle does, and is ten times as fast."""


class MapSelector(FunctionSelector):
    """Calls a function on each of some items.

    What the function raises for an item is an answer, too: it leaves the worker healthy, and is not found by bisection.
    What ends a worker, or hangs, or is out of memory, is isolated as in every query.

    Args:
        function: called with one item.
        items: each is pickled alone, so that one that cannot be loaded on a worker costs no other.
        retries: how often an item that raises is tried again, at once.
    """

    def __init__(self, function: Callable[[Any], Any], items: Sequence[Any], *, retries: int = 0) -> None:
        super().__init__(function)
        self._items = items
        self._retries = retries
        self._is_packed = False

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return len(self._items)

    def process(self, cycles: Cycles) -> Mapping[str, Any]:
        values: list[tuple[int, bytes]] = []
        raised: list[tuple[int, bytes]] = []
        for cycle in cycles:
            outcome = self._outcome(cycle.number)
            if isinstance(outcome, Raised):
                raised.append((cycle.number, cloudpickle.dumps(outcome)))
            else:
                values.append((cycle.number, outcome))
        return {VALUES: _packed(values), RAISED: _packed(raised)}

    def _outcome(self, number: int) -> bytes | Raised:
        for n_left in range(self._retries, -1, -1):
            try:
                return _pickled_value(self.function(self._item(number)))
            except MemoryError:  # a matter of chance, and of what else the worker has: to be tried alone
                raise
            except Exception as error:  # noqa: BLE001 - functions of users raise what they like
                if not n_left:
                    return Raised.of(error)
        raise AssertionError("the last try has returned")

    def _item(self, number: int) -> Any:
        item = self._items[number]
        return pickle.loads(item) if self._is_packed else item

    def __getstate__(self) -> dict[str, Any]:
        """Pickle every item alone.

        Raises:
            SelectorError: the function or an item cannot be pickled.
        """
        if self._is_packed:
            return self.__dict__
        try:
            cloudpickle.dumps(self.function)
        except Exception as error:  # whatever it holds raises what it likes
            raise SelectorError(f"the function {self.function!r} cannot be sent to workers: {error}") from error
        items = tuple(_pickled_item(number, item) for number, item in enumerate(self._items))
        return {**self.__dict__, "_items": items, "_is_packed": True}


def _packed(pairs: list[tuple[int, bytes]]) -> list[bytes]:
    """Make one piece of all pairs of a block: outputs are looked into, list by list, wherever they come by."""
    return [pickle.dumps(pairs, protocol=5)] if pairs else []


def unpacked(pieces: Iterable[bytes]) -> dict[int, bytes]:
    """Return by item what it gave, or raised, pickled."""
    return {number: payload for piece in pieces for number, payload in pickle.loads(piece)}


def _pickled_item(number: int, item: Any) -> bytes:
    try:
        return _pickled(item)
    except Exception as error:  # types of users raise what they like
        name = type(item).__name__
        raise SelectorError(f"item {number}, a {name}, cannot be sent to workers: {error}") from error


def _pickled_value(value: Any) -> bytes:
    try:
        return _pickled(value)
    except Exception as error:
        raise TypeError(f"its value, a {type(value).__name__}, cannot be sent back: {error}") from error


def _pickled(value: Any) -> bytes:
    """Pickle a value with the user's own code in it."""
    if type(value) in _PLAIN:
        return pickle.dumps(value, protocol=5)
    payload: bytes = cloudpickle.dumps(value)
    return payload
