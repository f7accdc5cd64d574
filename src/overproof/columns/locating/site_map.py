"""What a site has written down of its disks: which machine has what is mounted where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass

KEYS = ("path", "host", "server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One row of the site's map.

    Attributes:
        path: where it is mounted, as workers see it; empty: the row is about a server of XRootD.
        host: the machine on whose disks it lies, as workers there call it.
        server: what those who read from it share; empty: this mount of the host.
    """

    path: str = ""
    host: str = ""
    server: str = ""


def mounts_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Mount, ...]:
    """Return the rows of the site's map.

    Raises:
        OptionError: a row that nobody understands.
    """
    return tuple(map(_mount_of, rows))


def _mount_of(row: Mapping[str, Any]) -> Mount:
    shown = ", ".join(f"{key} = {value!r}" for key, value in row.items())
    unknown = [key for key in row if key not in KEYS]
    if unknown:
        raise OptionError(f"[[mounts]] of the site file, {shown}: there is no {unknown[0]}, only {', '.join(KEYS)}")
    if not all(isinstance(value, str) for value in row.values()):
        raise OptionError(f"[[mounts]] of the site file, {shown}: write every value as text, in quotes")
    mount = Mount(**row)
    if not (mount.path or mount.server):
        raise OptionError(f"[[mounts]] of the site file, {shown}: say the path of a mount point, or a server")
    if mount.path and not mount.path.startswith("/"):
        raise OptionError(f"[[mounts]] of the site file, {shown}: the path of a mount point begins with /")
    if not mount.host:
        raise OptionError(f"[[mounts]] of the site file, {shown}: say the host that has it on its disks")
    return mount
