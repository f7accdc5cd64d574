"""What a fileset says of one file: its tree, and maybe which entries are meant, and how the file can be recognized."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from overproof.records.block import NO_ENTRIES, Range
from overproof.records.dataset import FileSpec
from overproof.session.outcome.ranges import union
from overproof.words.errors import DatasetError

CHECKSUM = re.compile(r"^[a-zA-Z0-9_-]+:[0-9a-fA-F]+$")

USED = ("object_path", "steps", "num_entries", "uuid", "format", "checksum")
"""What is said of a file and used here, for people who look for the right word."""

OF_FILE = frozenset(
    {
        *USED, "written",
        "lfn", "pfn", "num_selected_entries",
        "file", "form", "form_hash_md5", "compressed_form",
    }
)  # fmt: skip
"""What may be said of a file. Source: coffea's models of files, and what its `preprocess` takes and makes."""


def described(spec: FileSpec, description: Any) -> FileSpec:
    """Add what a fileset says of a file: the name of its tree, or a mapping with `object_path`, `steps` and more.

    Raises:
        DatasetError: something in it makes no sense.
    """
    if isinstance(description, Mapping):
        _check_words(spec.path, description)
        check_format(spec.path, description.get("format"))
    else:
        return replace(spec, tree=tree_of(spec.path, description) or spec.tree)
    return replace(
        spec,
        tree=tree_of(spec.path, description.get("object_path")) or spec.tree,
        steps=_steps_of(spec.path, description.get("steps")),
        checksum=_checksum_of(spec.path, description.get("checksum")),
        written=_text_of(spec.path, description, "written") or spec.written,
        n_entries=_n_entries_of(spec.path, description.get("num_entries")),
        uuid=_text_of(spec.path, description, "uuid"),
    )


def _check_words(path: str, description: Mapping[Any, Any]) -> None:
    """Refuse words that nobody knows: `step` for `steps` would process the whole file."""
    import difflib

    word = next((word for word in description if word not in OF_FILE), None)
    if word is not None:
        near = difflib.get_close_matches(str(word), USED, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(USED)}"
        raise DatasetError(f"{path}: `{word}` is nothing that is said of a file: {hint}")


def tree_of(what: str, tree: Any) -> str | None:
    """Read the name of a tree; None for none.

    Args:
        what: the file or dataset of which it is said.
        tree: as it is written.
    """
    if tree is not None and not isinstance(tree, str):
        raise DatasetError(f"{what!r}: expected the name of a tree, got {tree!r}")
    return tree or None


def check_format(what: str, said: Any) -> None:
    """Refuse files that are no ROOT files.

    Raises:
        DatasetError: they are of another format.
    """
    if said is not None and said != "root":
        raise DatasetError(f"{what!r} is of format {said!r}: only ROOT files can be read")


def _steps_of(path: str, steps: Any) -> tuple[Range, ...] | None:
    """Read ranges of entries, `[[first, stop], ...]`; neighbours become one, `[[0, 0]]` is a tree without entries."""
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
    return NO_ENTRIES if set(ranges) == set(NO_ENTRIES) else union(ranges)


def _n_entries_of(path: str, said: Any) -> int | None:
    """Read the number of entries that the tree has."""
    if said is None:
        return None
    try:
        n_entries = int(operator.index(said))
    except TypeError:
        n_entries = -1
    if n_entries < 0:
        raise DatasetError(f"{path}: `num_entries` must be a whole number, at least 0: {said!r}")
    return n_entries


def _text_of(path: str, description: Mapping[Any, Any], name: str) -> str:
    """Read a text that may be absent."""
    said = description.get(name)
    if said is not None and not isinstance(said, str):
        raise DatasetError(f"{path}: `{name}` must be a text: {said!r}")
    return said or ""


def _checksum_of(path: str, checksum: Any) -> str:
    """Read the checksum of a whole file; which algorithms there are, whoever verifies it knows."""
    if checksum is None or checksum == "":
        return ""
    if not isinstance(checksum, str) or not CHECKSUM.match(checksum):
        raise DatasetError(f"{path}: the checksum {checksum!r} cannot be read: write it as 'adler32:0123abcd'")
    return checksum
