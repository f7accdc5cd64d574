"""What there is in a state, without a look at any value, and copies of some of it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from itertools import count
from typing import Any, Final, TypeAlias

from overproof.outputs.borders import StandIn
from overproof.outputs.kinds.kind import State
from overproof.outputs.kinds.mappings import MappingSum
from overproof.words.frozen import dataclass

Path: TypeAlias = tuple[Any, ...]
"""Keys from the outermost mapping inwards."""

BETWEEN: Final = "/"
"""Stands between the keys in a name, `outer/inner`."""

_WORDS: Final = {
    "ArraySum": "array",
    "Concatenation": "list or table",
    "CounterSum": "counter",
    "NumberSum": "number",
    "SetUnion": "set",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlined:
    """One output, of which nothing was copied.

    Attributes:
        path: where it is.
        what: its kind, for people.
        n_dim: axes of a histogram with one value a bin; 0 for everything else.
    """

    path: Path
    what: str
    n_dim: int = 0

    @property
    def name(self) -> str:
        """Write the path as one name."""
        return name_of(self.path)


def name_of(path: Path) -> str:
    """Write a path as one name."""
    return BETWEEN.join(map(str, path))


def untaken(name: str, taken: Container[str]) -> str:
    """Return a name that is not taken yet: where two outputs would be called `a/b`, one is `a/b (2)`."""
    numbered = (f"{name} ({number})" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def outline(sums: MappingSum, *, within: Path = ()) -> Iterator[Outlined]:
    """List the outputs in the order in which they first appeared; those of mappings in their place."""
    for key, state in sums.ordered():
        # What stands for all of a mapping has no name of its own.
        path = within if isinstance(key, StandIn) else (*within, key)
        if isinstance(state, MappingSum):
            yield from outline(state, within=path)
        else:
            n_dim = _n_dim(state)
            yield Outlined(path=path, what="histogram" if n_dim else _what(state), n_dim=n_dim)


def part(sums: MappingSum, wanted: Callable[[Path], bool], *, within: Path = ()) -> MappingSum:
    """Copy the outputs that are wanted, by their paths; the mappings around them are as they were.

    Args:
        sums: stays as it is.
        wanted: tells of a path whether it is; of a mapping it takes all, or is asked again for what is in it.
        within: where `sums` is.
    """
    chosen = {}
    for found, (rank, key, state) in sums.entries.items():
        path = (*within, key)
        if wanted(path):
            chosen[found] = (rank, key, None if state is None else state.copy())
        elif isinstance(state, MappingSum) and (inner := part(state, wanted, within=path)).entries:
            chosen[found] = (rank, key, inner)
    return MappingSum(chosen)


def among(paths: Iterable[Path]) -> Callable[[Path], bool]:
    """Make what tells these paths from others."""
    listed = tuple(paths)
    return lambda path: path in listed


def _n_dim(state: State | None) -> int:
    return len(getattr(state, "axes", ())) if getattr(state, "n_inner", 0) == 1 else 0


def _what(state: State | None) -> str:
    if state is None:
        return "nothing"
    if (kept := getattr(state, "told_type", None)) is not None:
        return str(kept.__name__)
    return _WORDS.get(type(state).__name__, "histogram" if hasattr(state, "axes") else "output")
