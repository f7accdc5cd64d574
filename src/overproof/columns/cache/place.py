"""Where the cache of columns lies, as the user says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from overproof.store.shared_memory import SHARED_MEMORY, own_directory
from overproof.words.errors import OptionError
from overproof.words.sizes import parse_size

VARIABLE = "OVERPROOF_CACHE"
"""Environment variable: `off`, `on` (shared memory), or a directory."""
SIZE_VARIABLE = "OVERPROOF_CACHE_SIZE"
"""Environment variable: the budget, such as 8GB."""

MEMORY_SHARE = 1 / 4
"""Share of the machine's memory that is the budget, unless the user says otherwise."""
DISK_SHARE = 1 / 2
"""Share of a whole file system that is the budget at most: that of shared memory may be small in a container."""

Chosen: TypeAlias = bool | str | os.PathLike[str] | None
"""What the user says: on or off, a directory; None: what the environment says, and on where it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePlace:
    """A cache of columns.

    Attributes:
        directory: of this user alone; made when something is kept.
        limit_bytes: its budget.
    """

    directory: str
    limit_bytes: int


def choose_place(chosen: Chosen, *, machine_bytes: int, environment: Mapping[str, str]) -> CachePlace | None:
    """Return where columns are to be kept; None: nowhere.

    Args:
        chosen: what the user says.
        machine_bytes: memory of this machine.
        environment: its variables.

    Raises:
        OptionError: something that is no directory, or a budget that is no size.
    """
    parent = _parent(chosen, environment.get(VARIABLE, "").strip())
    if parent is None:
        return None
    limit_bytes = int(machine_bytes * MEMORY_SHARE)
    if text := environment.get(SIZE_VARIABLE, "").strip():
        limit_bytes = parse_size(text, option=SIZE_VARIABLE)
    return CachePlace(directory=str(own_directory(parent)), limit_bytes=min(limit_bytes, _half_of_disk(parent)))


def _parent(chosen: Chosen, said: str) -> Path | None:
    """Return the directory in which ours lies or would be made."""
    if chosen is False or (chosen is None and said.lower() == "off"):
        return None
    directory = said if chosen is None or chosen is True else os.fspath(chosen)
    if not directory or directory.lower() in ("on", "off"):
        return SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK | os.X_OK) else None
    parent = Path(directory).expanduser().absolute()
    if parent.exists() and not parent.is_dir():
        source = VARIABLE if chosen is None or chosen is True else "cache"
        raise OptionError(f"{source}={directory}: is no directory; name one for the cache, or say off")
    return parent


def _half_of_disk(parent: Path) -> int:
    """Return half of the file system on which a directory lies, or will lie."""
    for place in (parent, *parent.parents):
        try:
            status = os.statvfs(place)
        except OSError:
            continue
        return int(status.f_blocks * status.f_frsize * DISK_SHARE)
    return 2**63
