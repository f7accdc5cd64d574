"""What the user wrote of a selector, under whatever it is wrapped in."""

from __future__ import annotations

import functools
import inspect
import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from overproof.analysis.by_dataset import undivided
from overproof.analysis.processors import ProcessorSelector
from overproof.analysis.selector import FunctionSelector, Selector

MAIN = "__main__"
RUN_HERE = frozenset({"begin", "terminate", "postprocess"})
"""Methods of which workers run nothing."""

_FOR_PACKAGES = {"site-packages", "dist-packages"}
"""Names of directories of packages, also of those that a software stack adds to the path of modules."""

MAX_WRAPPINGS = 100
"""Wrappings that are taken off; what goes on behind them turns in a circle."""


def given_by_user(selector: Selector) -> Any:
    """Return what the user gave: the function, or the object that is called like one, or the selector itself."""
    selector = undivided(selector)
    if isinstance(selector, ProcessorSelector):
        return selector.processor
    return selector.function if isinstance(selector, FunctionSelector) else selector


def written_by_user(selector: Selector) -> tuple[Any, ...]:
    """Return the functions and classes of which a selector is made, the innermost one, which names it, first.

    A partial is made of its function and of the functions among its arguments, a wrapped function of both, a bound
    method and a callable object of their class.
    """
    *others, core = _layers(given_by_user(selector))
    return (core, *others)


def home_of(piece: Any) -> ModuleType | None:
    """Return the module in which a function or class is written; None where nobody knows."""
    return inspect.getmodule(piece)


def is_users(piece: Any) -> bool:
    """Tell whether the user wrote a function or class: workers do not find it by themselves."""
    home = sys.modules.get(getattr(piece, "__module__", None) or "")
    return home is None or home.__name__ == MAIN or not is_installed(home)


def is_installed(module: ModuleType) -> bool:
    """Tell whether workers find the module by themselves: standard library, site-packages, overproof."""
    name = module.__name__.partition(".")[0]
    if name == "overproof" or name in sys.stdlib_module_names or not getattr(module, "__file__", None):
        return True
    path = real_path(str(module.__file__))
    return path.startswith(_places()) or not _FOR_PACKAGES.isdisjoint(path.split(os.sep))


def libraries_of(selector: Selector) -> tuple[str, ...]:
    """Name the installed modules that the user's code needs where workers run it: what it names, and its bases."""
    found: dict[str, None] = {}
    for piece in written_by_user(selector):
        named = vars(home) if (home := home_of(piece)) is not None else getattr(piece, "__globals__", {})
        values = [named[name] for name in _names_used(piece) if name in named]
        for value in (*(piece.__mro__ if isinstance(piece, type) else ()), *values):
            name = value.__name__ if isinstance(value, ModuleType) else str(getattr(value, "__module__", None))
            module = sys.modules.get(name)
            if module is not None and name != MAIN and is_installed(module):
                found[name] = None
    return tuple(found)


def _names_used(piece: Any) -> Iterator[str]:
    """Tell the global names that occur in a function, or in the methods of a class that workers run."""
    if isinstance(piece, type):
        for name, each in vars(piece).items():
            if name not in RUN_HERE and isinstance(each, FunctionType):
                yield from _names_used(each)
    elif isinstance(piece, FunctionType):
        codes = [piece.__code__]
        while codes:
            code = codes.pop()
            yield from code.co_names
            codes += [each for each in code.co_consts if isinstance(each, CodeType)]


@functools.cache
def real_path(file: str) -> str:
    """Return the path of a module's file without links; asked for hundreds of modules at every query."""
    return os.path.realpath(file)


@functools.cache
def _places() -> tuple[str, ...]:
    """Return the directories of installations."""
    places = {*site.getsitepackages(), site.getusersitepackages(), *sysconfig.get_paths().values()}
    return tuple(os.path.realpath(place) + os.sep for place in places)


def _layers(piece: Any) -> Iterator[Any]:
    """Take off what is wrapped around a function or class; it comes last."""
    for _ in range(MAX_WRAPPINGS):
        if isinstance(piece, type):
            break
        if isinstance(piece, functools.partial):
            yield from (each for each in (*piece.args, *piece.keywords.values()) if isinstance(each, FunctionType))
            piece = piece.func
        elif isinstance(piece, MethodType):
            yield piece.__func__
            piece = piece.__self__ if isinstance(piece.__self__, type) else type(piece.__self__)
        elif callable(inner := getattr(piece, "__wrapped__", None)):
            yield piece if isinstance(piece, FunctionType) else type(piece)
            piece = inner
        elif inspect.isroutine(piece):
            break
        else:
            piece = type(piece)
    yield piece
