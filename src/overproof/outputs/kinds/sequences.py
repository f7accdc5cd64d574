"""What has an order: lists, tuples, strings, awkward arrays and tables, concatenated by position.

Concatenation is what "+" means for these, also where the type's own `+` adds element by element: an awkward array or a
table holds rows, and rows of different blocks are different events.
"""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from overproof.outputs.borders import merge_error, told_bytes
from overproof.outputs.kinds.interning import interned
from overproof.outputs.kinds.kind import Commit, Position
from overproof.words.errors import MergeError

_BUILTIN: Final[dict[type[Any], str]] = {list: "list", tuple: "tuple", str: "str", bytes: "bytes"}
_TABLES: Final = {
    ("awkward", "Array"): "awkward",
    ("pandas", "DataFrame"): "pandas",
    ("pandas", "Series"): "pandas series",
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
        samples: tables: for each type of rows seen, in words, a piece without rows. What can be joined without rows
            can be joined with them.
    """

    family: str
    pieces: dict[Position, Any]
    samples: dict[str, Any]

    @classmethod
    def of(cls, value: Any, *, family: str, position: Position) -> Concatenation:
        """Copy one piece, without the large arrays that it may be a view of."""
        piece = _COPY[family](value)
        return cls(family, {position: piece}, _SAMPLE[family](piece) if family in _SAMPLE else {})

    def plan(self, other: Concatenation, *, where: str) -> Commit:
        """Check the family, and that rows of all types seen can stand in one table.

        Raises:
            MergeError: they cannot, or awkward would make a union of them: rows of different blocks are of one type,
                up to the width of numbers and to what may be missing.
        """
        if self.family != other.family:
            raise MergeError(
                f"output {where}: {self.family} in one block and {other.family} in another cannot be joined; "
                "return the same type from every block"
            )
        samples = self.samples | other.samples
        if not (samples.keys() == self.samples.keys() or samples.keys() == other.samples.keys()):
            self._check(samples, where=where)

        def commit() -> None:
            self.pieces.update(other.pieces)
            self.samples = samples

        return commit

    def _check(self, samples: dict[str, Any], *, where: str) -> None:
        different = " and ".join(sorted(samples))
        try:
            joined = _JOIN[self.family]([samples[each] for each in sorted(samples)])
            unions = self.family == "awkward" and "union[" in _row_type(joined) and "union[" not in different
        except Exception as error:
            raise merge_error(error, f"output {where}: joining rows of {different}") from error
        if unions:
            raise MergeError(
                f"output {where}: arrays of {different} cannot be joined; return rows of one type from every block"
            )

    def value(self) -> Any:
        """Join the pieces in the order of their positions."""
        return _JOIN[self.family]([piece for _, piece in sorted(self.pieces.items(), key=lambda item: item[0])])

    def copy(self) -> Concatenation:
        """Copy; pieces are never changed, so they are shared."""
        return Concatenation(self.family, dict(self.pieces), self.samples)

    def settle(self) -> None:
        """Nothing to do: it came in memory of its own."""

    @property
    def size_bytes(self) -> int:
        """Estimate the memory of the pieces."""
        return sum(100 + _piece_bytes(piece) for piece in self.pieces.values())


def _piece_bytes(piece: Any) -> int:
    if isinstance(piece, (str, bytes)):
        return len(piece)
    return 60 * len(piece) if isinstance(piece, (list, tuple)) else told_bytes(piece)


def _row_type(array: Any) -> str:
    """Write the type of an awkward array's rows."""
    return str(array.layout.form.type)


def _copy_awkward(array: Any) -> Any:
    awkward = importlib.import_module("awkward")
    # What is packed already is not copied by packing, and a slice still holds the array that it was cut from.
    return awkward.copy(awkward.to_packed(awkward.materialize(array)))


def _copy_pandas(table: Any) -> Any:
    # The deep copy of pandas shares the objects in its cells, and its index.
    return pickle.loads(pickle.dumps(table, protocol=5))


def _copy_pyarrow(table: Any) -> Any:
    # Arrow's tables cannot change, but the numpy arrays can that they are views of.
    pyarrow = importlib.import_module("pyarrow")
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return pyarrow.ipc.open_stream(sink.getvalue()).read_all()


def _sample_awkward(array: Any) -> dict[str, Any]:
    return {_row_type(array): importlib.import_module("awkward").Array(array.layout.form.length_zero_array())}


def _sample_pandas(table: Any) -> dict[str, Any]:
    return {", ".join(f"{name}: {dtype}" for name, dtype in table.dtypes.items()): _copy_pandas(table.iloc[:0])}


def _sample_pyarrow(table: Any) -> dict[str, Any]:
    return {", ".join(f"{each.name}: {each.type}" for each in table.schema): table.schema.empty_table()}


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
    "pandas series": _join_pandas,
    "pyarrow": _join_pyarrow,
}

_COPY: Final[dict[str, Callable[[Any], Any]]] = {
    "list": interned,
    "tuple": interned,
    "str": str,
    "bytes": bytes,
    "awkward": _copy_awkward,
    "pandas": _copy_pandas,
    "pandas series": _copy_pandas,
    "pyarrow": _copy_pyarrow,
}

_SAMPLE: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {
    "awkward": _sample_awkward,
    "pandas": _sample_pandas,
    "pyarrow": _sample_pyarrow,
}
