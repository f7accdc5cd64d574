"""Open a file with uproot and find the tree in it."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uproot

from overproof.columns.files.damage import FileChangedError, translated
from overproof.columns.files.local import LocalFile
from overproof.columns.files.remote import RemoteFile
from overproof.columns.formats.checks.directories import Listing, checked_keys
from overproof.columns.formats.checks.objects import check_object, check_streamers
from overproof.columns.formats.classes import unlearning
from overproof.columns.formats.names import nearest
from overproof.columns.formats.places import local_path, look_at, reaching
from overproof.columns.formats.rntuple import RNTupleReader
from overproof.columns.formats.source import LocalSource, RemoteSource, fetch_what_is_there, holding
from overproof.columns.formats.ttree import TTreeReader
from overproof.records.dataset import USUAL_TREE, FileSpec
from overproof.words.errors import DatasetError, ReadError
from overproof.words.units import human_bytes

_TTREES = frozenset({"TTree", "TNtuple", "TNtupleD"})
_OPTIONS: dict[str, Any] = {"object_cache": None, "array_cache": None, "minimal_ttree_metadata": False}
_RNTUPLES = frozenset({"ROOT::RNTuple"})


def open_by_uproot(spec: FileSpec, *, opened: LocalFile | RemoteFile | None = None) -> TTreeReader | RNTupleReader:
    """Open one tree of one file.

    Args:
        spec: the file and the tree.
        opened: the same file, open already; closed with the reader.

    Raises:
        DatasetError: nothing that can be used: no such file, not a ROOT file, no such tree, several and none named.
        ReadError: phase `open`: a file that is damaged, cut short, or cannot be reached.
    """
    file = open_file(spec.path) if opened is None else _open_again(spec.path, opened)
    try:
        key = find_tree(file, spec)
        return open_tree(file, key, path=spec.path, name=_shown(key, spec.tree))
    except BaseException:
        file.close()
        raise


def open_tree(file: Any, key: str, *, path: str, name: str) -> TTreeReader | RNTupleReader:
    """Make the reader of one tree of an open file; `key` has a cycle, `name` is what to call it."""
    with translated(path, "open", what=f"tree {name}"), _in_haste(), unlearning():
        listed = file.key(key)
        is_ttree = listed.fClassName in _TTREES
        check_streamers(file.file)
        with holding(file.file.source, check_object(file.file, listed)):
            found = _whole_or_bare(file, listed)
    return TTreeReader(found, path=path, name=name) if is_ttree else RNTupleReader(found, path=path, name=name)


def _whole_or_bare(file: Any, listed: Any) -> Any:
    """Parse a tree with what its end tells of friends and indices; without, where objects of the user lie in between.

    Raises:
        Exception: whatever uproot raises for a damaged tree.
    """
    try:
        return listed.get()
    except Exception:  # noqa: BLE001 - anything can come out of a class that nobody knows; asked again, it is raised
        file.file.options["minimal_ttree_metadata"] = True
        return listed.get()


_regularized = functools.lru_cache(maxsize=4096)(uproot.model.classname_regularize)


@contextmanager
def _in_haste() -> Iterator[None]:
    """Parse the many objects of a wide tree in two thirds of the time.

    The garbage collector, which would look at all of them again and again, is held; and uproot's pure function from
    class name to class name, called 24,000 times for 2,600 branches with the same thirty names, remembers its answers.
    """
    was_on = gc.isenabled()
    original = _regularized.__wrapped__
    gc.disable()
    uproot.model.classname_regularize = _regularized
    try:
        yield
    finally:
        uproot.model.classname_regularize = original
        if was_on:
            gc.enable()


def open_file(path: str) -> Any:
    """Open a ROOT file by local path or URL.

    Raises:
        DatasetError: there is nothing, or nothing of ROOT.
        ReadError: phase `open`.
    """
    local = local_path(path)
    if local is None:
        return _open_remote(path)
    size_bytes = look_at(local, path)
    try:
        with translated(path, "open"):
            # A dict, because a string would be cut at a colon.
            return uproot.open({local: None}, handler=LocalSource, **_OPTIONS)
    except ReadError as error:
        raise _explained(error, local, size_bytes) from error


def _open_again(path: str, opened: LocalFile | RemoteFile) -> Any:
    """Let uproot read a file that is open already.

    Raises:
        DatasetError, ReadError: as `open_file`.
    """
    if isinstance(opened, RemoteFile):
        return _open_remote(path, opened)
    try:
        with translated(path, "open"):
            return uproot.open({opened.path: None}, handler=LocalSource, opened=opened, **_OPTIONS)
    except ReadError as error:
        opened.close()
        raise _explained(error, opened.path, opened.size_bytes) from error


def _explained(error: ReadError, local: str, size_bytes: int) -> ReadError:
    """Say of a file that cannot be opened whether it was cut short."""
    if isinstance(error.__cause__, FileChangedError):
        return error
    try:
        with open(local, "rb") as file:
            header = file.read(20)
    except OSError:
        # It has vanished meanwhile.
        return error
    is_large = int.from_bytes(header[4:8], "big") >= 1_000_000
    promised = int.from_bytes(header[12:20] if is_large else header[12:16], "big")
    if promised <= size_bytes:
        return ReadError(f"the file is damaged ({error.reason}): copy it again", file=error.file, phase="open")
    return ReadError(
        f"the file is cut short: it has {human_bytes(size_bytes)} of {human_bytes(promised)}; copy it again",
        file=error.file,
        phase="open",
    )


def _open_remote(path: str, opened: RemoteFile | None = None) -> Any:
    with reaching(path):
        return uproot.open({path: None}, handler=RemoteSource, opened=opened, **_OPTIONS)


def list_trees(file: Any, *, path: str) -> dict[str, str]:
    """Return the highest cycle of every tree of an open file: name without cycle -> key with cycle.

    Raises:
        ReadError: phase `open`.
    """
    with translated(path, "open", what="list of keys"):
        _check_directory(file, asked=None)
        for directory in _directories(file):
            _check_directory(directory, asked=None)
        cycles: dict[str, int] = {}
        for key, classname in file.classnames(recursive=True, cycle=True).items():
            name, _, cycle = key.rpartition(";")
            if classname in _TTREES or classname in _RNTUPLES:
                cycles[name] = max(cycles.get(name, 0), int(cycle))
    return {name: f"{name};{cycle}" for name, cycle in cycles.items()}


def _directories(above: Any) -> Iterator[Any]:
    """Give all directories below one."""
    for key in above.keys(recursive=False, cycle=True):
        if above.key(key).fClassName.startswith("TDirectory"):
            below = above[key]
            yield below
            yield from _directories(below)


def find_tree(file: Any, spec: FileSpec) -> str:
    """Return the key, with cycle, of the tree asked for, or of the only one, or of the usual one.

    Raises:
        DatasetError: there is none, or none of this name, or none is named and there are several unusual ones.
        ReadError: phase `open`.
    """
    if spec.tree is None:
        return _only_tree(list_trees(file, path=spec.path), spec.path)
    asked = "/".join(part for part in spec.tree.split("/") if part)
    with translated(spec.path, "open", what="list of keys"):
        key = _key(file, asked) if asked else None
    if key is None:
        trees = list_trees(file, path=spec.path)
        raise DatasetError(
            f"no tree '{spec.tree}' in {spec.path}{nearest(spec.tree.partition(';')[0], list(trees), what='trees')}"
        )
    if key.fClassName not in _TTREES | _RNTUPLES:
        trees = list_trees(file, path=spec.path)
        others = f"; it has the trees {', '.join(trees)}" if trees else "; it has no tree at all"
        raise DatasetError(f"'{spec.tree}' in {spec.path} is a {key.fClassName}, not a TTree or RNTuple{others}")
    return f"{asked.partition(';')[0]};{key.fCycle}"


def _check_directory(directory: Any, *, asked: str | None) -> None:
    """Check the list of keys of a directory of uproot.

    Raises:
        DamageError: a list that is not whole, or keys that differ.
    """
    file = directory.file
    listing = Listing(
        seek=int(directory.fSeekKeys),
        n_bytes=int(directory.fNbytesKeys),
        directory_seek=int(directory.fSeekDir),
        end=int(file.fEND),
    )
    checked_keys(listing, partial(fetch_what_is_there, file.source), asked=asked)


def _key(directory: Any, path: str) -> Any:
    """Return uproot's key of what lies at a path, the highest cycle unless one is named; None for nothing."""
    *folders, last = path.split("/")
    try:
        for folder in folders:
            _check_directory(directory, asked=folder.partition(";")[0])
            if not directory.key(folder).fClassName.startswith("TDirectory"):
                return None
            directory = directory[folder]
        _check_directory(directory, asked=last.partition(";")[0])
        return directory.key(last)
    except uproot.KeyInFileError:
        return None


def _only_tree(trees: dict[str, str], path: str) -> str:
    if len(trees) == 1:
        return next(iter(trees.values()))
    if USUAL_TREE in trees:
        return trees[USUAL_TREE]
    if not trees:
        raise DatasetError(f"{path} has no TTree and no RNTuple in it")
    raise DatasetError(
        f"{path} has {len(trees)} trees, and none is named: write one of "
        + ", ".join(f"{path}:{name}" for name in list(trees)[:8])
        + (" ..." if len(trees) > 8 else "")
    )


def _shown(key: str, asked: str | None) -> str:
    """Call a tree by its name, with the cycle only where it was asked for."""
    return key if asked is not None and ";" in asked else key.partition(";")[0]
