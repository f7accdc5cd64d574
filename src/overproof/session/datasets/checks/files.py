"""What is checked of files before any is opened: whether they are named twice, and whether they are there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace

from overproof.records.dataset import USUAL_TREE, FileSpec
from overproof.session.datasets.part import Part
from overproof.session.datasets.paths import is_url
from overproof.session.outcome.ranges import union
from overproof.words.errors import DatasetError


class DuplicateWarning(UserWarning):
    """The same file was named twice in one dataset."""


def without_duplicates(parts: Sequence[Part], *, stacklevel: int) -> list[Part]:
    """Count each file of a dataset once, with all entries that are asked for of it; that of another one is another.

    Args:
        parts: each by itself.
        stacklevel: of the warning, as seen from here.
    """
    repeated: list[FileSpec] = []
    kept = [replace(part, files=tuple(_kept(part.files, repeated))) for part in parts]
    if repeated:
        n_files = sum(len(part.files) for part in parts)
        warnings.warn(
            f"{len(repeated)} of {n_files} files are repetitions (such as {repeated[0].path}); each is counted "
            "once. Say allow_duplicates=True (--allow-duplicates) to count them as often as they are named.",
            DuplicateWarning,
            stacklevel=stacklevel + 1,
        )
    if unclear := [spec for part in kept for spec in _unclear(part.files)]:
        warnings.warn(
            f"{unclear[0].path} is named with the tree {unclear[0].tree} and without any, and both are counted, which "
            "is twice if it has no other: name the tree each time",
            DuplicateWarning,
            stacklevel=stacklevel + 1,
        )
    return kept


def _unclear(files: Sequence[FileSpec]) -> list[FileSpec]:
    """Return files with a tree that are named without any too, so that nobody knows whether that is another one."""
    bare = {spec.path for spec in files if not spec.tree}
    return [spec for spec in files if spec.tree and spec.path in bare]


def _kept(files: Sequence[FileSpec], repeated: list[FileSpec]) -> list[FileSpec]:
    """Drop what is named before; a file without a tree is the same as with the usual one, which is then meant."""
    places: dict[tuple[str, str], int] = {}
    kept: list[FileSpec] = []
    for spec in files:
        path = spec.path if is_url(spec.path) else os.path.realpath(spec.path)
        place = places.setdefault((path, spec.tree or USUAL_TREE), len(kept))
        if place == len(kept):
            kept.append(spec)
        else:
            repeated.append(spec)
            kept[place] = _both(kept[place], spec)
    return kept


def _both(one: FileSpec, other: FileSpec) -> FileSpec:
    """Ask of a file for what either asks for."""
    one = replace(one, tree=one.tree or other.tree)
    if one.steps == other.steps:
        return one
    steps = None if one.steps is None or other.steps is None else union(one.steps, other.steps)
    return replace(one, steps=steps)


def check_that_some_exist(specs: Sequence[FileSpec]) -> None:
    """Find a dataset of which nothing exists before any work is done; one absent file among others is accounted for.

    Raises:
        DatasetError: none of the files exists.
    """
    if any(is_url(spec.path) or os.path.isfile(spec.path) for spec in specs):
        return
    problems = [_problem(spec.path) for spec in specs]
    if all(problems):
        more = f" (and {len(specs) - 1} more like it)" if len(specs) > 1 else ""
        raise DatasetError(f"{problems[0]}{more}")


def _problem(path: str) -> str:
    if is_url(path):
        return ""
    if os.path.isdir(path):
        return f"{path}: is a directory, not a ROOT file; to take all files in it say '{path.rstrip('/')}/*.root'"
    if os.path.exists(path):
        return ""
    import difflib

    directory, name = os.path.split(path)
    try:
        near = difflib.get_close_matches(name, os.listdir(directory or "."), n=3)
    except OSError:
        return f"{path}: no such file; the directory {directory} does not exist either"
    return f"{path}: no such file" + (f"; did you mean {' or '.join(near)}?" if near else "")
