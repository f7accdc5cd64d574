"""The lazy record of one block that selectors get."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import awkward as ak
import numpy as np

from overproof.columns.fetching import BlockColumns, ColumnMemory, NoSuchBranchError
from overproof.columns.formats import Reader
from overproof.columns.virtual import virtual_record
from overproof.records.schema import Branch
from overproof.words.errors import BranchError, ReadError

__all__ = ["ColumnMemory", "Events", "NoSuchBranchError"]


class View:
    """A record of columns that are read when touched.

    `events.Muon_pt` and `events["Muon_pt"]` give a column, `events["a.b"]` and `events.a.b` one inside of a split
    object, `events[["a", "b"]]` a record of fewer columns, `events[mask]`, `events[2:10]` and `events[indices]` one of
    fewer entries, `events[3]` one entry. `events["new"] = array` adds a column to this view and the views made of it.
    Awkward's functions take it as the record array that it stands for; `.array` is that array.

    A branch that has the name of an attribute (`file`, `first`, `seed` ...) is had by `events["file"]`.
    """

    _own: dict[str, Any]
    _block: Block

    @property
    def _fields(self) -> Sequence[str]:
        raise NotImplementedError

    def _get(self, name: str) -> Any:
        raise NotImplementedError

    def _has(self, name: str) -> bool:
        raise NotImplementedError

    def _is_column(self, name: str) -> bool:
        """Tell quickly whether `_fields` has the name."""
        raise NotImplementedError

    def _empty(self, name: str) -> Any:
        """Return a column of no entries."""
        raise NotImplementedError

    def _branch(self, name: str) -> Branch | None:
        """Tell the type of a column where it is known without reading."""
        return None

    def __len__(self) -> int:
        raise NotImplementedError

    # -- what a user asks for ------------------------------------------------------------------------------------

    @property
    def fields(self) -> list[str]:
        """Names of all columns."""
        return [*(name for name in self._fields if name not in self._own), *self._own]

    @property
    def array(self) -> Any:
        """The awkward record array of all columns, each of them read when awkward looks into it."""
        return virtual_record(
            self.fields,
            length=len(self),
            types=lambda name: None if name in self._own else self._branch(name),
            empty=lambda name: self._own[name][:0] if name in self._own else self._empty(name),
            get=self._column,
        )

    def __getitem__(self, where: Any) -> Any:
        if isinstance(where, str):
            return self._item(where)
        if isinstance(where, list) and where and all(isinstance(each, str) for each in where):
            return _Projected(self, where)
        if isinstance(where, (int, np.integer, tuple)) or where is None or where is Ellipsis:
            return self.array[where]
        if isinstance(where, ak.Array) and where.ndim > 1:
            return self.array[where]
        return _Sliced(self, where)

    def __setitem__(self, name: str, values: Any) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a column must be a string, not {name!r}")
        column = ak.Array([values])[np.zeros(len(self), np.int64)] if np.ndim(values) == 0 else ak.Array(values)
        if len(column) != len(self):
            raise ValueError(f"column '{name}' has {len(column)} entries and the events are {len(self)}")
        self._own[name] = column

    def __getattr__(self, name: str) -> Any:
        # Python and numpy probe for names like these on everything.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")
        return self._item(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._own or self._has(name))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *(name for name in self.fields if name.isidentifier())})

    def __repr__(self) -> str:
        block = self._block
        return f"<Events {len(self)} of {block.file}:{block.tree} [{block.first}:{block.stop}]>"

    def _item(self, name: str) -> Any:
        """Return a column, or the view of everything below a name with dots."""
        if name in self._own:
            return self._own[name]
        if not self._is_column(name) and any(field.startswith(f"{name}.") for field in self._fields):
            return _Below(self, name)
        return self._get(name)

    def _column(self, name: str) -> Any:
        return self._own[name] if name in self._own else self._get(name)

    def __awkward_function__(
        self, function: Callable[..., Any], _likes: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Let a function of awkward see the record array."""
        return function(*(_plain(each) for each in args), **{name: _plain(each) for name, each in kwargs.items()})

    # -- what is the same in all views of a block ----------------------------------------------------------------

    @property
    def file(self) -> str:
        """Path or URL of the file."""
        return self._block.file

    @property
    def tree(self) -> str:
        """Path of the tree in the file."""
        return self._block.tree

    @property
    def first(self) -> int:
        """First entry of the block, counted in the tree."""
        return self._block.first

    @property
    def stop(self) -> int:
        """Last entry of the block, exclusive."""
        return self._block.stop

    @property
    def metadata(self) -> dict[str, Any]:
        """What the dataset says about the file."""
        return self._block.metadata

    @property
    def seed(self) -> int:
        """A 64-bit seed that belongs to the block."""
        return self._block.seed

    @property
    def rng(self) -> np.random.Generator:
        """Dice that belong to the block: the same numbers whenever and wherever it is processed."""
        return self._block.rng

    @property
    def touched(self) -> tuple[str, ...]:
        """Columns asked for so far, in any view of the block."""
        return tuple(self._block.columns.touched)

    @property
    def failure(self) -> ReadError | BranchError | None:
        """Why a column could not be read, also when somebody has caught the exception since."""
        return self._block.columns.failure


class Block:
    """What all views of one block share."""

    def __init__(self, columns: BlockColumns, *, seed: Sequence[int], metadata: Mapping[str, Any]) -> None:
        self.columns = columns
        self.file = columns.reader.path
        self.tree = columns.reader.tree
        self.first = columns.first
        self.stop = columns.stop
        self.metadata = dict(metadata)
        self._entropy = [part % 2**64 for part in seed]

    @cached_property
    def seed(self) -> int:
        return int(np.random.SeedSequence(self._entropy).generate_state(1, np.uint64)[0])

    @cached_property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self._entropy))

    @cached_property
    def types(self) -> dict[str, Branch]:
        return {branch.name: branch for branch in self.columns.reader.schema().branches}


