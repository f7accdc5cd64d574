"""What a fileset says of one file: its tree, and maybe which entries are meant, and how the file can be recognized."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from overproof.records.block import Range
from overproof.records.dataset import FileSpec
from overproof.session.outcome.ranges import union
from overproof.words.errors import DatasetError

CHECKSUM = re.compile(r"^[a-zA-Z0-9_-]+:[0-9a-fA-F]+$")


def described(spec: FileSpec, description: Any) -> FileSpec:
    """Add what a fileset says of a file: the name of its tree, or a mapping with `object_path`, `steps` and more.

    Raises:
        DatasetError: something in it makes no sense.
    """
    if not isinstance(description, Mapping):
        return replace(spec, tree=tree_of(spec.path, description) or spec.tree)
    return replace(
        spec,
        tree=tree_of(spec.path, description.get("object_path")) or spec.tree,
        steps=_steps_of(spec.path, description.get("steps")),
        checksum=_checksum_of(spec.path, description.get("checksum")),
    )


def tree_of(what: str, tree: Any) -> str | None:
    """Read the name of a tree; None for none.

    Args:
        what: the file or dataset of which it is said.
        tree: as it is written.
    """
    if tree is not None and not isinstance(tree, str):
        raise DatasetError(f"{what!r}: expected the name of a tree, got {tree!r}")
    return tree or None


def _steps_of(path: str, steps: Any) -> tuple[Range, ...] | None:
    """Read ranges of entries, `[[first, stop], ...]`; neighbours become one."""
    if steps is None:
        return None
    try:
        ranges = sorted((int(operator.index(first)), int(operator.index(stop))) for first, stop in steps)
    except (TypeError, ValueError) as error:
        raise DatasetError(
            f"{path}: `steps` must be pairs of whole numbers, [[first, stop], ...]: {steps!r}"
        ) from error
    for first, stop in ranges:
        if not 0 <= first <= stop:
            raise DatasetError(f"{path}: the step [{first}, {stop}] is no range of entries")
    if any(before[1] > after[0] for before, after in itertools.pairwise(ranges)):
        raise DatasetError(f"{path}: `steps` overlap, and no entry may be counted twice: {steps!r}")
    return union(ranges)


def _checksum_of(path: str, checksum: Any) -> str:
    """Read the checksum of a whole file; which algorithms there are, whoever verifies it knows."""
    if checksum is None or checksum == "":
        return ""
    if not isinstance(checksum, str) or not CHECKSUM.match(checksum):
        raise DatasetError(f"{path}: the checksum {checksum!r} cannot be read: write it as 'adler32:0123abcd'")
    return checksum
