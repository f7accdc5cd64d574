"""Dicts and Counters: merged key by key, ordered by the position of a key's first appearance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from overproof.outputs.kinds.interning import interned
from overproof.outputs.kinds.kind import Commit, Lift, Position, Rank, State
from overproof.outputs.kinds.scalars import NumberSum
from overproof.words.errors import MergeError

Entry = tuple[Rank, State | None]
"""First appearance of a key, and its state; None: nothing but None so far."""


@dataclass(slots=True)
class MappingSum:
    """Outputs by key; also the outermost one, the outputs of a query.

    Attributes:
        entries: by key, in any order.
    """

    entries: dict[Hashable, Entry]

    @classmethod
    def of(cls, mapping: Mapping[Any, Any], *, position: Position, where: str, lift: Lift) -> MappingSum:
        """Make the state of one mapping; `lift` makes those of its values.

        Raises:
            MergeError: a value is of a type that cannot be merged.
        """
        entries: dict[Hashable, Entry] = {}
        for place, (key, value) in enumerate(mapping.items()):
            state = lift(value, position=position, where=_inside(where, key))
            entries[key] = ((*position, place), state)
        return cls(entries)

    def plan(self, other: MappingSum, *, where: str) -> Commit:
        """Plan every key that both have."""
        changed: dict[Hashable, Entry] = {}
        commits: list[Commit] = []
        for key, (rank, state) in other.entries.items():
            if key not in self.entries:
                changed[key] = (rank, state)
                continue
            my_rank, my_state = self.entries[key]
            if my_state is not None and state is not None:
                commits.append(_plan_pair(my_state, state, where=_inside(where, key)))
            changed[key] = (min(rank, my_rank), my_state if my_state is not None else state)

        def commit() -> None:
            for each in commits:
                each()
            self.entries.update(changed)

        return commit

    def value(self) -> dict[Any, Any]:
        """Give a plain dict, keys in the order of their first appearance."""
        ordered = sorted(self.entries.items(), key=lambda item: item[1][0])
        return {interned(key): None if state is None else state.value() for key, (_, state) in ordered}

    def copy(self) -> MappingSum:
        """Make an independent copy."""
        return MappingSum(
            {key: (rank, None if state is None else state.copy()) for key, (rank, state) in self.entries.items()}
        )

    @property
    def size_bytes(self) -> int:
        """Add up the states."""
        return 200 + sum(200 + (0 if state is None else state.size_bytes) for _, state in self.entries.values())


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
        for key, (_, state) in counts.entries.items():
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

    @property
    def size_bytes(self) -> int:
        """Add up the counts."""
        return self.counts.size_bytes


def _inside(where: str, key: object) -> str:
    return f"{where}[{key!r}]" if where else repr(key)


def _plan_pair(mine: State, theirs: State, *, where: str) -> Commit:
    if type(mine) is not type(theirs):
        raise MergeError(
            f"output {where}: {_describe(mine)} in one block and {_describe(theirs)} in another cannot be added; "
            "return the same type from every block"
        )
    return mine.plan(theirs, where=where)


def _describe(state: State) -> str:
    """Name the type of a state's value for people."""
    value = state.value()
    return f"a value of type {type(value).__module__}.{type(value).__qualname__}".replace("builtins.", "")
