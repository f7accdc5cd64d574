"""What has an order: lists, tuples, strings, awkward arrays and tables, concatenated by position.

Concatenation is what "+" means for these, also where the type's own `+` adds element by element: an awkward array or a
table holds rows, and rows of different blocks are different events.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from overproof.outputs.kinds.interning import interned
from overproof.outputs.kinds.kind import Commit, Position
from overproof.words.errors import MergeError

_BUILTIN: Final[dict[type[Any], str]] = {list: "list", tuple: "tuple", str: "str", bytes: "bytes"}
_TABLES: Final = {
    ("awkward", "Array"): "awkward",
    ("pandas", "DataFrame"): "pandas",
    ("pandas", "Series"): "pandas",
    ("pyarrow", "Table"): "pyarrow",
}


def family_of(value: Any) -> str | None:
    """Tell how a value is concatenated; None: it is not. Nothing is imported for the answer."""
    if type(value) in _BUILTIN:
        return _BUILTIN[type(value)]
    for cls in type(value).__mro__:
        family = _TABLES.get((cls.__module__.partition(".")[0], cls.__name__))
        if family is not None:
            return family
    return None


@dataclass(slots=True)
class Concatenation:
    """Pieces of one family, one a block.

    Attributes:
        family: how they are joined.
        pieces: by position.
    """

    family: str
    pieces: dict[Position, Any]

    @classmethod
    def of(cls, value: Any, *, family: str, position: Position) -> Concatenation:
        """Keep one piece, without the large arrays that it may be a view of."""
        if family == "list":
            value = list(value)
        elif family == "awkward":
            awkward = importlib.import_module("awkward")
            value = awkward.to_packed(awkward.materialize(value))
        return cls(family, {position: value})

    def plan(self, other: Concatenation, *, where: str) -> Commit:
        """Check the family, and that no block comes twice."""
        if self.family != other.family:
            raise MergeError(
                f"output {where}: {self.family} in one block and {other.family} in another cannot be joined; "
                "return the same type from every block"
            )
        return lambda: self.pieces.update(other.pieces)

    def value(self) -> Any:
        """Join the pieces in the order of their positions."""
        return _JOIN[self.family]([piece for _, piece in sorted(self.pieces.items(), key=lambda item: item[0])])

    def copy(self) -> Concatenation:
        """Copy; pieces are never changed, so they are shared."""
        return Concatenation(self.family, dict(self.pieces))

    @property
    def size_bytes(self) -> int:
        """Estimate the memory of the pieces."""
        return sum(100 + _piece_bytes(piece) for piece in self.pieces.values())


def _piece_bytes(piece: Any) -> int:
    n_bytes = getattr(piece, "nbytes", None)
    if isinstance(n_bytes, int):
        return n_bytes
    if hasattr(piece, "memory_usage"):
        usage = piece.memory_usage()
        return int(usage.sum() if hasattr(usage, "sum") else usage)
    return len(piece) * (1 if isinstance(piece, (str, bytes)) else 60)


def _join_list(pieces: list[list[Any]]) -> list[Any]:
    # Deep, because `terminate` may change the elements of a partial result in place.
    return [interned(element) for piece in pieces for element in piece]


def _join_tuple(pieces: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(_join_list([list(piece) for piece in pieces]))


def _join_awkward(pieces: list[Any]) -> Any:
    awkward = importlib.import_module("awkward")
    return awkward.to_packed(awkward.concatenate(pieces)) if len(pieces) > 1 else awkward.copy(pieces[0])


def _join_pandas(pieces: list[Any]) -> Any:
    return importlib.import_module("pandas").concat(pieces)


def _join_pyarrow(pieces: list[Any]) -> Any:
    return importlib.import_module("pyarrow").concat_tables(pieces).combine_chunks()


_JOIN: Final[dict[str, Callable[[list[Any]], Any]]] = {
    "list": _join_list,
    "tuple": _join_tuple,
    "str": "".join,
    "bytes": b"".join,
    "awkward": _join_awkward,
    "pandas": _join_pandas,
    "pyarrow": _join_pyarrow,
}
