"""Records made in a quarter of the time, where a hundred thousand of them are made in a second."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def made_quickly(record: Callable[P, R]) -> Callable[P, R]:
    """Return a function that makes the same records as their class, of the same arguments.

    A frozen record guards itself against changes, and so against its own `__init__`, which goes around the guard field
    by field. Here a draft without a guard is filled, and becomes a record when it is whole.

    Args:
        record: a frozen dataclass with slots, each field of which is its own, without factories and `__post_init__`.

    Raises:
        TypeError: it is something else.
    """
    assert isinstance(record, type)
    cls: Any = record
    fields = {each.name: each for each in dataclasses.fields(cls)}
    is_plain = all(
        each.init and each.kw_only and each.default_factory is dataclasses.MISSING for each in fields.values()
    )
    if not is_plain or cls.__bases__ != (object,) or hasattr(cls, "__post_init__") or {*cls.__slots__} != {*fields}:
        raise TypeError(f"{cls.__name__} is made by more than its fields: make it by its class")
    draft = type(cls.__name__, (), {"__slots__": cls.__slots__})
    scope: dict[str, Any] = {"_draft": draft, "_record": cls}
    arguments = []
    for name, each in fields.items():
        has_default = each.default is not dataclasses.MISSING
        scope |= {f"_d_{name}": each.default} if has_default else {}
        arguments.append(f"{name}=_d_{name}" if has_default else name)
    filled = "\n ".join(f"_made.{name} = {name}" for name in fields)
    text = (
        f"def make(*, {', '.join(arguments)}):\n _made = _draft()\n {filled}\n _made.__class__ = _record\n return _made"
    )
    exec(text, scope)
    make: Callable[P, R] = scope["make"]
    make.__doc__ = f"Make a {cls.__name__}, as the class does."
    return make
