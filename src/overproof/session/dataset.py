"""From what a user writes to a dataset: paths, URLs, globs, `path:tree`, lists, filesets."""

from __future__ import annotations

import difflib
import glob
import itertools
import operator
import os
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from overproof.records.block import Range
from overproof.records.dataset import Dataset, FileSpec, FriendChain
from overproof.session.entries import EntriesLike, EntryList, choose_entries, specs_of
from overproof.session.outcome.gaps import Gaps
from overproof.session.outcome.ranges import union
from overproof.words.errors import DatasetError

Data: TypeAlias = "str | os.PathLike[str] | Sequence[Any] | Mapping[str, Any] | Dataset | EntryList"

MAGIC = re.compile(r"[*?\[]")
URL = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")
CHECKSUM = re.compile(r"^[a-zA-Z0-9_-]+:[0-9a-fA-F]+$")
PORT = re.compile(r"^\d+(/|$)")


class DuplicateWarning(UserWarning):
    """The same file was named twice in one dataset."""


def resolve_dataset(
    data: Data,
    *,
    tree: str | None = None,
    files: int | None = None,
    allow_duplicates: bool = False,
    friends: Mapping[str, Data] | None = None,
    entry_list: EntriesLike = None,
) -> Dataset:
    """Turn what the user wrote into an ordered list of files.

    Args:
        data: a path, URL or glob with `:tree` or without; a list of these; `{path: tree}`; a fileset
            `{"name": {"files": ..., "metadata": ...}}` of one dataset, with `steps` and `checksum` of files where there
            are any; a `Dataset`; what a result lacks, as `result.missing`.
        tree: tree for the files that name none.
        files: keep only so many files, from the start.
        allow_duplicates: count a file that is named twice, twice.
        friends: trees that stand beside these, by name, each written as data are.
        entry_list: the only entries to process, or the file in which they are kept.

    Raises:
        DatasetError: nothing matches, or none of the files exists.
    """
    if isinstance(data, Gaps):
        data = data.dataset
        allow_duplicates = True  # each file stays in its place
    name, specs = _expand(data)
    specs = [spec if spec.tree or not tree else replace(spec, tree=tree) for spec in specs]
    if not specs:
        if isinstance(data, EntryList):
            raise DatasetError(f"the entry list {data.name} names no file: give the data too, with entry_list=")
        raise DatasetError("the dataset is empty: give at least one file")
    n_named = len(specs)
    if not allow_duplicates:
        specs = _without_duplicates(specs)
    chains = _friends_of(data, friends or {})
    if chains and len(specs) != n_named:
        raise DatasetError(
            "files that are named twice are counted once, and then nobody knows which files of a friend belong to "
            "which: name each once, or say allow_duplicates=True (--allow-duplicates)"
        )
    if files is not None:
        chains = tuple(_shortened(chain, n_named=n_named, files=files) for chain in chains)
        specs = specs[:files]
    if entry_list is not None:
        specs = choose_entries(specs, entry_list)
    asked = [spec for spec in specs if spec.steps != ()]
    if not asked and entry_list is None:
        raise DatasetError("no entries are asked for: there is nothing to process, or nothing lacks")
    _check_that_some_exist(asked or specs)
    return Dataset(name=name, files=tuple(map(_anchored, specs)), metadata=_metadata_of(data), friends=chains)


def _friends_of(data: Any, friends: Mapping[str, Data]) -> tuple[FriendChain, ...]:
    """Add the friends that are named now to those that the dataset has; a new one takes the place of an old one.

    Raises:
        DatasetError: a name that no expression can use, or files that do not exist.
    """
    if not isinstance(friends, Mapping):
        raise DatasetError(f'friends={friends!r}: give them by name, as in friends={{"f": "other.root:tree"}}')
    chains = {chain.name: chain for chain in data.friends} if isinstance(data, Dataset) else {}
    for name, files in friends.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise DatasetError(f"friend {name!r}: its name must be one word: its branches are called name.branch")
        specs = tuple(expand_files(files))
        if not specs:
            raise DatasetError(f"friend {name}: there are no files of it: give at least one")
        _check_that_some_exist(specs)
        chains[name] = FriendChain(name=name, files=tuple(map(_anchored, specs)))
    return tuple(chains.values())


def _anchored(spec: FileSpec) -> FileSpec:
    """Let a path mean the same file wherever a worker, or whoever resumes the query, is."""
    if "://" in spec.path:
        return spec
    return replace(spec, path=os.path.abspath(os.path.expanduser(spec.path)))


def _shortened(chain: FriendChain, *, n_named: int, files: int) -> FriendChain:
    """Keep so many files of a friend too, where it has one for each file of the data."""
    return replace(chain, files=chain.files[:files]) if len(chain.files) == n_named else chain


def expand_files(data: Data) -> list[FileSpec]:
    """Return the files that data name, whether or not they are there.

    Raises:
        DatasetError: data of no known form, or a pattern that no file matches.
    """
    return _expand(data)[1]


def _expand(data: Any) -> tuple[str, list[FileSpec]]:
    if isinstance(data, Dataset):
        return data.name, list(data.files)
    if isinstance(data, EntryList):
        return data.name, specs_of(data)
    if isinstance(data, FileSpec):
        return Path(data.path).stem, [data]
    if isinstance(data, str | os.PathLike):
        return _name_of(os.fspath(data)), _expand_path(os.fspath(data))
    if isinstance(data, Mapping):
        return _expand_mapping(data)
    if isinstance(data, Iterable) and not isinstance(data, bytes):
        expanded = [_expand(item) for item in data]
        name = expanded[0][0] if len(expanded) == 1 else "files"
        return name, [spec for _, specs in expanded for spec in specs]
    raise DatasetError(f"{data!r} is no dataset: give a path, a glob, a list of them, or a fileset")


