"""Frozen dataclasses with slots, made in a fifth of the time.

There are some two hundred records in this package, and whoever waits for a first histogram waits until those that it
needs are made. What `dataclasses` makes of a class it writes as text and compiles, method by method, nearly a
millisecond each. Here only `__init__` is; what it makes is a dataclass in every way, for `fields`, `replace`, `asdict`,
`match` and pickles too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

__all__ = ["dataclass"]

_QUICK: Final = ({"frozen": True, "slots": True, "kw_only": True}, {"frozen": True, "slots": True})
"""Options of which we know how; all others are left to `dataclasses`."""

_PARAMETERS: Final = SimpleNamespace(init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=True)
_ABSENT: Final = object()
"""Stands for an argument that was not given, where a factory makes what stands in its place."""

_FIELD_KIND: Any = dataclasses._FIELD  # type: ignore[attr-defined]  # what `dataclasses.fields` looks for

_set = object.__setattr__

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """Make a class a dataclass, as `dataclasses.dataclass` does."""
        if options not in _QUICK:
            return dataclasses.dataclass(cls, **options)
        return lambda of: _made(of, kw_only="kw_only" in options)


def _made(cls: type, *, kw_only: bool) -> type:
    own = _own_fields(cls, kw_only=kw_only)
    inherited: dict[str, dataclasses.Field[Any]] = {}
    for above in reversed(cls.__mro__[1:]):
        inherited |= getattr(above, "__dataclass_fields__", {})
    fields = {**inherited, **own}
    taken = {slot for above in cls.__mro__[1:] for slot in _slots_of(above)}
    namespace = {
        name: value for name, value in vars(cls).items() if name not in own and name not in {"__dict__", "__weakref__"}
    }
    namespace["__slots__"] = tuple(name for name in fields if name not in taken)
    namespace["__dataclass_fields__"] = fields
    namespace["__dataclass_params__"] = _PARAMETERS
    plain = (name for name, each in fields.items() if each.init and not each.kw_only)
    namespace.setdefault("__match_args__", tuple(plain))
    made: type = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__qualname__ = cls.__qualname__
    has_more = hasattr(made, "__post_init__")
    methods = {"__init__": _initializer(made, fields, has_more=has_more), **_methods_of(fields)}
    methods |= _guards_of(made, frozenset(fields))
    for name, method in methods.items():
        if name not in namespace or (name == "__hash__" and namespace[name] is None):
            method.__qualname__ = f"{made.__qualname__}.{name}"
            setattr(made, name, method)
    return made


def _own_fields(cls: type, *, kw_only: bool) -> dict[str, dataclasses.Field[Any]]:
    """Return the fields that a class declares itself; annotations are texts in this package."""
    fields = {}
    for name, annotation in vars(cls).get("__annotations__", {}).items():
        if annotation.startswith(("ClassVar", "typing.ClassVar")):
            continue
        given = vars(cls).get(name, dataclasses.MISSING)
        each: Any = given if isinstance(given, dataclasses.Field) else dataclasses.field(default=given)
        if each.default is not dataclasses.MISSING and type(each.default).__hash__ is None:
            raise ValueError(f"mutable default of {cls.__name__}.{name}: use default_factory")
        each.name, each.type, each._field_type = name, annotation, _FIELD_KIND
        each.kw_only = kw_only if each.kw_only is dataclasses.MISSING else each.kw_only
        fields[name] = each
    return fields


def _slots_of(cls: type) -> Iterable[str]:
    slots = vars(cls).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else slots


def _initializer(cls: type, fields: Mapping[str, dataclasses.Field[Any]], *, has_more: bool) -> Callable[..., None]:
    """Write and compile `__init__`."""
    scope: dict[str, Any] = {"_set": _set, "_absent": _ABSENT}
    plain: list[str] = []
    keyword: list[str] = []
    body: list[str] = []
    for name, each in fields.items():
        value, argument = name, name
        if each.default is not dataclasses.MISSING:
            scope[f"_d_{name}"] = each.default
            argument, value = f"{name}=_d_{name}", name if each.init else f"_d_{name}"
        elif each.default_factory is not dataclasses.MISSING:
            scope[f"_f_{name}"] = each.default_factory
            argument = f"{name}=_absent"
            value = f"_f_{name}() if {name} is _absent else {name}" if each.init else f"_f_{name}()"
        if each.init:
            (keyword if each.kw_only else plain).append(argument)
        if each.init or value != name:
            body.append(f"_set(self, {name!r}, {value})")
    if has_more:
        body.append("self.__post_init__()")
    arguments = ", ".join(["self", *plain, *(["*", *keyword] if keyword else [])])
    exec(f"def __init__({arguments}):\n " + "\n ".join(body or ["pass"]), scope)
    made: Callable[..., None] = scope["__init__"]
    made.__module__ = cls.__module__
    return made


def _methods_of(fields: Mapping[str, dataclasses.Field[Any]]) -> dict[str, Any]:
    """Return what compares, hashes, shows and pickles: each looks at the values of the fields."""
    values = _getter([name for name, each in fields.items() if each.compare])
    hashed = _getter([name for name, each in fields.items() if (each.compare if each.hash is None else each.hash)])
    shown = [name for name, each in fields.items() if each.repr]
    names = list(fields)

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807 - becomes the method of that name, as all of these
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(hashed(self))

    def __repr__(self: Any) -> str:  # noqa: N807
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def __getstate__(self: Any) -> list[Any]:  # noqa: N807
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:  # noqa: N807
        for name, value in zip(names, state, strict=True):
            _set(self, name, value)

    return {each.__name__: each for each in (__eq__, __hash__, __repr__, __getstate__, __setstate__)}


def _getter(names: list[str]) -> Callable[[Any], Any]:
    """Return what gives the values of some fields, always as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda each: (getattr(each, names[0]),)) if names else (lambda _: ())


def _guards_of(cls: Any, names: frozenset[str]) -> dict[str, Any]:
    """Return what keeps everybody from changing a record."""

    def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}
