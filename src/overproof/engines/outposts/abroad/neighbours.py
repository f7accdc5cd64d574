"""The user's modules on machines that do not have the user's directories.

What a selector refers to comes with it, by value. What it imports only when it runs, or what must be imported for what
it does then, lies beside it: those files travel along, as far as they are few and small.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

Neighbours: TypeAlias = tuple[tuple[str, bytes], ...]
"""Relative paths, with slashes, and what is in these files."""

MAX_FILES: Final = 500
MAX_BYTES: Final = 4_000_000
MAX_DEPTH: Final = 6
"""More than that is no code that stands beside a script: `session.upload` carries it."""


def neighbours_in(places: Iterable[str], *, modules: Iterable[str]) -> Neighbours:
    """Read the modules and packages that lie where the user's modules are, and beside the script.

    Args:
        places: where modules are looked for; the first one is that of the script, or the working directory.
        modules: names of the user's own modules that are loaded.
    """
    first = next(iter(places), None)
    roots = [] if first is None else [Path(first or os.curdir)]
    roots += [root for root in map(_root_of, modules) if root is not None]
    found: dict[str, bytes] = {}
    n_bytes = 0
    for root in dict.fromkeys(map(Path.absolute, roots)):
        for path in _sources(root, MAX_DEPTH):
            name = path.relative_to(root).as_posix()
            if name in found:
                continue
            try:
                text = path.read_bytes()
            except OSError:
                continue
            n_bytes += len(text)
            if len(found) == MAX_FILES or n_bytes > MAX_BYTES:
                return tuple(found.items())
            found[name] = text
    return tuple(found.items())


def settle(neighbours: Neighbours, directory: str) -> str:
    """Write modules down in a directory of their own; return its path.

    Raises:
        OSError: they cannot be written.
    """
    home = Path(directory) / "neighbours"
    for name, text in neighbours:
        path = home.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return str(home)


def _root_of(module: str) -> Path | None:
    """Return where a loaded module is found by its name."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if not file:
        return None
    path = Path(file)
    n_up = module.count(".") + (path.name == "__init__.py")
    return path.parents[n_up] if n_up < len(path.parents) else None


def _sources(directory: Path, depth: int) -> Iterator[Path]:
    """Give the modules of a directory, then those of its packages."""
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(".py") and entry.is_file():
            yield Path(entry.path)
    for entry in entries:
        if depth and entry.is_dir() and (Path(entry.path) / "__init__.py").is_file():
            yield from _sources(Path(entry.path), depth - 1)
