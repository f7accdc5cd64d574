"""Where the cache lies that the user asks for, and how large it may be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass
from overproof.words.sizes import parse_size

VARIABLE = "OVERPROOF_CACHE"
"""Environment variable: `off`, `on` (shared memory), or a directory."""
OFF_WORDS = frozenset({"off", "0", "no", "none", "false"})
ON_WORDS = frozenset({"on", "1", "yes", "true"})
SIZE_VARIABLE = "OVERPROOF_CACHE_SIZE"
"""Environment variable: the budget, such as 8GB."""

SHARED_MEMORY = Path("/dev/shm")
"""Where Linux keeps files that lie in memory."""

MEMORY_SHARE = 1 / 4
"""Share of the machine's memory that is the budget, unless the user says otherwise."""
DISK_SHARE = 1 / 2
"""Share of a whole file system that is the budget at most: that of shared memory may be small in a container."""
DISK_SHARE_SAID = 15 / 16
"""The same where the user has said a size."""

Chosen: TypeAlias = bool | str | os.PathLike[str] | None
"""What the user says: on or off, a directory; None: what the environment says, and on where it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePlace:
    """Where a cache lies.

    Attributes:
        directory: of this user alone; made when something is kept.
        limit_bytes: its budget; 0: not known yet.
    """

    directory: str
    limit_bytes: int = 0

    def sized(self, machine_bytes: int) -> CachePlace:
        """Return the same place with a budget: what the user says, or a share of the machine's memory."""
        disk_bytes = _disk_bytes(Path(self.directory))
        if self.limit_bytes:
            limit_bytes = min(self.limit_bytes, int(disk_bytes * DISK_SHARE_SAID))
        else:
            limit_bytes = min(int(machine_bytes * MEMORY_SHARE), int(disk_bytes * DISK_SHARE))
        return replace(self, limit_bytes=limit_bytes)


def choose_cache(chosen: Chosen, *, environment: Mapping[str, str]) -> CachePlace | None:
    """Return where a cache is to lie; None: nowhere.

    Args:
        chosen: what the user says.
        environment: variables of the process.

    Raises:
        OptionError: something that is no directory, or a budget that is no size.
    """
    parent = _parent(chosen, environment.get(VARIABLE, "").strip())
    if parent is None:
        return None
    # A size that makes no sense stops nobody who keeps nothing.
    text = environment.get(SIZE_VARIABLE, "").strip()
    limit_bytes = parse_size(text, option=SIZE_VARIABLE) if text else 0
    return CachePlace(directory=str(own_directory(parent)), limit_bytes=limit_bytes)


def own_directory(parent: Path) -> Path:
    """Return the directory that belongs to this user in one that others may share."""
    return parent / (f"overproof-{os.getuid()}" if hasattr(os, "getuid") else "overproof")


def _parent(chosen: Chosen, said: str) -> Path | None:
    """Return the directory in which that of the user lies, or would be made."""
    if chosen is None or isinstance(chosen, bool):
        source, directory = VARIABLE, said or "on"
    elif isinstance(chosen, str | os.PathLike) and os.fspath(chosen):
        source, directory = "cache", os.fspath(chosen)
    else:
        raise OptionError(f"cache={chosen!r}: give True, False, or a directory")
    is_off = directory.lower() in OFF_WORDS
    if chosen is False or (is_off and chosen is not True):
        return None
    if is_off or directory.lower() in ON_WORDS:
        return SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK | os.X_OK) else None
    parent = Path(directory).expanduser().absolute()
    if parent.exists() and not parent.is_dir():
        raise OptionError(f"{source}={directory}: is no directory; name one for the cache, or say off")
    return parent


def _disk_bytes(directory: Path) -> int:
    """Return the size of the file system on which a directory lies, or will lie."""
    for place in (directory, *directory.parents):
        try:
            status = os.statvfs(place)
        except OSError:
            continue
        return status.f_blocks * status.f_frsize
    return 2**63
