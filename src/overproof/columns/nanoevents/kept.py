"""Forms kept on disk: to make one takes a second or more, to read one milliseconds, and every process needs it."""

from __future__ import annotations

import functools
import hashlib
import json
import zlib
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from overproof.columns.remembered import memory

_FORMAT = 1
"""Counts up whenever the meaning of what is kept changes."""

_LEVEL = 1


def recall_form(schema: Any, shape: Any) -> Mapping[str, Any] | None:
    """Return the form of files of one shape in a schema as it was made before; None when unknown.

    Args:
        schema: class of schemas; those of users are not known by their names, and never remembered.
        shape: what is equal for files of equal form.
    """
    kept, key = memory(), _key(schema, shape)
    payload = None if kept is None or key is None else kept.get(key)
    if payload is None:
        return None
    try:
        form = json.loads(zlib.decompress(payload))
    except (ValueError, zlib.error):
        return None
    return form if isinstance(form, dict) else None


def remember_form(schema: Any, shape: Any, form: Mapping[str, Any]) -> None:
    """Keep a form, where that is possible and what comes back from disk is equal."""
    kept, key = memory(), _key(schema, shape)
    if kept is None or key is None:
        return
    try:
        text = json.dumps(form)
    except (TypeError, ValueError):
        return
    if json.loads(text) == form:
        kept.put(key, zlib.compress(text.encode(), _LEVEL))


def _key(schema: Any, shape: Any) -> str | None:
    if not schema.__module__.startswith("coffea."):
        return None
    said = (_FORMAT, _libraries(), schema.__module__, schema.__qualname__, _settings(schema), shape)
    return f"form {hashlib.sha256(repr(said).encode()).hexdigest()}"


@functools.cache
def _libraries() -> tuple[str, ...]:
    return tuple(f"{name} {version(name)}" for name in ("coffea", "awkward", "uproot"))


def _settings(schema: Any) -> tuple[str, ...]:
    """Return what a schema says of itself, and users may have changed: which collections there are, and of what kind."""
    said = []
    for cls in schema.__mro__:
        for name, value in vars(cls).items():
            if isinstance(value, dict | list | tuple | set | frozenset | str | int) and not name.startswith("__"):
                said.append(f"{name}={_ordered(value)}")
    return tuple(said)


def _ordered(value: Any) -> str:
    """Write a value down in the same way in every process: sets have another order in each."""
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(_ordered, value)))}}}"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_ordered(key)}: {_ordered(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_ordered, value))}]"
    return getattr(value, "__qualname__", None) or repr(value)