class Events(View):
    """The entries of one block.

    Args:
        reader: the open tree.
        first: first entry.
        stop: last entry, exclusive.
        memory: what recent blocks have touched, fetched together with the first column; it learns what this one does.
        branches: names or glob patterns of what may be touched; None: everything.
        optional: for branches that the file may lack: what each entry has instead.
        seed: numbers that make the dice of the block: seed of the query, place of the file, first entry.
        metadata: what the dataset says about the file.
    """

    def __init__(
        self,
        reader: Reader,
        first: int,
        stop: int,
        *,
        memory: ColumnMemory | None = None,
        branches: Sequence[str] | None = None,
        optional: Mapping[str, Any] | None = None,
        seed: int | Sequence[int] = 0,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        columns = BlockColumns(
            reader,
            first,
            stop,
            prefetch=() if memory is None else memory.names,
            allowed=branches,
            optional=optional or {},
        )
        entropy = (seed, 0, first) if isinstance(seed, int) else seed
        self._block = Block(columns, seed=entropy, metadata=metadata or {})
        if memory is not None:
            memory.follow(columns.touched)
        self._own = {}

    def __len__(self) -> int:
        return self._block.stop - self._block.first

    @property
    def _fields(self) -> Sequence[str]:
        return self._block.columns.names

    def _get(self, name: str) -> Any:
        return self._block.columns.get(name)

    def _has(self, name: str) -> bool:
        return self._block.columns.has(name)

    def _is_column(self, name: str) -> bool:
        return self._block.columns.is_column(name)

    def _branch(self, name: str) -> Branch | None:
        return self._block.types.get(name)

    def _empty(self, name: str) -> Any:
        columns = self._block.columns
        # An optional branch that the file lacks is not read from it: its column is at hand.
        return columns.reader.read([name], 0, 0)[name] if name in self._block.types else columns.get(name)[:0]


class _Derived(View):
    """A view made of another one."""

    def __init__(self, parent: View) -> None:
        self._parent = parent
        self._block = parent._block
        self._own = {}

    def _in_parent(self, name: str) -> str:
        return name

    def __len__(self) -> int:
        return len(self._parent)

    @property
    def _fields(self) -> Sequence[str]:
        return self._parent.fields

    def _get(self, name: str) -> Any:
        return self._parent._item(self._in_parent(name))

    def _has(self, name: str) -> bool:
        return self._in_parent(name) in self._parent

    def _is_column(self, name: str) -> bool:
        parents = self._in_parent(name)
        return parents in self._parent._own or self._parent._is_column(parents)

    def _branch(self, name: str) -> Branch | None:
        parents = self._in_parent(name)
        return None if parents in self._parent._own else self._parent._branch(parents)

    def _empty(self, name: str) -> Any:
        parents = self._in_parent(name)
        return self._parent._own[parents][:0] if parents in self._parent._own else self._parent._empty(parents)


class _Projected(_Derived):
    """Fewer columns."""

    def __init__(self, parent: View, names: Iterable[str]) -> None:
        super().__init__(parent)
        self._names = list(dict.fromkeys(names))
        for name in self._names:
            if name not in parent:
                parent._item(name)  # says what is wrong with the name

    @property
    def _fields(self) -> Sequence[str]:
        return self._names

    def _get(self, name: str) -> Any:
        if name not in self._names:
            raise NoSuchBranchError(f"no branch '{name}' in this view: it has {', '.join(self._names)}")
        return super()._get(name)

    def _has(self, name: str) -> bool:
        return name in self._names

    def _is_column(self, name: str) -> bool:
        return name in self._names and super()._is_column(name)


class _Below(_Derived):
    """The columns inside of a split object."""

    def __init__(self, parent: View, prefix: str) -> None:
        super().__init__(parent)
        self._prefix = f"{prefix}."

    def _in_parent(self, name: str) -> str:
        return self._prefix + name

    @property
    def _fields(self) -> Sequence[str]:
        n = len(self._prefix)
        return [field[n:] for field in self._parent.fields if field.startswith(self._prefix)]


class _Sliced(_Derived):
    """Fewer entries, or others; a column is sliced when it is touched, once."""

    def __init__(self, parent: View, where: Any) -> None:
        super().__init__(parent)
        # A mask or index with missing values is understood by awkward only, and makes columns with missing values.
        self._is_option = isinstance(where, ak.Array) and where.layout.is_option
        if not isinstance(where, slice) and not self._is_option:
            where = np.asarray(where)
            where = where if len(where) else where.astype(np.int64)
        self._where = where
        # Slicing the numbers of the entries tells the length, and whether the slice is right at all.
        numbers = np.arange(len(parent))
        self._length = len(ak.Array(numbers)[where] if self._is_option else numbers[where])
        self._sliced: dict[str, Any] = {}

    def __len__(self) -> int:
        return self._length

    def _get(self, name: str) -> Any:
        if name not in self._sliced:
            column = self._parent._item(name)
            self._sliced[name] = column[self._where]
        return self._sliced[name]

    @property
    def array(self) -> Any:
        """The awkward record array of all columns, each of them read when awkward looks into it."""
        if not self._is_option:
            return super().array
        array = self._parent.array[self._where]
        for name, column in self._own.items():
            array = ak.with_field(array, column, name)
        return array


def _plain(value: Any) -> Any:
    """Put record arrays in the place of views, also inside of lists, tuples and dicts."""
    if isinstance(value, View):
        return value.array
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_plain(each) for each in value)
    if type(value) is dict:
        return {name: _plain(each) for name, each in value.items()}
    return value
