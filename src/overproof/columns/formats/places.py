"""Where a path leads, and whether anything of ROOT can be there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from overproof.columns.files.damage import one_line
from overproof.columns.files.identity import check_regular
from overproof.columns.files.local import LocalFile
from overproof.columns.files.retry import is_transient_here
from overproof.columns.formats.names import nearest
from overproof.words.errors import DatasetError, OverproofError, ReadError


def local_path(path: str) -> str | None:
    """Return the path on this machine that a path or URL means; None for a URL that leads elsewhere."""
    if "://" not in path:
        return os.path.expanduser(path)
    parts = urlsplit(path)
    return unquote(parts.path) if parts.scheme == "file" else None


def look_at(local: str, path: str) -> int:
    """Check what can be checked without understanding the file; return its size."""
    if not local:
        raise DatasetError("the path of a file is empty: name a ROOT file, such as data/events.root")
    if os.path.isdir(local):
        raise DatasetError(
            f"{path} is a directory, not a ROOT file: name its files, such as '{local.rstrip('/')}/*.root'"
        )
    try:
        check_regular(local)
        magic, size_bytes = LocalFile.retry(lambda: _magic_and_size(local), is_transient=is_transient_here)
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


@contextmanager
def reaching(path: str) -> Iterator[None]:
    """Say of a remote file what is wrong, when it is opened.

    Raises:
        DatasetError: there is no such file, or nothing here can reach it.
        ReadError: phase `open`.
    """
    try:
        yield
    except OverproofError:
        raise
    except FileNotFoundError as error:
        raise DatasetError(f"no such file: {path}: {one_line(error)}") from error
    except ImportError as error:
        raise DatasetError(f"{path}: a package is missing to reach it: {one_line(error)}") from error
    except ValueError as error:
        import fsspec

        scheme = path.partition("://")[0]
        if scheme in fsspec.available_protocols():
            raise ReadError(one_line(error), file=path, phase="open") from error
        hint = "install the packages xrootd and fsspec-xrootd" if scheme == "root" else "fsspec has no such protocol"
        raise DatasetError(f"{path}: nothing here can read {scheme}:// URLs: {hint}") from error
    except Exception as error:
        # Every protocol has exceptions of its own.
        raise ReadError(one_line(error), file=path, phase="open") from error
