"""A look at all mapped files of a directory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from overproof.store.mapped.eviction import Standing
from overproof.store.mapped.file.header import HEADER_BYTES, Header, digest_of, read_page
from overproof.store.mapped.file.writing import throw_away
from overproof.store.private import OPEN_TO_OTHERS
from overproof.words.frozen import dataclass

SUFFIX = ".mapped"
GROUP_END = "\x1d"
"""Stands in a key behind what files that belong together have in common; where nothing follows, the file is common to
all of them, and they are of no use without it."""
_GROUP_CHARACTERS = 16
_COMMON, _ONE = "+", "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One file.

    Attributes:
        path: where it lies.
        size_bytes: what it takes.
        header: its first page; None: it is damaged.
    """

    path: Path
    size_bytes: int
    header: Header | None


def name_of(key: str) -> str:
    """Return how the file of a key is called: its name tells the group."""
    group, mark, own = key.partition(GROUP_END)
    name = f"{digest_of(key).hex()}{SUFFIX}"
    return f"{digest_of(group).hex()[:_GROUP_CHARACTERS]}{_ONE if own else _COMMON}{name}" if mark else name


def group_of(name: str) -> tuple[str, bool]:
    """Return the group of the file of a name, empty where it has none, and whether it is common to that."""
    mark = name[_GROUP_CHARACTERS : _GROUP_CHARACTERS + 1]
    return (name[:_GROUP_CHARACTERS] if mark in (_COMMON, _ONE) else "", mark == _COMMON)


def is_private(directory: Path) -> bool:
    """Tell whether a directory is there and this user's alone; a link that leads to one is not.

    Anybody may put a link into a directory that is open to all.
    """
    try:
        status = os.lstat(directory)
    except OSError:
        return False
    is_ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return stat.S_ISDIR(status.st_mode) and is_ours and not status.st_mode & OPEN_TO_OTHERS


def look_through(directory: Path, *, minute: int) -> Iterator[Kept]:
    """Give all mapped files of a directory, in any order.

    Raises:
        OSError: it cannot be listed.
    """
    with os.scandir(directory) as scan:
        for each in scan:
            if each.name.endswith(SUFFIX):
                try:
                    page, size_bytes = _first_page(each.path)
                except OSError:
                    continue  # somebody has thrown it away meanwhile
                yield Kept(path=Path(each.path), size_bytes=size_bytes, header=read_page(page, minute=minute))


def survey(directory: Path, *, minute: int) -> list[Standing]:
    """Return what speaks for each file, and throw away what nobody needs: damaged ones, and old ones without records.

    Raises:
        OSError: the directory cannot be listed.
    """
    found = []
    for each in look_through(directory, minute=minute):
        header = each.header
        is_idle = header is None or (not header.n_records and not header.asked)
        if not is_idle or not throw_away(each.path):
            score = 0.0 if header is None else header.score
            group, is_common = group_of(each.path.name)
            found.append(
                Standing(name=each.path.name, size_bytes=each.size_bytes, score=score, group=group, is_common=is_common)
            )
    return found


def _first_page(path: str) -> tuple[bytes, int]:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(handle, HEADER_BYTES, 0), os.fstat(handle).st_size
    finally:
        os.close(handle)
