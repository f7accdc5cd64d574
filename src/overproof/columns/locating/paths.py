"""Where paths of this machine lie."""

from __future__ import annotations

import os
from collections.abc import Sequence

from overproof.columns.formats.places import local_path
from overproof.columns.locating.site_map import Mount
from overproof.store.mounts import holding, is_afar, server_of
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One copy of a file, as whoever told of it calls its machine.

    Attributes:
        path: local path, or URL; empty: as the dataset has it.
        holder: the machine, or the server on it as `host:port`; empty: nobody knows.
        server: what serves it; empty: the machine.
        seen_from: who has told of it, for whom loopback is itself.
    """

    path: str = ""
    holder: str = ""
    server: str = ""
    seen_from: str = ""


def place_of(path: str, mounts: Sequence[Mount]) -> Place | None:
    """Tell where a path of this machine lies; None for a URL that leads elsewhere.

    Args:
        path: local path, or URL.
        mounts: what the site has written down; this counts most.
    """
    local = local_path(path)
    if local is None:
        return None
    local = os.path.abspath(local)
    known = {mount.path: mount for mount in mounts if mount.path}
    found = holding(local, known) or holding(os.path.realpath(local), known)
    if found is not None:
        mount = known[found]
        return Place(holder=mount.host, server=mount.server or f"{mount.host}:{mount.path}")
    if is_afar(local):
        # Workers on that machine may know the same disk by another path, or not at all.
        return Place(server=server_of(local))
    return Place(holder="localhost")
