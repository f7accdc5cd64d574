"""Forms of files on disk: what took a worker 0.7 s for 1,500 branches takes the next one some hundredths."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

import coffea
import uproot

from overproof.columns.remembered import key_of, memory
from overproof.records.dataset import FileSpec
from overproof.words.frozen import dataclass

_FORMAT = 2
"""Counts up whenever the meaning of what is kept changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What files of one form have in common.

    Attributes:
        path: of the file, where the form is its own; empty: that of all files with these branches.
        tree: path of the tree in it.
        identity: version of the file, empty where that cannot be told; the format, where the form is not its own.
        is_podio: the form holds what podio tells of its collections.
        branches: name, C++ type, dtype and dimensions of each.
        titles: digest of what the branches are titled, which NanoEvents show as `__doc__`.
    """

    path: str
    tree: str
    identity: str
    is_podio: bool
    branches: tuple[tuple[Any, ...], ...]
    titles: str = ""


def recall_form(shape: Shape) -> dict[str, Any] | None:
    """Return a form as coffea made it before, for its schemas to rearrange; None when unknown."""
    kept, key = memory(), _key(shape)
    payload = None if kept is None or key is None else kept.get(key)
    if payload is None:
        return None
    try:
        form = json.loads(zlib.decompress(payload))
    except (ValueError, zlib.error):
        return None
    return form if isinstance(form, dict) else None


def remember_form(shape: Shape, form: dict[str, Any]) -> None:
    """Keep a form for other processes; silently as it cannot be kept."""
    kept, key = memory(), _key(shape)
    try:
        text = json.dumps(form)
        is_same = json.loads(text) == form
    except (TypeError, ValueError):
        return
    if kept is not None and key is not None and is_same:
        kept.put(key, zlib.compress(text.encode(), 1))


def _key(shape: Shape) -> str | None:
    """Name a form; another version of coffea or uproot may make another one."""
    what = f"form {_FORMAT} {coffea.__version__} {uproot.__version__} {shape.is_podio}"
    if shape.path:
        return key_of(FileSpec(path=shape.path, tree=shape.tree), shape.identity, what)
    told = json.dumps([shape.identity, shape.branches, shape.titles])
    return f"{what}\0{hashlib.sha256(told.encode('utf-8', 'surrogateescape')).hexdigest()}"
