"""Whether workers can read metadata: they have Python and what is installed, and none of the user's code."""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from overproof.session.written import MAIN, is_installed
from overproof.words.errors import DatasetError

_PLAIN = frozenset((bool, int, float, complex, str, bytes, type(None), date, time, timedelta))
"""Types whose values every process can read."""


class _NotThereError(Exception):
    """Something is written in the user's own code."""


class _AsWorker(pickle.Unpickler):
    """Finds what a worker would find."""

    def find_class(self, module: str, name: str) -> Any:
        home = sys.modules.get(module)
        if module == MAIN or (home is not None and not is_installed(home)):
            script = "this script or notebook" if module == MAIN else f"the module {module}"
            raise _NotThereError(f"{name} is written in {script}, which workers do not have")
        return super().find_class(module, name)


def check_metadata(dataset: str, metadata: Mapping[str, Any]) -> None:
    """Refuse metadata that workers could not read, before any is started.

    Raises:
        DatasetError: a value is no plain data, and cannot be pickled, or is of the user's own code.
    """
    for key, value in metadata.items():
        if not _is_plain(value) and (problem := _problem(value)):
            raise DatasetError(
                f"dataset {dataset!r}: its metadata {key!r}, of type {type(value).__name__}, cannot be sent to "
                f"workers: {problem}; give numbers, texts, lists or dicts there, or hand objects to the processor or "
                "selector, which travels with its code"
            )


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return all(map(_is_plain, value))
    if kind is dict:
        return all(_is_plain(key) and _is_plain(each) for key, each in value.items())
    return kind in _PLAIN


def _problem(value: Any) -> str:
    """Say why a value cannot be read elsewhere; nothing where it can."""
    try:
        _AsWorker(io.BytesIO(pickle.dumps(value, protocol=5))).load()
    except _NotThereError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - types of users raise what they like
        return f"{type(error).__name__}: {error}"
    return ""
