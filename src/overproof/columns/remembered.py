"""What was learned from looking into files, kept on disk.

Nothing here needs uproot or awkward: a master that remembers its files starts without them.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from overproof.records.dataset import FileGrid, FileSpec
from overproof.records.schema import Branch, Schema
from overproof.store import FileMemory, home_directory
from overproof.words.units import MB

_FORMAT = 1
"""Counts up whenever the meaning of what is kept changes, or the rule by which blocks are cut."""

_LIMIT_BYTES = 512 * MB

_HEADER_BYTES = 512
"""Bytes at the start of a ROOT file that belong to its identity: its UUID, its end, the times of its directory."""


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
    """Keep the grid of a local file; silently do nothing where that is not possible."""
    _put(spec, f"grid {block_entries}", asdict(grid))


def recall_schema(spec: FileSpec) -> Schema | None:
    """Return the schema of a file as it was learned before; None when unknown, or when the file has changed since."""
    fields = _get(spec, "schema")
    if fields is None:
        return None
    try:
        branches = tuple(Branch(**{**each, "fixed_shape": tuple(each["fixed_shape"])}) for each in fields["branches"])
        return Schema(tree=fields["tree"], format=fields["format"], branches=branches)
    except (KeyError, TypeError, ValueError):
        return None


def remember_schema(spec: FileSpec, schema: Schema) -> None:
    """Keep the schema of a local file; silently do nothing where that is not possible."""
    _put(spec, "schema", asdict(schema))


def _get(spec: FileSpec, what: str) -> dict[str, Any] | None:
    memory, key = _memory(), _key(spec, what)
    payload = None if memory is None or key is None else memory.get(key)
    if payload is None:
        return None
    try:
        fields = json.loads(payload)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _put(spec: FileSpec, what: str, fields: dict[str, Any]) -> None:
    memory, key = _memory(), _key(spec, what)
    if memory is not None and key is not None:
        memory.put(key, json.dumps(fields, separators=(",", ":")).encode())


def _memory() -> FileMemory | None:
    try:
        return FileMemory(home_directory() / "files", limit_bytes=_LIMIT_BYTES)
    except RuntimeError:
        # Nobody's home: a user without a home directory remembers nothing.
        return None


def _key(spec: FileSpec, what: str) -> str | None:
    """Name a file as it is now; None for what cannot be told apart from an older state of itself."""
    if "://" in spec.path or not spec.path:
        return None
    path = Path(spec.path).expanduser()
    try:
        with path.open("rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            header = file.read(_HEADER_BYTES)
    except (OSError, ValueError):
        return None
    if not header.startswith(b"root"):
        return None
    parts = (_FORMAT, os.path.abspath(path), status.st_size, status.st_mtime_ns, header.hex(), spec.tree or "", what)
    return "\0".join(map(str, parts))
