"""One path, URL or glob, with the name of a tree behind a colon or without."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError

MAGIC = re.compile(r"[*?\[]")
URL = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")
PORT = re.compile(r"^\d+(/|$)")


def split_tree(text: str) -> tuple[str, str | None]:
    """Split `path:tree` into its two parts; a colon of a URL, a port or an existing file's name is not the one."""
    if os.path.exists(text):
        return text, None
    head, separator, tail = text.rpartition(":")
    if not separator or tail.startswith("//") or PORT.match(tail) or (len(head) == 1 and head.isalpha()):
        return text, None
    return head, tail or None


def name_of(text: str) -> str:
    """Name a dataset after its file, or after the directory in which a pattern looks."""
    path = Path(split_tree(text)[0])
    name = next((name for name in (path.stem, path.parent.name) if name and not MAGIC.search(name)), "")
    return name or "dataset"


def expand_path(text: str) -> list[FileSpec]:
    """Return the files that a text names, by the path as it is written there.

    Raises:
        DatasetError: it is empty, no file matches it, or it is a pattern of remote files.
    """
    if not text.strip():
        raise DatasetError("the path of a file is empty: give a path, a URL or a glob")
    path, tree = split_tree(text)
    if is_url(path):
        if MAGIC.search(path.rpartition("/")[2]):
            raise DatasetError(f"{path}: globs work on local paths only; list remote files one by one")
        return [FileSpec(path=path, tree=tree)]
    expanded = os.path.expanduser(path)
    if MAGIC.search(path) and not os.path.exists(expanded):
        matches = sorted(glob.glob(expanded, recursive=True), key=_natural)
        if not matches:
            raise DatasetError(f"{path}: no file matches this pattern (looked from {os.getcwd()})")
        return [FileSpec(path=match, tree=tree) for match in matches]
    return [FileSpec(path=expanded, tree=tree, written="" if expanded == path else path)]


def is_url(path: str) -> bool:
    """Tell whether a path has a scheme, as `root://` is one."""
    return URL.match(path) is not None


def _natural(path: str) -> list[tuple[int, int, str]]:
    """Sort `f10` behind `f9`."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", path) if part]
