"""A selector out of a Python file."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import linecache
import sys
import traceback
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from overproof.analysis.processors import is_processor
from overproof.analysis.selector import Selector
from overproof.words.errors import SelectorError


def load_selector(reference: str) -> Any:
    """Import `SELECTOR.py[:NAME]` and return the selector in it.

    Args:
        reference: path of a Python file, with the name of a selector (subclass, processor of coffea, instance or
            function) behind a colon; without a name the file must define exactly one subclass of `Selector`, or none
            and one processor.

    Raises:
        SelectorError: no such file, an exception while it is imported, no such name, none or several selectors.
    """
    path_text, name = split_reference(reference)
    module = _import_file(Path(path_text))
    if name:
        return _named(module, name, path=path_text)
    found = _selectors(module)
    if len(found) == 1:
        return found[0] if issubclass(found[0], Selector) else _made(found[0], path=path_text)
    if found:
        names = ", ".join(selector.__name__ for selector in found)
        raise SelectorError(
            f"{path_text} defines {len(found)} selectors: {names}; name one, as in {path_text}:{found[0].__name__}"
        )
    raise SelectorError(f"{path_text} defines no subclass of overproof.Selector{_functions_hint(module, path_text)}")


def split_reference(reference: str) -> tuple[str, str]:
    """Split `file.py:Name` into its two parts; the name is empty where there is none."""
    path, separator, name = reference.rpartition(":")
    if separator and path.endswith(".py"):
        if not name.isidentifier():
            raise SelectorError(f"{reference}: behind the colon goes the name of a class or a function, not {name!r}")
        return path, name
    return reference, ""


def parse_params(texts: tuple[str, ...]) -> dict[str, Any]:
    """Turn `k=v` texts into parameters; values are Python literals, or else the text itself.

    Raises:
        SelectorError: a text without `=`, or a key that is no name.
    """
    params: dict[str, Any] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not separator or not key.strip().isidentifier():
            raise SelectorError(f"--param {text}: write it as name=value")
        try:
            params[key.strip()] = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            params[key.strip()] = value
    return params


def _import_file(path: Path) -> ModuleType:
    if path.is_dir():
        raise SelectorError(f"{path} is a directory: give the Python file with the selector")
    if not path.exists():
        raise SelectorError(
            f"{path}: no such file; {_file_of_module(str(path)) or 'give the Python file with the selector'}"
        )
    if path.suffix != ".py":
        raise SelectorError(f"{path} is no Python file: its name must end in .py")
    _look_in(path.resolve().parent)
    try:
        return _import_of_package(path.resolve()) or _import_alone(path)
    except (Exception, SystemExit) as error:  # the user's code may raise anything
        raise SelectorError(_import_problem(path, error)) from error


def _file_of_module(reference: str) -> str:
    """Name the file of what is written as a module, `package.module:Name`, where there is one."""
    module, separator, name = reference.partition(":")
    file = Path(*module.split(".")).with_suffix(".py") if module.replace(".", "").isidentifier() else None
    return f"give the Python file, as in {file}{separator}{name}" if file is not None and file.exists() else ""


def _look_in(directory: Path) -> None:
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))


def _import_of_package(path: Path) -> ModuleType | None:
    """Import a file as a module of the package in which it is, for its relative imports; None where it is in none."""
    names, directory = [path.stem], path.parent
    while (directory / "__init__.py").exists():
        names.insert(0, directory.name)
        directory = directory.parent
    if len(names) == 1 or not all(map(str.isidentifier, names)):
        return None
    _look_in(directory)
    outermost = importlib.util.find_spec(names[0])
    if outermost is None or outermost.origin != str(directory / names[0] / "__init__.py"):
        return None  # another package has its name
    name = ".".join(names if path.stem != "__init__" else names[:-1])
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def _import_alone(path: Path) -> ModuleType:
    name = _module_name(path)
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _module_name(path: Path) -> str:
    """Name the module after its file, unless that would hide another module."""
    name = path.stem if path.stem.isidentifier() else "selector"
    if name in sys.stdlib_module_names or name in sys.modules or importlib.util.find_spec(name) is not None:
        taken = importlib.util.find_spec(name) if name not in sys.modules else None
        if taken is None or taken.origin != str(path.resolve()):
            return f"{name}_selector_file"
    return name


def _import_problem(path: Path, error: BaseException) -> str:
    """Say what was raised and where, with the line of the user's code."""
    what = traceback.format_exception_only(error)[-1].strip()
    if isinstance(error, SyntaxError) and error.filename:
        line = (error.text or "").rstrip("\n")
        caret = f"\n    {line}\n    {' ' * max(0, (error.offset or 1) - 1)}^" if line else ""
        return f"{path} cannot be imported: {what} ({error.filename}, line {error.lineno}){caret}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_machinery(frame.filename)]
    if not frames:
        return f"{path} cannot be imported: {what}"
    last = next((frame for frame in reversed(frames) if _is_near(frame.filename, path)), frames[-1])
    line = linecache.getline(last.filename, last.lineno or 0).strip()
    hint = (
        "; relative imports need a package: put an empty `__init__.py` beside the file, or import without the dot"
        if isinstance(error, ImportError) and "no known parent package" in str(error)
        else ""
    )
    return f"{path} cannot be imported: {what} ({last.filename}, line {last.lineno}: {line}){hint}"