def _expand_mapping(data: Mapping[str, Any]) -> tuple[str, list[FileSpec]]:
    if len(data) == 1:
        ((name, description),) = data.items()
        if isinstance(description, list | tuple):
            return str(name), _expand(description)[1]
        if isinstance(description, Mapping) and "files" in description:
            return str(name), _files_of(description)
    if any(
        isinstance(value, list | tuple) or (isinstance(value, Mapping) and "files" in value) for value in data.values()
    ):
        raise DatasetError(
            f"the fileset has {len(data)} datasets ({', '.join(map(str, data))}): process one at a time, "
            "as in session.process(selector, {name: fileset[name]})"
        )
    return "files", [_described(spec, description) for path, description in data.items() for spec in _expand_path(path)]


def _files_of(description: Mapping[str, Any]) -> list[FileSpec]:
    tree = description.get("treename")
    specs = _expand(description["files"])[1]
    return [spec if spec.tree else replace(spec, tree=tree) for spec in specs]


def _metadata_of(data: Any) -> dict[str, Any]:
    """Return what a fileset of one dataset says about it."""
    if isinstance(data, Dataset):
        return dict(data.metadata)
    if not isinstance(data, Mapping) or len(data) != 1:
        return {}
    (description,) = data.values()
    metadata = description.get("metadata") if isinstance(description, Mapping) else None
    return dict(metadata or {})


def _described(spec: FileSpec, description: Any) -> FileSpec:
    """Add what a fileset says of a file: the name of its tree, or a description with `object_path`, `steps` and more.

    `num_entries`, `uuid` and whatever else stands there is learned from the file itself.
    """
    if not isinstance(description, Mapping):
        return replace(spec, tree=_tree_of(spec.path, description) or spec.tree)
    return replace(
        spec,
        tree=_tree_of(spec.path, description.get("object_path")) or spec.tree,
        steps=_steps_of(spec.path, description.get("steps")),
        checksum=_checksum_of(spec.path, description.get("checksum")),
    )


def _tree_of(path: str, tree: Any) -> str | None:
    if tree is not None and not isinstance(tree, str):
        raise DatasetError(f"{path!r}: expected the name of a tree, got {tree!r}")
    return tree


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


def _name_of(text: str) -> str:
    """Name a dataset after its file, or after the directory in which a pattern looks."""
    path = Path(split_tree(text)[0])
    name = next((name for name in (path.stem, path.parent.name) if name and not MAGIC.search(name)), "")
    return name or "dataset"


def split_tree(text: str) -> tuple[str, str | None]:
    """Split `path:tree` into its two parts; a colon of a URL, a port or an existing file's name is not the one."""
    if os.path.exists(text):
        return text, None
    head, separator, tail = text.rpartition(":")
    if not separator or tail.startswith("//") or PORT.match(tail) or (len(head) == 1 and head.isalpha()):
        return text, None
    return head, tail or None


def _expand_path(text: str) -> list[FileSpec]:
    if not text.strip():
        raise DatasetError("the path of a file is empty: give a path, a URL or a glob")
    path, tree = split_tree(text)
    if URL.match(path):
        if MAGIC.search(path.rpartition("/")[2]):
            raise DatasetError(f"{path}: globs work on local paths only; list remote files one by one")
        return [FileSpec(path=path, tree=tree)]
    path = os.path.expanduser(path)
    if MAGIC.search(path) and not os.path.exists(path):
        matches = sorted(glob.glob(path, recursive=True), key=_natural)
        if not matches:
            raise DatasetError(f"{path}: no file matches this pattern (looked from {os.getcwd()})")
        return [FileSpec(path=match, tree=tree) for match in matches]
    return [FileSpec(path=path, tree=tree)]


def _natural(path: str) -> list[tuple[int, int, str]]:
    """Sort `f10` behind `f9`."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", path) if part]


def _without_duplicates(specs: list[FileSpec]) -> list[FileSpec]:
    """Drop what is named before; a file without a tree is the same as with one, because it has only that."""
    trees: dict[str, set[str | None]] = {}
    kept: list[FileSpec] = []
    repeated: list[FileSpec] = []
    for spec in specs:
        path = spec.path if URL.match(spec.path) else os.path.realpath(spec.path)
        seen = trees.setdefault(path, set())
        is_repeated = spec.tree in seen or None in seen or (spec.tree is None and bool(seen))
        (repeated if is_repeated else kept).append(spec)
        seen.add(spec.tree)
    if repeated:
        warnings.warn(
            f"{len(repeated)} of {len(specs)} files are repetitions (such as {repeated[0].path}); each is counted "
            "once. Say allow_duplicates=True (--allow-duplicates) to count them as often as they are named.",
            DuplicateWarning,
            stacklevel=4,
        )
    return kept


def _check_that_some_exist(specs: Sequence[FileSpec]) -> None:
    """Find a dataset of which nothing exists before any work is done; one absent file among others is accounted for."""
    problems = [_problem(spec.path) for spec in specs]
    if all(problems):
        more = f" (and {len(specs) - 1} more like it)" if len(specs) > 1 else ""
        raise DatasetError(f"{problems[0]}{more}")


def _problem(path: str) -> str:
    if URL.match(path):
        return ""
    if os.path.isdir(path):
        return f"{path}: is a directory, not a ROOT file; to take all files in it say '{path.rstrip('/')}/*.root'"
    if os.path.exists(path):
        return ""
    directory, name = os.path.split(path)
    try:
        near = difflib.get_close_matches(name, os.listdir(directory or "."), n=3)
    except OSError:
        return f"{path}: no such file; the directory {directory} does not exist either"
    return f"{path}: no such file" + (f"; did you mean {' or '.join(near)}?" if near else "")
