"""Which file system a path lies on, and whose it is."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache

from overproof.words.frozen import dataclass

TABLE = "/proc/self/mountinfo"
"""Where the system tells what is mounted; elsewhere than on Linux nobody does."""

AFAR = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "ceph", "lustre", "beegfs", "glusterfs", "gpfs", "afs", "9p", "pvfs2", "orangefs"}
)
"""File systems whose disks are another machine's; those of FUSE are told by their names."""

_ESCAPES = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MountPoint:
    """One file system in its place.

    Attributes:
        path: where it is mounted.
        kind: of file system, as the system calls it.
        source: what is mounted.
    """

    path: str
    kind: str
    source: str

    @property
    def is_afar(self) -> bool:
        """Tell whether others than this machine may have it on their disks."""
        return self.kind in AFAR or self.kind.startswith("fuse.")

    @property
    def server(self) -> str:
        """The machine that has it on its disks, as the mount names it; empty where it is this one, or not named."""
        if not self.is_afar:
            return ""
        source = self.source.partition("@")[2] if self.kind.startswith("fuse.") else self.source
        if source.startswith("//"):
            return source[2:].partition("/")[0]
        host, separator, _ = source.partition(":/")
        return host.partition(",")[0].strip("[]") if separator else ""


def parse_mounts(lines: Iterable[str]) -> list[MountPoint]:
    """Read the table of the system; lines that are none are left out."""
    found = []
    for line in lines:
        before, separator, behind = line.partition(" - ")
        places, sources = before.split(" "), behind.split()
        if separator and len(places) > 4 and len(sources) > 1:
            found.append(MountPoint(path=_plain(places[4]), kind=sources[0], source=_plain(sources[1])))
    return found


def holding(path: str, mounts: Iterable[str]) -> str | None:
    """Return the longest of some mount points below which a path lies; None where there is none."""
    fitting = (mount for mount in mounts if path == mount or path.startswith(mount.rstrip("/") + "/"))
    return max(fitting, key=len, default=None)


@lru_cache(maxsize=4096)
def server_of(path: str) -> str:
    """Tell whose disks a path of this machine lies on; empty for this machine's own, and where nobody tells."""
    mount = _mount_afar(path)
    return "" if mount is None else mount.server


def is_afar(path: str) -> bool:
    """Tell whether a path of this machine may lie on the disks of another."""
    return _mount_afar(path) is not None


def _mount_afar(path: str) -> MountPoint | None:
    """Return what a path lies on, where that is not this machine's own."""
    mounts = _mounts_here()
    if not any(mount.is_afar for mount in mounts.values()):
        return None
    place = holding(os.path.realpath(path), mounts)
    return mounts[place] if place is not None and mounts[place].is_afar else None


@lru_cache(maxsize=1)
def _mounts_here() -> dict[str, MountPoint]:
    """Return what is mounted here; of two in one place the later one is seen."""
    try:
        with open(TABLE, encoding="utf-8", errors="surrogateescape") as table:
            return {mount.path: mount for mount in parse_mounts(table)}
    except OSError:
        return {}


def _plain(text: str) -> str:
    """Write a path as it is: the table has numbers in place of white space."""
    for escape, letter in _ESCAPES.items():
        text = text.replace(escape, letter)
    return text
