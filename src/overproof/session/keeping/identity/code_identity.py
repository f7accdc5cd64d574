"""What tells a selector from another one, or from itself after a change: its source and its parameters."""

from __future__ import annotations

import hashlib
import inspect
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from overproof.analysis.selector import FunctionSelector, Selector
from overproof.session.keeping.identity.definitions import definitions_digest

MAIN = "__main__"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIdentity:
    """The source and the parameters of a selector at one moment.

    Attributes:
        name: of the class or function.
        file: where it is written; empty at a prompt or in a notebook.
        definition: digest of what is written of it there, or of its compiled code where there is no file.
        sources: digest of each file of the user that it was imported from, by path.
        given: names of its parameters.
        parameters: digest of its parameters and attributes, before `begin`.
    """

    name: str = ""
    file: str = ""
    definition: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    parameters: str = ""

    @property
    def digest(self) -> str:
        """One text for all of it; files count by what is in them, not by where they are."""
        return _digest([self.name, self.definition, sorted(self.sources.values()), self.parameters])


def identify(selector: Selector, modules: Iterable[str]) -> CodeIdentity:
    """Tell the identity of a selector as it is in memory and its files as they are on disk; `begin` comes later.

    Args:
        selector: with its parameters.
        modules: names of the user's modules.
    """
    written: Any = selector.function if isinstance(selector, FunctionSelector) else type(selector)
    name = getattr(written, "__qualname__", type(written).__name__)
    home = inspect.getmodule(written)
    file = str(getattr(home, "__file__", None) or "")
    found = definitions_digest(_text(file) or "", name)
    roots: list[Any] = [written]
    if home is not None and found is not None:
        roots += [vars(home)[each] for each in found[1] if each in vars(home)]
    used = _used_modules(roots, frozenset(modules) - {MAIN})
    return CodeIdentity(
        name=name,
        file=file if found else "",
        definition=found[0] if found else _compiled_digest(written),
        sources={path: digest for path in sorted(_files(used)) if (digest := _digest_of_file(path))},
        given=tuple(selector.params),
        parameters=_digest({name: value for name, value in vars(selector).items() if value is not written}),
    )


def changes_on_disk(then: CodeIdentity) -> list[str]:
    """Say which of the files of a selector are different now; a file that is gone cannot mislead anybody."""
    changed = [path for path, digest in then.sources.items() if _digest_of_file(path) not in ("", digest)]
    if then.file and then.file not in then.sources:
        text = _text(then.file)
        found = definitions_digest(text, then.name) if text is not None else None
        if text is not None and (found is None or found[0] != then.definition):
            changed.append(then.file)
    return changed


def changes(then: CodeIdentity, now: CodeIdentity) -> list[str]:
    """Say in what a selector given now differs from the one of then."""
    different = []
    if now.name != then.name:
        different.append(f"it was {then.name} and is {now.name}")
    elif now.definition != then.definition:
        different.append(f"the code of {then.name}")
    different += [path for path, digest in now.sources.items() if then.sources.get(path, digest) != digest]
    if now.parameters != then.parameters:
        different.append("its parameters")
    return different


def _used_modules(roots: list[Any], modules: frozenset[str]) -> set[str]:
    """Find the user's modules that these objects come from, and the modules that are used in those."""
    waiting = {name for root in roots for name in _origins(root)} & modules
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        used.add(name)
        module = sys.modules.get(name)
        if module is not None:
            waiting |= {each for value in vars(module).values() for each in _origins(value)} & modules - used
    return used


def _origins(value: Any) -> Iterator[str]:
    if isinstance(value, ModuleType):
        yield value.__name__
    elif isinstance(name := getattr(value, "__module__", None), str):
        yield name


def _files(modules: set[str]) -> set[str]:
    return {str(file) for name in modules if (file := getattr(sys.modules.get(name), "__file__", None))}


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace") if path else None
    except OSError:
        return None


def _digest_of_file(path: str) -> str:
    """Digest a file; empty when it is not there."""
    try:
        return hashlib.blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""


def _compiled_digest(written: Any) -> str:
    """Digest the compiled code of a class or function that has no file."""
    digest = hashlib.blake2b(digest_size=16)
    for function in _functions(written):
        for part in _code_parts(function.__code__):
            digest.update(part)
    return digest.hexdigest()


def _functions(written: Any) -> Iterator[FunctionType]:
    if isinstance(written, FunctionType):
        yield written
    elif isinstance(written, type):
        for kind in written.__mro__:
            if kind not in (Selector, object):
                yield from (value for _, value in sorted(vars(kind).items()) if isinstance(value, FunctionType))


def _code_parts(code: CodeType) -> Iterator[bytes]:
    yield code.co_code
    yield repr(code.co_names).encode()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_parts(constant)
        else:
            yield _digest(constant).encode()  # a set among them has another order in every process


def _digest(value: Any) -> str:
    """Digest a value; equal values of plain types have equal digests, in every process."""
    digest = hashlib.blake2b(digest_size=16)
    _feed(value, digest.update, frozenset())
    return digest.hexdigest()


def _feed(value: Any, update: Callable[[bytes], None], inside: frozenset[int]) -> None:
    update(f"<{type(value).__qualname__}>".encode())
    if id(value) in inside:  # a circle
        return
    inside |= {id(value)}
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        update(repr(value).encode("utf-8", "surrogatepass"))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _feed(key, update, inside)
            _feed(each, update, inside)
    elif isinstance(value, list | tuple):
        for each in value:
            _feed(each, update, inside)
    elif isinstance(value, set | frozenset):
        update(repr(sorted(_digest(each) for each in value)).encode())
    elif isinstance(value, FunctionType):
        for part in _code_parts(value.__code__):
            update(part)
    elif isinstance(getattr(value, "__dict__", None), dict) and not isinstance(value, type):
        _feed(vars(value), update, inside)
    else:
        update(_pickled(value))


def _pickled(value: Any) -> bytes:
    try:
        return pickle.dumps(value, protocol=5)
    except Exception:  # noqa: BLE001 - users' types raise what they like; such a value is known by its type alone
        return b""