def _is_machinery(filename: str) -> bool:
    return filename.startswith("<frozen") or filename == __file__


def _is_near(filename: str, path: Path) -> bool:
    """Tell whether a file is the user's own: next to the selector."""
    return Path(filename).resolve().is_relative_to(path.resolve().parent)


def _named(module: ModuleType, name: str, *, path: str) -> Any:
    if not hasattr(module, name):
        import difflib

        near = difflib.get_close_matches(name, _names(module), n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else _functions_hint(module, path)
        raise SelectorError(f"{path} defines no {name}{hint}")
    value = getattr(module, name)
    if isinstance(value, type) and (issubclass(value, Selector) or is_processor(value)):
        return _made(value, path=path)
    if isinstance(value, Selector) or is_processor(value) or (callable(value) and not isinstance(value, type)):
        return value
    raise SelectorError(
        f"{path}:{name} is {type(value).__name__}, no selector: name a subclass of overproof.Selector, a processor of "
        "coffea, an instance of one, or a function of a block that returns a dict of outputs"
    )


def _made(kind: type, *, path: str) -> Any:
    try:
        return kind()
    except Exception as error:  # the user's constructor may raise anything
        what = traceback.format_exception_only(error)[-1].strip()
        other = (
            "take them from self.params, which --param NAME=VALUE fills"
            if issubclass(kind, Selector)
            else "make one in the file and name that"
        )
        raise SelectorError(
            f"{path}: {kind.__name__}() cannot be made without arguments: {what}; give them defaults, or {other}"
        ) from error


def _selectors(module: ModuleType) -> list[type]:
    """Return the selectors that the file itself defines, or else its processors.

    One without a `process` is a base of others.
    """
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]
    selectors = [each for each in own if issubclass(each, Selector) and each.process is not Selector.process]
    return selectors or [each for each in own if is_processor(each)]


def _functions_hint(module: ModuleType, path: str) -> str:
    names = _names(module)
    if not names:
        return ": write one, or a function of a block, and name it"
    return f"; to run one of {', '.join(names[:8])}, name it as in {path}:{names[0]}"


def _names(module: ModuleType) -> list[str]:
    """List what the file itself defines and can be run: selectors, instances of them, functions."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (isinstance(value, Selector) or getattr(value, "__module__", None) == module.__name__)
        and (
            isinstance(value, Selector | FunctionType)
            or (isinstance(value, type) and issubclass(value, Selector))
            or is_processor(value)
        )
    ]
