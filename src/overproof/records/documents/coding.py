"""Records as documents of plain lists, dicts, numbers and texts, and back.

A record becomes a dict of those of its fields that differ from their defaults; a block, of which there are many, a
list. Mappings become lists of pairs, because keys need not be texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from overproof.records.block import Block
from overproof.words.errors import InvariantError

T = TypeVar("T")

MAX_SHORT = 1 << 63
"""Whole numbers from here on are written in hexadecimal: decimal takes time with the square of their length."""


class Coder(NamedTuple):
    """How one type is written and read; None for what is written as it is."""

    write: Callable[[Any], Any] | None = None
    read: Callable[[Any], Any] | None = None


def to_document(record: object) -> Any:
    """Write a record as a document."""
    kind: Any = type(record)
    write = _coder(kind).write
    assert write is not None
    return write(record)


def from_document(kind: type[T], document: Any) -> T:
    """Read a record of this type from a document.

    Raises:
        KeyError, TypeError, ValueError, IndexError, AttributeError: it is not a document of this type.
    """
    hint: Any = kind
    read = _coder(hint).read
    assert read is not None
    result: T = read(document)
    return result


@cache
def _coder(hint: Any) -> Coder:
    """Find out how a type is written and read."""
    if hint in (str, float, bool, NoneType, Any) or get_origin(hint) is Literal:
        return Coder()
    if hint is int:
        return Coder(_write_int, _read_int)
    if hint is Block:
        return Coder(_write_block, _read_block)
    if is_dataclass(hint):
        return _record_coder(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Coder(lambda value: value.value, hint)
    if get_origin(hint) in (Union, UnionType):
        return _optional_coder(hint)
    if get_origin(hint) is tuple:
        return _tuple_coder(hint)
    if get_origin(hint) is Mapping:
        return _mapping_coder(hint)
    raise InvariantError(f"records of type {hint} have no document")


def _record_coder(kind: Any) -> Coder:
    hints = get_type_hints(kind)
    parts = [(field.name, _default_of(field), _coder(hints[field.name])) for field in fields(kind)]
    readers = {name: coder.read for name, _, coder in parts}

    def write(record: Any) -> dict[str, Any]:
        document = {}
        for name, default, coder in parts:
            value = getattr(record, name)
            if value != default:
                document[name] = value if coder.write is None else coder.write(value)
        return document

    def read(document: Mapping[str, Any]) -> Any:
        values = {}
        for name, value in document.items():
            reader = readers[name]
            values[name] = value if reader is None else reader(value)
        return kind(**values)

    return Coder(write, read)


def _default_of(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _optional_coder(hint: Any) -> Coder:
    """Write `X | None`; no record holds other unions."""
    (kind,) = [each for each in get_args(hint) if each is not NoneType]
    write, read = _coder(kind)
    return Coder(
        write and (lambda value: None if value is None else write(value)),
        read and (lambda value: None if value is None else read(value)),
    )


def _tuple_coder(hint: Any) -> Coder:
    """Write `tuple[X, ...]` and `tuple[X, X]`; numbers in tuples are short."""
    kind = get_args(hint)[0]
    write, read = (None, None) if kind is int else _coder(kind)
    return Coder(
        list if write is None else (lambda value: [write(each) for each in value]),
        tuple if read is None else (lambda value: tuple([read(each) for each in value])),
    )


def _mapping_coder(hint: Any) -> Coder:
    keys, values = (_coder(each) for each in get_args(hint))

    def write(mapping: Mapping[Any, Any]) -> list[list[Any]]:
        return [[_by(keys.write, key), _by(values.write, value)] for key, value in mapping.items()]

    def read(pairs: list[list[Any]]) -> dict[Any, Any]:
        return {_by(keys.read, key): _by(values.read, value) for key, value in pairs}

    return Coder(write, read)


def _by(way: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if way is None else way(value)


def _write_int(value: int) -> int | str:
    return value if -MAX_SHORT < value < MAX_SHORT else hex(value)


def _read_int(value: int | str) -> int:
    return int(value, 16) if isinstance(value, str) else value


def _write_block(block: Block) -> list[Any]:
    document: list[Any] = [block.file, block.index, block.first, block.stop]
    if block.ranges is not None:
        document.append(list(block.ranges))
    return document


def _read_block(document: list[Any]) -> Block:
    file, index, first, stop, *rest = document
    ranges = tuple([(first, stop) for first, stop in rest[0]]) if rest else None
    return Block(file=file, index=index, first=first, stop=stop, ranges=ranges)
