"""Open a file and find the tree in it."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import fsspec
import uproot

from overproof.columns.files.damage import FileChangedError, one_line, translated
from overproof.columns.files.identity import check_regular
from overproof.columns.files.retry import is_transient_afar, is_transient_here
from overproof.columns.formats import Reader
from overproof.columns.formats.checks.directories import check_directory
from overproof.columns.formats.checks.objects import check_object, check_streamers
from overproof.columns.formats.checks.whole_file import check_whole_file
from overproof.columns.formats.classes import unlearning
from overproof.columns.formats.names import nearest
from overproof.columns.formats.rntuple import RNTupleReader
from overproof.columns.formats.source import LocalSource, RemoteSource, holding
from overproof.columns.formats.ttree import TTreeReader
from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError, ReadError
from overproof.words.units import human_bytes

_TTREES = frozenset({"TTree", "TNtuple", "TNtupleD"})
_OPTIONS: dict[str, Any] = {"object_cache": None, "array_cache": None, "minimal_ttree_metadata": False}
_RNTUPLES = frozenset({"ROOT::RNTuple"})


def open_reader(spec: FileSpec, *, verify: bool = False) -> Reader:
    """Open one tree of one file.

    Args:
        spec: the file and the tree.
        verify: read the whole file first, and compare the checksum that `spec` has, if it has one.

    Raises:
        DatasetError: nothing that can be used: no such file, not a ROOT file, no such tree, several and none named; a
            checksum that nobody can compute.
        ReadError: phase `open`: a file that is damaged, cut short, or cannot be reached.
    """
    file = open_file(spec.path)
    try:
        if verify:
            verify_file(spec)
        key = find_tree(file, spec)
        return open_tree(file, key, path=spec.path, name=_shown(key, spec.tree))
    except BaseException:
        file.close()
        raise


def verify_file(spec: FileSpec) -> None:
    """Read a whole file and compare the checksum that it should have; without one nothing is done.

    Raises:
        DatasetError: a checksum that nobody can compute.
        ReadError: phase `open`: another checksum, or bytes that do not come.
    """
    local = local_path(spec.path)
    is_transient = is_transient_afar if local is None else is_transient_here
    with translated(spec.path, "open"):
        LocalSource.retry(lambda: check_whole_file(spec, local or spec.path), is_transient=is_transient)


def open_tree(file: Any, key: str, *, path: str, name: str) -> Reader:
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
    size_bytes = _look_at(local, path)
    try:
        with translated(path, "open"):
            # A dict, because a string would be cut at a colon.
            return uproot.open({local: None}, handler=LocalSource, **_OPTIONS)
    except ReadError as error:
        raise _explained(error, local, size_bytes) from error


def local_path(path: str) -> str | None:
    """Return the path on this machine that a path or URL means; None for a URL that leads elsewhere."""
    if "://" not in path:
        return os.path.expanduser(path)
    parts = urlsplit(path)
    return unquote(parts.path) if parts.scheme == "file" else None


def _look_at(local: str, path: str) -> int:
    """Check what can be checked without understanding the file; return its size."""
    if not local:
        raise DatasetError("the path of a file is empty: name a ROOT file, such as data/events.root")
    if os.path.isdir(local):
        raise DatasetError(
            f"{path} is a directory, not a ROOT file: name its files, such as '{local.rstrip('/')}/*.root'"
        )
    try:
        check_regular(local)
        magic, size_bytes = LocalSource.retry(lambda: _magic_and_size(local), is_transient=is_transient_here)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DatasetError(f"no such file: {path}{_siblings(local)}") from error
    except PermissionError as error:
        raise ReadError("permission denied: ask its owner for the right to read it", file=path, phase="open") from error
    except (OSError, ValueError) as error:
        raise ReadError(one_line(error), file=path, phase="open") from error
    if not magic:
        raise ReadError("the file is empty (0 bytes): it was never written; copy it again", file=path, phase="open")
    if magic != b"root":
        raise DatasetError(f"{path} is not a ROOT file: it begins with {magic!r} instead of b'root'")
    return size_bytes


def _magic_and_size(local: str) -> tuple[bytes, int]:
    with open(local, "rb") as file:
        return file.read(4), os.fstat(file.fileno()).st_size


def _siblings(local: str) -> str:
    """Continue the message on a missing file with what there is."""
    folder = Path(local).parent
    try:
        known = sorted(each.name for each in folder.iterdir() if each.suffix == ".root")
    except OSError:
        return f"; the directory {folder} does not exist either (seen from {Path.cwd()})"
    close = nearest(Path(local).name, known) if known else ""
    return close if close.startswith("; did") else f" (seen from {Path.cwd()}): check the spelling"


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


def _open_remote(path: str) -> Any:
    try:
        return uproot.open({path: None}, handler=RemoteSource, **_OPTIONS)
    except FileNotFoundError as error:
        raise DatasetError(f"no such file: {path}: {one_line(error)}") from error
    except ImportError as error:
        raise DatasetError(f"{path}: a package is missing to reach it: {one_line(error)}") from error
    except ValueError as error:
        scheme = path.partition("://")[0]
        if scheme in fsspec.available_protocols():
            raise ReadError(one_line(error), file=path, phase="open") from error
        hint = "install the packages xrootd and fsspec-xrootd" if scheme == "root" else "fsspec has no such protocol"
        raise DatasetError(f"{path}: nothing here can read {scheme}:// URLs: {hint}") from error
    except Exception as error:
        # Every protocol has exceptions of its own.
        raise ReadError(one_line(error), file=path, phase="open") from error


def list_trees(file: Any, *, path: str) -> dict[str, str]:
    """Return the highest cycle of every tree of an open file: name without cycle -> key with cycle.

    Raises:
        ReadError: phase `open`.
    """
    with translated(path, "open", what="list of keys"):
        check_directory(file, asked=None)
        for directory in _directories(file):
            check_directory(directory, asked=None)
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
    """Return the key, with cycle, of the tree asked for, or of the only one.

    Raises:
        DatasetError: there is none, or none of this name, or more than one and none is named.
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


def _key(directory: Any, path: str) -> Any:
    """Return uproot's key of what lies at a path, the highest cycle unless one is named; None for nothing."""
    *folders, last = path.split("/")
    try:
        for folder in folders:
            check_directory(directory, asked=folder.partition(";")[0])
            if not directory.key(folder).fClassName.startswith("TDirectory"):
                return None
            directory = directory[folder]
        check_directory(directory, asked=last.partition(";")[0])
        return directory.key(last)
    except uproot.KeyInFileError:
        return None


def _only_tree(trees: dict[str, str], path: str) -> str:
    if len(trees) == 1:
        return next(iter(trees.values()))
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
