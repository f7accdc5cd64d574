"""Which version of a file it is: what tells a file from the one that lay at the same path before."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from overproof.words.errors import DatasetError

HEADER_BYTES = 512
"""Bytes at the start of a ROOT file that belong to its identity: its UUID, its end, the times of its directory."""

_IRREGULAR = {
    "a named pipe": stat.S_ISFIFO,
    "a socket": stat.S_ISSOCK,
    "a terminal or another device": stat.S_ISCHR,
    "a disk": stat.S_ISBLK,
}

JOINT = "+"
"""Stands between the identities of a file and of those read beside it."""

Stamp: TypeAlias = tuple[int, int, int, int]


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what changes on this machine whenever a file is replaced or written into.

    The time of the last change of the inode is left out: it also moves when a file loses its name, and what is open
    stays whole then. Between reads, while the file has its name, it is looked at as well (`LocalFile.serves`).
    """
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def check_regular(path: str | os.PathLike[str]) -> None:
    """Refuse what is no regular file: opening a pipe or a device may wait for ever.

    Raises:
        DatasetError: it is a pipe, a socket or a device.
        OSError: it is not there, or forbidden.
    """
    mode = os.stat(path).st_mode
    kind = next((name for name, is_it in _IRREGULAR.items() if is_it(mode)), None)
    if kind is not None:
        raise DatasetError(f"{os.fspath(path)} is {kind}, not a file: name a ROOT file, such as data/events.root")


def identity_of(handle: int) -> str:
    """Name the version of an open file, the same on every machine that sees it; empty for what is not a ROOT file.

    Raises:
        OSError: it cannot be read.
    """
    status = os.fstat(handle)
    header = os.pread(handle, HEADER_BYTES, 0)
    if not header.startswith(b"root"):
        return ""
    digest = hashlib.blake2b(header, digest_size=16).hexdigest()
    return f"{status.st_size}-{status.st_mtime_ns}-{digest}"


def identity_afar(size_bytes: int | None, header: bytes) -> str:
    """Name the version of a remote file, the same for every replica; empty for what is not a ROOT file.

    Args:
        size_bytes: of the file; None: nobody tells it.
        header: its first `HEADER_BYTES` bytes.
    """
    if size_bytes is None or not header.startswith(b"root"):
        return ""
    return f"{size_bytes}--{hashlib.blake2b(header, digest_size=16).hexdigest()}"


def is_version(identity: str, other: str) -> bool:
    """Tell whether two identities may be of the same version; where nobody could tell one (empty), they may.

    Files read beside one another are compared one by one.
    """
    return _all_alike(identity, other, by=str)


def is_copy(identity: str, other: str) -> bool:
    """Tell the same of copies in other places, which differ in the time of writing."""
    return _all_alike(identity, other, by=_content)


def _all_alike(identity: str, other: str, *, by: Callable[[str], object]) -> bool:
    if not identity or not other:
        return True
    ones, others = parts_of(identity), parts_of(other)
    return len(ones) == len(others) and all(
        not one or not two or by(one) == by(two) for one, two in zip(ones, others, strict=True)
    )


def _content(identity: str) -> tuple[str, str]:
    """Return the size and the digest out of an identity."""
    size, _, rest = identity.partition("-")
    return size, rest.rpartition("-")[2]


def changed_ns_of(identity: str) -> int | None:
    """Return when a version of a file was written, in nanoseconds since 1970; None where that cannot be told."""
    _, _, rest = identity.partition("-")
    changed_ns, _, _ = rest.partition("-")
    return int(changed_ns) if changed_ns.isdigit() else None


def identity_now(path: str) -> str:
    """Tell which version of a file its path leads to; empty where nobody can."""
    if "://" in path or not path:
        return ""
    try:
        place = Path(path).expanduser()
        check_regular(place)
        with place.open("rb", buffering=0) as file:
            return identity_of(file.fileno())
    except (OSError, ValueError, DatasetError):
        return ""


def joined(identities: Iterable[str]) -> str:
    """Name the version of a file together with those of the files that are read beside it."""
    return JOINT.join(identities)


def parts_of(identity: str) -> list[str]:
    """Give the versions out of which `joined` has made one, that of the file itself first."""
    return identity.split(JOINT)
