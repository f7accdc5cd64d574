"""Records of columns that are read when touched: a block's own, and what is made of it by slicing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from typing import Any, Final

import numpy as np

from overproof.columns.fetching import NoSuchBranchError
from overproof.columns.layouts import NativeColumn
from overproof.columns.views.kinds import is_array, is_record
from overproof.columns.views.origin import OfOneBlock
from overproof.records.schema import Branch, Schema

_OF_THE_ARRAY: Final = frozenset(("mask", "ndim", "show", "to_list", "to_numpy", "tolist", "type", "typestr"))


class View(OfOneBlock, ABC):
    """A record of columns that are read when touched.

    `events.Muon_pt` and `events["Muon_pt"]` give a column, `events["a.b"]` and `events.a.b` one inside of a split
    object, `events[["a", "b"]]` a record of fewer columns, `events[mask]`, `events[2:10]` and `events[indices]` one of
    fewer entries, `events[3]` one entry. `events["new"] = array` adds a column to this view and the views made of it.
    Awkward's functions take it as the record array that it stands for; `.array` is that array.

    What else an awkward array can do is done by it too: `ndim`, `type`, `typestr`, `mask`, `show`, `to_list`, `tolist`
    and `to_numpy`, unless a branch has that name. A selector may put out a view: its record array is put out, read.

    A branch that has the name of an attribute (`file`, `first`, `seed` ...) is had by `events["file"]`.
    """

    _own: dict[str, Any]

    @property
    @abstractmethod
    def _fields(self) -> Sequence[str]:
        """Names of the block's columns in this view."""

    @abstractmethod
    def _get(self, name: str) -> Any:
        """Return a column of the block."""

    def _native(self, name: str) -> NativeColumn | None:
        """Return a column of the block as plain arrays; None where it is to be had by `_get` only."""
        return None

    @abstractmethod
    def _has(self, name: str) -> bool:
        """Tell whether `_get` would know the name."""

    @abstractmethod
    def _is_column(self, name: str) -> bool:
        """Tell quickly whether `_fields` has the name."""

    @abstractmethod
    def _empty(self, name: str) -> Any:
        """Return a column of no entries."""

    @abstractmethod
    def _branch(self, name: str) -> Branch | None:
        """Tell the type of a column where it is known without reading."""

    def _is_own(self, name: str) -> bool:
        """Tell whether a column was added, here or to a view that this one is made of: it is at hand, not read."""
        return name in self._own

    def _added(self) -> dict[str, Any]:
        """Return the columns that were added, here or to a view that this one is made of; its own entries or more."""
        return dict(self._own)

    def _is_taken(self, name: str) -> bool:
        """Tell whether a column of the block has the name, or lies below it, whether or not this view shows it."""
        return any(own == name or own.startswith(f"{name}.") for own in self._own)

    @abstractmethod
    def __len__(self) -> int:
        """Count the entries."""

    # -- what a user asks for ------------------------------------------------------------------------------------

    @property
    def fields(self) -> list[str]:
        """Names of all columns."""
        return [*(name for name in self._fields if name not in self._own), *self._own]

    @property
    def array(self) -> Any:
        """The awkward record array of all columns, each of them read when awkward looks into it."""
        from overproof.columns.views.virtual import virtual_record

        return virtual_record(
            self.fields,
            length=len(self),
            is_at_hand=self._is_own,
            types=self._branch,
            empty=self._empty,
            get=self._column,
        )

    def __getitem__(self, where: Any) -> Any:
        if isinstance(where, str):
            return self._item(where)
        if isinstance(where, list) and where and all(isinstance(each, str) for each in where):
            return _Projected(self, where)
        if isinstance(where, (int, np.integer, tuple)) or where is None or where is Ellipsis:
            return self.array[where]
        if is_array(where) and where.ndim > 1:
            return self.array[where]
        return _Sliced(self, where)

    def __setitem__(self, name: str, values: Any) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a column must be a string, not {name!r}")
        column = _column_of(values, len(self))
        if len(column) != len(self):
            raise ValueError(f"column '{name}' has {len(column)} entries and the events are {len(self)}")
        self._own[name] = column

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise AttributeError(f'a column is not set as an attribute: write events["{name}"] = ...')
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        # Python and numpy probe for names like these on everything.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")
        if name in _OF_THE_ARRAY and not self._is_taken(name):
            return self._mask() if name == "mask" else getattr(self.array, name)
        return self._item(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._own or self._has(name))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *_OF_THE_ARRAY, *(name for name in self.fields if name.isidentifier())})

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

    def _mask(self) -> Any:
        # Awkward's own `mask` does not keep its array, which nobody else holds here.
        from overproof.columns.views.mask import Mask

        return Mask(self.array)

    def _column(self, name: str) -> Any:
        return self._own[name] if name in self._own else self._get(name)

    def __awkward_function__(
        self, function: Callable[..., Any], _likes: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Let a function of awkward see the record array."""
        return function(*(_plain(each) for each in args), **{name: _plain(each) for name, each in kwargs.items()})


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
    def entry_numbers(self) -> Any:
        """Numbers of the entries of this view, counted in the tree."""
        return self._parent.entry_numbers

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
        return self._parent._branch(self._in_parent(name))

    def _empty(self, name: str) -> Any:
        return self._parent._empty(self._in_parent(name))

    def _is_own(self, name: str) -> bool:
        return super()._is_own(name) or self._parent._is_own(self._in_parent(name))

    def _added(self) -> dict[str, Any]:
        return {name: array for name, array in self._parent._added().items() if self._has(name)} | self._own

    def _is_taken(self, name: str) -> bool:
        return super()._is_taken(name) or self._parent._is_taken(self._in_parent(name))


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
        self._is_option = is_array(where) and where.layout.is_option
        if not isinstance(where, slice) and not self._is_option:
            where = np.asarray(where)
            where = where if len(where) else where.astype(np.int64)
        self._where = where
        # Slicing the numbers of the entries tells the length, and whether the slice is right at all.
        numbers = np.arange(len(parent))
        self._length = len(self._picked(numbers))
        self._sliced: dict[str, Any] = {}

    def __len__(self) -> int:
        return self._length

    @property
    def entry_numbers(self) -> Any:
        """Numbers of the entries of this view, counted in the tree."""
        return self._picked(self._parent.entry_numbers)

    def _picked(self, numbers: Any) -> Any:
        if not self._is_option:
            return numbers[self._where]
        import awkward as ak

        return ak.Array(numbers)[self._where]

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
        import awkward as ak

        array = self._parent.array[self._where]
        for name, column in self._own.items():
            array = ak.with_field(array, column, name)
        return array


def native_column(events: Any, name: str) -> NativeColumn | None:
    """Return a column of a view as plain arrays; None where it is to be had by `events[name]` only.

    Raises:
        BranchError, ReadError: as `events[name]`.
    """
    return events._native(name) if isinstance(events, View) and name not in events._own else None


def added_columns(view: View) -> dict[str, Any]:
    """Return the columns that a selector has added to a view; of its entries, or of those of a view it is made of."""
    return view._added()


def defaults_of(view: View) -> dict[str, Any]:
    """Return what each entry has instead of the optional branches that its file lacks."""
    return view._block.columns.defaults


def file_of(view: View) -> tuple[Schema, int]:
    """Return the schema of the file that the entries of a view are from, and the size of the dataset by this file.

    The size is in entries, as if all files had as many as this one.

    Raises:
        ReadError: the description in the file is damaged.
    """
    reader = view._block.columns.reader
    return reader.schema(), reader.n_entries * view._block.n_files


def _plain(value: Any) -> Any:
    """Put record arrays in the place of views, also inside of lists, tuples and dicts."""
    return value if is_array(value) or is_record(value) else replaced(value, _plain)


def replaced(value: Any, replace: Callable[[Any], Any]) -> Any:
    """Turn a view into its array, and replace what is inside of lists, tuples and dicts, which stay untouched."""
    if isinstance(value, View):
        return replace(value.array)
    if type(value) in (list, tuple):
        elements = [replace(each) for each in value]
        is_same = all(new is old for new, old in zip(elements, value, strict=True))
        return value if is_same else type(value)(elements)
    if isinstance(value, dict):
        changed = {key: new for key, old in value.items() if (new := replace(old)) is not old}
        if changed:
            value = copy(value)
            for key, new in changed.items():
                value[key] = new
    return value


def _column_of(values: Any, length: int) -> Any:
    """Make a column of a sequence with a value for each entry, or of one value for all entries."""
    import awkward as ak

    values = _plain(values)
    if isinstance(values, ak.Array):
        return values
    # numpy would look into lists, and refuse those of unequal lengths.
    if isinstance(values, (list, tuple)):
        return ak.Array(list(values))
    if isinstance(values, (ak.Record, dict)) or np.ndim(values) == 0:
        return ak.Array([values])[np.zeros(length, np.int64)]
    return ak.Array(values)
