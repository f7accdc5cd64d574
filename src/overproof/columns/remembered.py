"""What was learned from looking into files, kept on disk.

Nothing here needs uproot or awkward: a master that remembers its files starts without them.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from overproof.columns.files.identity import identity_now, joined, parts_of
from overproof.records.dataset import FileGrid, FileSpec
from overproof.records.schema import Branch, Schema
from overproof.store import FileMemory, home_directory
from overproof.words.units import MB

_FORMAT = 7
"""Counts up whenever the meaning of what is kept changes, or the rule by which blocks are cut."""

_DIRECTORY = "directory"
"""Under this name stands where we were, for trees with friends."""

_LIMIT_BYTES = 512 * MB


def recall(spec: FileSpec, block_entries: int) -> FileGrid | None:
    """Return the grid of a file as it was learned before; None when unknown, or when the file has changed since.

    Blocks are the file's own matter: what the user wants to be read beside it may be another thing every time.
    """
    fields = _get(spec, f"grid {block_entries}")
    if fields is None:
        return None
    try:
        grid = FileGrid(
            **{**fields, "stops": tuple(int(stop) for stop in fields["stops"]), "friends": tuple(fields["friends"])}
        )
        is_whole = grid.n_entries == (grid.stops[-1] if grid.stops else 0)
    except (KeyError, TypeError, ValueError):
        return None
    return _beside(grid, _given(spec)) if is_whole else None


def remember(spec: FileSpec, block_entries: int, grid: FileGrid) -> None:
    """Keep the grid of a local file, as that of the version it was learned from; the file is not looked at again.

    Silently does nothing where that is not possible.
    """
    n_given = len(_given(spec))
    own, *others = parts_of(grid.identity)
    alone = replace(grid, identity=joined([own, *others[n_given:]]), friends=grid.friends[n_given:])
    _put(spec, f"grid {block_entries}", asdict(alone))


def recall_schema(spec: FileSpec) -> Schema | None:
    """Return the schema of a file as it was learned before; None when unknown, or when the file has changed since.

    With friends it is remembered as long as none of their files has changed.
    """
    fields = _get(spec, _schema_of(spec))
    if fields is None:
        return None
    try:
        branches = tuple(Branch(**{**each, "fixed_shape": tuple(each["fixed_shape"])}) for each in fields["branches"])
        return Schema(**{**fields, "branches": branches, **_tuples(fields)})
    except (KeyError, TypeError, ValueError):
        return None


def remember_schema(spec: FileSpec, schema: Schema) -> None:
    """Keep the schema of a local file, as that of the version it was learned from; silently as `remember`."""
    if all(parts_of(schema.identity)):  # nobody would learn that a remote friend has changed
        _put(spec, _schema_of(spec), asdict(schema))


def _schema_of(spec: FileSpec) -> str:
    return f"schema {spec.friends!r}" if spec.friends else "schema"


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what came out of a document as a list and is a tuple."""
    return {name: _tupled(value) for name, value in fields.items() if name != "branches" and isinstance(value, list)}


def _tupled(value: Any) -> Any:
    return tuple(_tupled(each) for each in value) if isinstance(value, list) else value


def _given(spec: FileSpec) -> list[str]:
    """Return the paths of all files that the user wants to be read beside one."""
    return [part.path for friend in spec.friends for part in friend.parts]


def _beside(grid: FileGrid, paths: list[str]) -> FileGrid:
    """Say of a grid that these files are read beside it, first of all."""
    own, *others = parts_of(grid.identity)
    identity = joined([own, *map(identity_now, paths), *others])
    return replace(grid, identity=identity, friends=(*paths, *grid.friends))


def _get(spec: FileSpec, what: str) -> dict[str, Any] | None:
    """Return what is known of a file as it is now, with what is read beside it as that is now."""
    identity = identity_now(spec.path)
    kept, key = memory(), key_of(spec, identity, what)
    payload = None if kept is None or key is None else kept.get(key)
    if payload is None:
        return None
    try:
        fields = json.loads(payload)
        # From another directory a tree may mean other files by the names of its friends.
        if fields.pop(_DIRECTORY, "") != (_here() if fields["friends"] else ""):
            return None
        now = joined([identity, *map(identity_now, fields["friends"])])
        return fields if fields["identity"] == now else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _put(spec: FileSpec, what: str, fields: dict[str, Any]) -> None:
    kept, key = memory(), key_of(spec, parts_of(fields["identity"])[0], what)
    if kept is not None and key is not None:
        fields = fields | ({_DIRECTORY: _here()} if fields["friends"] else {})
        kept.put(key, json.dumps(fields, separators=(",", ":")).encode())


def _here() -> str:
    """Return the directory in which we are; empty when it was removed meanwhile."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def memory() -> FileMemory | None:
    """Return where everything is kept; None for nobody's home."""
    try:
        return FileMemory(home_directory() / "files", limit_bytes=_LIMIT_BYTES)
    except RuntimeError:
        # Nobody's home: a user without a home directory remembers nothing.
        return None


def key_of(spec: FileSpec, identity: str, what: str) -> str | None:
    """Name one version of a file; None for what cannot be told apart from another version of itself.

    A good copy in the place of a damaged one may have its size, its header and its time; the time of the last change of
    the inode, which belongs to the name here, nobody can set.
    """
    if not identity or "://" in spec.path:
        return None
    path = os.path.abspath(Path(spec.path).expanduser())
    try:
        changed_ns = os.stat(path).st_ctime_ns
    except (OSError, ValueError):
        return None
    return "\0".join((str(_FORMAT), path, identity, str(changed_ns), spec.tree or "", what))
