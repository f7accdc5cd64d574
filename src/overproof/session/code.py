"""From what a user wrote to what a worker can load."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import cloudpickle

from overproof.analysis.processors import ProcessorSelector, is_processor
from overproof.analysis.selector import FunctionSelector, Selector
from overproof.session.written import MAIN, home_of, is_installed, real_path, written_by_user
from overproof.words.errors import SelectorError
from overproof.words.frozen import dataclass

_registering = threading.RLock()
"""What is written by value is the whole process's matter: queries of two sessions must take turns."""


def make_selector(selector: Any, params: Mapping[str, Any] | None, *, schema: Any = None) -> Selector:
    """Turn a selector, a processor of coffea, a class of either or a function of a block into a selector.

    Args:
        selector: what the user gave.
        params: its parameters.
        schema: class of coffea's schemas, or its name; None: the selector's own, and NanoAOD's for a processor.

    Raises:
        SelectorError: it is none of these, cannot be made without arguments, or there is no such schema.
    """
    made = _made(selector, schema)
    if type(made).process is Selector.process:
        raise SelectorError(f"{type(made).__name__} has no method `process(self, events)`: write one")
    wanted = made.schema if schema is None else schema
    if wanted is not None:
        made.schema = _schema(wanted)
    made.params = {**getattr(made, "params", {}), **dict(params or {})}
    return made


def _made(selector: Any, schema: Any) -> Selector:
    if isinstance(selector, type) and (issubclass(selector, Selector) or is_processor(selector)):
        try:
            selector = selector()
        except TypeError as error:
            raise SelectorError(
                f"{selector.__name__} cannot be made without arguments ({error}): give an instance"
            ) from error
    if isinstance(selector, Selector):
        return selector
    if is_processor(selector):
        return ProcessorSelector(selector, schema=_schema(schema or "NanoAODSchema"))
    if callable(selector) and not isinstance(selector, type):
        return FunctionSelector(selector)
    raise SelectorError(
        f"{selector!r} is no selector: give a subclass of overproof.Selector, a processor of coffea, an instance of "
        "one, or a function of a block that returns a dict of outputs"
    )


def _schema(said: Any) -> Any:
    from overproof.columns.nanoevents.schemas import find_schema

    return find_schema(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedSelector:
    """A selector ready to travel.

    Attributes:
        payload: the selector, cloudpickled.
        modules: names of the user's modules that came with it by value.
    """

    payload: bytes
    modules: tuple[str, ...]


def pack_selector(selector: Selector) -> PackedSelector:
    """Pickle a selector with the user's own code in it.

    Modules that belong to an installation travel by name; what the user wrote (next to the script, in a notebook, at
    the prompt) travels by value, so that workers run what is in the user's memory now.

    Raises:
        SelectorError: something in it cannot be pickled.
    """
    modules = _users_modules(selector)
    with by_value(modules):
        try:
            payload: bytes = cloudpickle.dumps(selector)
        except SelectorError:
            raise
        except Exception as error:
            raise SelectorError(
                f"the selector {type(selector).__name__} cannot be sent to workers: {error}. "
                "Open files, locks and the like in worker_begin, not before."
            ) from error
    return PackedSelector(payload=payload, modules=tuple(module.__name__ for module in modules))


def module_names(selector: Selector) -> tuple[str, ...]:
    """Name the modules that the user wrote and that travel with a selector by value."""
    return tuple(module.__name__ for module in _users_modules(selector))


def _users_modules(selector: Selector) -> list[ModuleType]:
    """Return the modules that the user wrote: those beside the selector's own, or beside the script or notebook."""
    directories = set()
    for piece in written_by_user(selector):
        home = home_of(piece)
        if home is None or home.__name__ == MAIN or not is_installed(home):
            directories.add(_directory_of(home) + os.sep)
    return [
        module
        for name, module in sys.modules.copy().items()  # other threads may be importing; a copy is made in one go
        if (file := getattr(module, "__file__", None))
        and real_path(file).startswith(tuple(directories))
        and name == module.__name__ != MAIN
        and not is_installed(module)
    ]


def _directory_of(home: ModuleType | None) -> str:
    """Return where the user's modules are: beside this one, or in the outermost package in which it is."""
    file = getattr(home, "__file__", None)
    if not file:
        return os.getcwd()
    directory = os.path.dirname(os.path.realpath(str(file)))
    for _ in range((getattr(home, "__package__", None) or "").count(".")):
        directory = os.path.dirname(directory)
    return directory


@contextlib.contextmanager
def by_value(modules: Iterable[ModuleType]) -> Iterator[None]:
    """Let cloudpickle write what is in these modules by value."""
    with _registering:
        registered = [each for each in modules if each.__name__ not in cloudpickle.list_registry_pickle_by_value()]
        for module in registered:
            cloudpickle.register_pickle_by_value(module)
        try:
            yield
        finally:
            for module in registered:
                cloudpickle.unregister_pickle_by_value(module)
