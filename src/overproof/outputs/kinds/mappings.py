"""Dicts and Counters: merged key by key, ordered by the position of a key's first appearance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from overproof.outputs.borders import StandIn, merge_error, told_type
from overproof.outputs.kinds.interning import interned
from overproof.outputs.kinds.keys import Key, key_of
from overproof.outputs.kinds.kind import Commit, Lift, Position, Rank, State
from overproof.outputs.kinds.scalars import NumberSum
from overproof.words.errors import MergeError

Entry = tuple[Rank, Any, State | None]
"""First appearance of a key, the key as it was there (1, 1.0 and True are equal), and its state; None: only None."""


@dataclass(slots=True)
class MappingSum:
    """Outputs by key; also the outermost one, the outputs of a query.

    Attributes:
        entries: by key, in any order.
    """

    entries: dict[Key, Entry]

    @classmethod
    def of(cls, mapping: Mapping[Any, Any], *, position: Position, where: str, lift: Lift) -> MappingSum:
        """Make the state of one mapping; `lift` makes those of its values.

        Raises:
            MergeError: a value is of a type that cannot be merged.
        """
        entries: dict[Key, Entry] = {}
        for place, (key, value) in enumerate(mapping.items()):
            try:
                state = lift(value, position=position, where=_inside(where, key))
            except MergeError:
                raise
            except Exception as error:
                raise merge_error(error, f"output {_inside(where, key)}: taking it") from error
            entries[key_of(key)] = ((*position, place), key, state)
        return cls(entries)

    def plan(self, other: MappingSum, *, where: str) -> Commit:
        """Plan every key that both have."""
        changed: dict[Key, Entry] = {}
        commits: list[Commit] = []
        for found, theirs in other.entries.items():
            mine = self.entries.get(found)
            rank, key, _ = theirs if mine is None else min(mine, theirs, key=_rank)
            state = None if mine is None else mine[2]
            if state is None:
                state = theirs[2]
                commits += [] if state is None else [state.settle]
            elif theirs[2] is not None and _gives_way(state, theirs[2]):
                state = theirs[2]
                commits.append(state.settle)
            elif theirs[2] is not None and not _gives_way(theirs[2], state):
                commits.append(_plan_pair(state, theirs[2], where=_inside(where, key)))
            changed[found] = (rank, key, state)

        def commit() -> None:
            for each in commits:
                each()
            self.entries.update(changed)

        return commit

    def value(self) -> dict[Any, Any]:
        """Give a plain dict, keys in the order of their first appearance."""
        return {interned(key): None if state is None else state.value() for key, state in self.ordered()}

    def ordered(self) -> list[tuple[Any, State | None]]:
        """Give keys and states in the order of their first appearance."""
        return [(key, state) for _, key, state in sorted(self.entries.values(), key=_rank)]

    def copy(self) -> MappingSum:
        """Make an independent copy."""
        return MappingSum(
            {
                found: (rank, key, None if state is None else state.copy())
                for found, (rank, key, state) in self.entries.items()
            }
        )

    def settle(self) -> None:
        """Settle what is in it."""
        for _, _, state in self.entries.values():
            if state is not None:
                state.settle()

    @property
    def size_bytes(self) -> int:
        """Add up the states."""
        return 200 + sum(200 + (0 if state is None else state.size_bytes) for _, _, state in self.entries.values())


@dataclass(slots=True)
class CounterSum:
    """A Counter: counts are summed exactly, and kept whatever their sign.

    Attributes:
        counts: by key.
    """

    counts: MappingSum

    @classmethod
    def of(cls, counter: Counter[Any], *, position: Position, where: str, lift: Lift) -> CounterSum:
        """Make the state of one Counter.

        Raises:
            MergeError: a count is not a number.
        """
        counts = MappingSum.of(counter, position=position, where=where, lift=lift)
        for _, key, state in counts.entries.values():
            if not isinstance(state, NumberSum):
                raise MergeError(f"output {_inside(where, key)}: a Counter must hold numbers, not {counter[key]!r}")
        return cls(counts)

    def plan(self, other: CounterSum, *, where: str) -> Commit:
        """Plan the counts."""
        return self.counts.plan(other.counts, where=where)

    def value(self) -> Counter[Any]:
        """Give a Counter, keys in the order of their first appearance."""
        return Counter(self.counts.value())

    def copy(self) -> CounterSum:
        """Make an independent copy."""
        return CounterSum(self.counts.copy())

    def settle(self) -> None:
        """Nothing to do: numbers come in memory of their own."""

    @property
    def size_bytes(self) -> int:
        """Add up the counts."""
        return self.counts.size_bytes


def _inside(where: str, key: object) -> str:
    if isinstance(key, StandIn):
        return where
    try:
        shown = repr(key)
    except Exception:  # noqa: BLE001 - a key of a user's type may fail even at being shown
        shown = type(key).__name__
    return f"{where}[{shown}]" if where else shown


def _rank(entry: Entry) -> Rank:
    return entry[0]


def _gives_way(one: State, other: State) -> bool:
    """Tell whether one is the 0 with which a sum of what the other is may begin."""
    return isinstance(one, NumberSum) and one.is_zero and getattr(other, "adds_zero", False)


def _plan_pair(mine: State, theirs: State, *, where: str) -> Commit:
    if type(mine) is not type(theirs):
        raise MergeError(
            f"output {where}: {_describe(mine)} in one block and {_describe(theirs)} in another cannot be added; "
            "return the same from every block"
        )
    try:
        return mine.plan(theirs, where=where)
    except MergeError:
        raise
    except Exception as error:
        raise merge_error(error, f"output {where}: adding it") from error


def _describe(state: State) -> str:
    """Name the type of a state's value for people."""
    try:
        value = state.value()
    except Exception:  # noqa: BLE001 - a user's type may fail here too, and the complaint is another one
        return f"a {type(state).__name__}"
    marked = [each for key, each in value.items() if isinstance(key, StandIn)] if type(value) is dict else []
    value = marked[0] if marked else value
    known = told_type(value)
    value = value.stands_for if isinstance(value, StandIn) else value
    shape = f" and shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"a value of type {known.__module__}.{known.__qualname__}{shape}".replace("builtins.", "")
