"""What tells a selector from another one, or from itself after a change: its source and its parameters."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from types import ModuleType
from typing import Any

from overproof.analysis.by_dataset import undivided
from overproof.analysis.selector import Selector
from overproof.session.keeping.identity.definitions import assignment_digest, definitions_digest
from overproof.session.keeping.identity.values import compiled_digest, digest_of
from overproof.session.written import MAIN, given_by_user, home_of, written_by_user
from overproof.words.frozen import dataclass


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
        values: digest of what else it holds: arguments bound to it, defaults, what it has captured, global data.
        home: file in which names are assigned to it; empty where none is.
        assigned: digest of how that is done, by name.
    """

    name: str = ""
    file: str = ""
    definition: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    parameters: str = ""
    values: str = ""
    home: str = ""
    assigned: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """One text for all of it; files count by what is in them, not by where they are."""
        return digest_of([self.name, self.definition, sorted(self.sources.values()), self.parameters, self.values])


def identify(selector: Selector, modules: Iterable[str]) -> CodeIdentity:
    """Tell the identity of a selector as it is in memory and its files as they are on disk; `begin` comes later.

    Args:
        selector: with its parameters.
        modules: names of the user's modules.
    """
    selector = undivided(selector)
    written, *others = written_by_user(selector)
    given = given_by_user(selector)
    name = name_of(selector)
    home = home_of(written)
    file = str(getattr(home, "__file__", None) or "")
    text = _text(file) or ""
    found = definitions_digest(text, name)
    assigned = {
        each: made
        for each, value in (list(vars(home).items()) if home is not None else [])
        if value is given and (made := assignment_digest(text, each))
    }
    reached = {*(found[1] if found else ()), *(each for _, names in assigned.values() for each in names)}
    roots = [written, *others, *(vars(home)[each] for each in sorted(reached) if each in vars(home))]
    used = _used_modules(roots, frozenset(modules) - {MAIN})
    own = vars(selector) if given is selector else {}
    return CodeIdentity(
        name=name,
        file=file if found else "",
        definition=found[0] if found else compiled_digest(written),
        sources={path: digest for path in sorted(_files(used)) if (digest := _digest_of_file(path))},
        given=tuple(selector.params),
        parameters=digest_of({**own, "params": selector.params}),
        values=digest_of(type(selector) if given is selector else given),
        home=file if assigned else "",
        assigned={each: digest for each, (digest, _) in assigned.items()},
    )


def name_of(selector: Selector) -> str:
    """Return the name of the class or function that the user wrote."""
    written = written_by_user(selector)[0]
    return str(getattr(written, "__qualname__", type(written).__name__))


def changes_on_disk(then: CodeIdentity) -> list[str]:
    """Say which of the files of a selector are different now; a file that is gone cannot mislead anybody."""
    changed = [path for path, digest in then.sources.items() if _digest_of_file(path) not in ("", digest)]
    if then.file and then.file not in then.sources:
        text = _text(then.file)
        found = definitions_digest(text, then.name) if text is not None else None
        if text is not None and (found is None or found[0] != then.definition):
            changed.append(then.file)
    if then.home and then.home not in {*then.sources, *changed} and (text := _text(then.home)) is not None:
        now = {name: assignment_digest(text, name) for name in then.assigned}
        if any(found is None or found[0] != then.assigned[name] for name, found in now.items()):
            changed.append(then.home)
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
    if now.values != then.values and not different:
        different.append("what it holds: arguments bound to it, defaults, captured or global values")
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
