"""What was learned from looking into files, kept on disk.

Nothing here needs uproot or awkward: a master that remembers its files starts without them.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from overproof.columns.formats.identity import check_regular, identity_of
from overproof.records.dataset import FileGrid, FileSpec
from overproof.records.schema import Branch, Schema
from overproof.store import FileMemory, home_directory
from overproof.words.errors import DatasetError
from overproof.words.units import MB

_FORMAT = 2
"""Counts up whenever the meaning of what is kept changes, or the rule by which blocks are cut."""

_LIMIT_BYTES = 512 * MB


def recall(spec: FileSpec, block_entries: int) -> FileGrid | None:
    """Return the grid of a file as it was learned before; None when unknown, or when the file has changed since."""
    fields = _get(spec, f"grid {block_entries}")
    if fields is None:
        return None
    try:
        grid = FileGrid(**{**fields, "stops": tuple(int(stop) for stop in fields["stops"])})
        is_whole = grid.n_entries == (grid.stops[-1] if grid.stops else 0)
    except (KeyError, TypeError, ValueError):
        return None
    return grid if is_whole else None


def remember(spec: FileSpec, block_entries: int, grid: FileGrid) -> None:
    """Keep the grid of a local file, as that of the version it was learned from; the file is not looked at again.

    Silently does nothing where that is not possible.
    """
    _put(spec, f"grid {block_entries}", asdict(grid))


def recall_schema(spec: FileSpec) -> Schema | None:
    """Return the schema of a file as it was learned before; None when unknown, or when the file has changed since."""
    fields = _get(spec, "schema")
    if fields is None:
        return None
    try:
        branches = tuple(Branch(**{**each, "fixed_shape": tuple(each["fixed_shape"])}) for each in fields["branches"])
        return Schema(tree=fields["tree"], format=fields["format"], branches=branches, identity=fields["identity"])
    except (KeyError, TypeError, ValueError):
        return None


def remember_schema(spec: FileSpec, schema: Schema) -> None:
    """Keep the schema of a local file, as that of the version it was learned from; silently as `remember`."""
    _put(spec, "schema", asdict(schema))


def _get(spec: FileSpec, what: str) -> dict[str, Any] | None:
    """Return what is known of a file as it is now."""
    identity = _identity_now(spec)
    memory, key = _memory(), _key(spec, identity, what)
    payload = None if memory is None or key is None else memory.get(key)
    if payload is None:
        return None
    try:
        fields = json.loads(payload)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and fields.get("identity") == identity else None


def _put(spec: FileSpec, what: str, fields: dict[str, Any]) -> None:
    memory, key = _memory(), _key(spec, fields["identity"], what)
    if memory is not None and key is not None:
        memory.put(key, json.dumps(fields, separators=(",", ":")).encode())


def _memory() -> FileMemory | None:
    try:
        return FileMemory(home_directory() / "files", limit_bytes=_LIMIT_BYTES)
    except RuntimeError:
        # Nobody's home: a user without a home directory remembers nothing.
        return None


def _identity_now(spec: FileSpec) -> str:
    """Tell which version of a file its path leads to; empty where nobody can."""
    if "://" in spec.path or not spec.path:
        return ""
    try:
        path = Path(spec.path).expanduser()
        check_regular(path)
        with path.open("rb", buffering=0) as file:
            return identity_of(file.fileno())
    except (OSError, ValueError, DatasetError):
        return ""


def _key(spec: FileSpec, identity: str, what: str) -> str | None:
    """Name one version of a file; None for what cannot be told apart from another version of itself."""
    if not identity or "://" in spec.path:
        return None
    path = os.path.abspath(Path(spec.path).expanduser())
    return "\0".join((str(_FORMAT), path, identity, spec.tree or "", what))
