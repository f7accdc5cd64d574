"""Digests of values: equal ones have equal digests in every process, wherever they lie in memory."""

from __future__ import annotations

import dis
import functools
import hashlib
import inspect
import pickle
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from overproof.analysis.selector import Selector
from overproof.session.written import is_installed, is_users

PLAIN = (bool, int, float, complex, str, bytes)
CONTAINERS = (Mapping, list, tuple, set, frozenset)
MAX_DEPTH = 100
"""Values inside of values that are looked into."""
CODE = (FunctionType, MethodType, functools.partial, type)


def digest_of(*values: Any) -> str:
    """Digest values: parameters, data, and functions and classes with the values that they hold.

    A function holds its defaults, what it has captured, and the global data that it names; a class its attributes.
    What cannot be digested by its content counts by its type alone.
    """
    digest = _Digest()
    for value in values:
        digest.feed(value)
    return digest.text()


def compiled_digest(written: Any) -> str:
    """Digest the compiled code of a class or function that has no file."""
    digest = _Digest()
    for function in _functions(written):
        digest.feed_code(function.__code__)
    return digest.text()


class _Digest:
    """A digest that is fed with values; each function, class and object is looked into once."""

    def __init__(self) -> None:
        self._digest = hashlib.blake2b(digest_size=16)
        self._known: set[int] = set()
        self._inside: set[int] = set()

    def text(self) -> str:
        return self._digest.hexdigest()

    def feed(self, value: Any) -> None:
        self._say(f"<{type(value).__qualname__}>")
        if value is None or isinstance(value, PLAIN):
            self._say(repr(value))
        elif id(value) not in self._inside and len(self._inside) < MAX_DEPTH:  # else a circle, or a long chain
            self._inside.add(id(value))
            self._feed_parts(value)
            self._inside.discard(id(value))

    def feed_code(self, code: CodeType) -> None:
        self._digest.update(code.co_code)
        self._say(repr(code.co_names))
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self.feed_code(constant)
            else:
                self._say(digest_of(constant))  # a set among them has another order in every process

    def _feed_parts(self, value: Any) -> None:
        if isinstance(value, Mapping):
            self._feed_all(each for pair in value.items() for each in pair)
        elif isinstance(value, list | tuple):
            self._feed_all(value)
        elif isinstance(value, set | frozenset):
            self._say(repr(sorted(digest_of(each) for each in value)))
        elif isinstance(value, CODE):
            self._feed_written(value)
        elif isinstance(value, ModuleType):
            self._say(value.__name__)
        elif isinstance(getattr(value, "__dict__", None), dict):
            if id(value) not in self._known:  # objects that know each other would be fed again and again
                self._known.add(id(value))
                self._feed_written(type(value))
                self.feed(vars(value))
        else:
            self._digest.update(_pickled(value))

    def _feed_all(self, values: Iterable[Any]) -> None:
        for each in values:
            self.feed(each)

    def _feed_written(self, value: Any) -> None:
        if isinstance(value, functools.partial):
            self._feed_all((value.func, value.args, value.keywords))
        elif isinstance(value, MethodType):
            self._feed_all((value.__func__, value.__self__))
        elif id(value) not in self._known:
            self._known.add(id(value))
            self._say(value.__qualname__)
            if isinstance(value, FunctionType):
                self._feed_function(value)
            elif is_users(value):
                self._feed_class(value)

    def _feed_function(self, function: FunctionType) -> None:
        self.feed_code(function.__code__)
        self._feed_all((function.__defaults__, function.__kwdefaults__))
        self._feed_all(_captured(function))
        if is_users(function):
            for name, value in _globals_of(function):
                self._say(name)
                self.feed(value)

    def _feed_class(self, kind: type) -> None:
        for base in kind.__mro__:
            if base in (Selector, object) or not is_users(base):
                continue
            for name, value in sorted(vars(base).items()):
                plain = _without_descriptor(value)
                if isinstance(plain, FunctionType) or not name.startswith(("__", "_abc_")):
                    self._say(name)
                    self.feed(plain)

    def _say(self, text: str) -> None:
        self._digest.update(text.encode("utf-8", "surrogatepass"))


def _captured(function: FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            yield None


def _globals_of(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Give the global data, functions and classes of the user that a function names, by name.

    What it writes itself, such as a counter, is no part of the question.
    """
    names: set[str] = set()
    by_use: dict[str, set[str]] = {}
    for code in _codes(function.__code__):
        names.update(code.co_names)  # of attributes too, which are no globals
        for each in dis.get_instructions(code):
            by_use.setdefault(each.opname, set()).add(str(each.argval))
    loaded = by_use.get("LOAD_GLOBAL", set()) | by_use.get("LOAD_NAME", set())
    for name in sorted(loaded - by_use.get("STORE_GLOBAL", set())):
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType) and not is_installed(value):
            for inner in sorted(names & vars(value).keys()):
                if _counts(vars(value)[inner]):
                    yield f"{name}.{inner}", vars(value)[inner]
        elif value is not None and _counts(value):
            yield name, value


def _counts(value: Any) -> bool:
    """Tell whether a global value is data, or code of the user; other objects come and go with their libraries."""
    if isinstance(value, functools.partial | MethodType):
        return True
    if isinstance(value, FunctionType | type):
        return is_users(value)
    return isinstance(value, (*PLAIN, *CONTAINERS)) or type(value).__module__ == "numpy"


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _without_descriptor(value: Any) -> Any:
    if isinstance(value, staticmethod | classmethod):
        return value.__func__
    if isinstance(value, property):
        return value.fget
    return value


def _functions(written: Any) -> Iterator[FunctionType]:
    if isinstance(written, FunctionType):
        yield written
    elif inspect.isclass(written):
        for kind in written.__mro__:
            if kind not in (Selector, object):
                yield from (value for _, value in sorted(vars(kind).items()) if isinstance(value, FunctionType))


def _pickled(value: Any) -> bytes:
    try:
        return pickle.dumps(value, protocol=5)
    except Exception:  # noqa: BLE001 - users' types raise what they like; such a value is known by its type alone
        return b""
