"""Where all files of a dataset lie, as far as it can be found out in time."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias
from urllib.parse import urlsplit

from overproof.columns.files.afar.source import XROOTD
from overproof.columns.locating.hosts import HostBook, has_port
from overproof.columns.locating.paths import Place, place_of
from overproof.columns.locating.site_map import Mount
from overproof.records.dataset import Replica
from overproof.words.ids import FileIndex

Found: TypeAlias = Mapping[FileIndex, tuple[Place, ...]]

PATIENCE_S = 60.0
"""Longer nobody is asked; the query goes on meanwhile, and without."""


def locate(
    paths: Sequence[str], *, mounts: Sequence[Mount], tell: Callable[[Found], None], patience_s: float = PATIENCE_S
) -> None:
    """Find out where files lie; returns when all is told, or time is up.

    Every redirector is asked by a thread of its own: one that does not answer holds up nobody.

    Args:
        paths: local paths and URLs.
        mounts: what the site has written down of mount points.
        tell: takes what is found, piece by piece; from any thread, one at a time.
        patience_s: after which whatever is not known stays so.
    """
    lock = threading.Lock()
    here: dict[FileIndex, tuple[Place, ...]] = {}
    afar: dict[str, dict[str, list[FileIndex]]] = defaultdict(lambda: defaultdict(list))
    for file, path in enumerate(paths):
        if path.startswith(XROOTD):
            if "?" in path or "#" in path:  # what stands behind them is said to one server, and is not ours to pass on
                continue
            origin, name = split_url(path)
            afar[origin][name].append(file)
        elif (place := place_of(path, mounts)) is not None:
            here[file] = (place,)
    if here:
        tell(here)

    def pass_on(origin: str, holders: Mapping[str, Sequence[str]]) -> None:
        with lock:
            tell(
                {
                    file: places_of(origin, name, servers)
                    for name, servers in holders.items()
                    for file in afar[origin][name]
                }
            )

    asking = [
        threading.Thread(target=_ask, args=(origin, list(names), partial(pass_on, origin), patience_s), daemon=True)
        for origin, names in afar.items()
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()


def _ask(origin: str, names: list[str], tell: Callable[[Mapping[str, Sequence[str]]], None], patience_s: float) -> None:
    """Ask one redirector; without a client nobody is."""
    from overproof.columns.locating.redirector import Inquiry

    try:
        inquiry = Inquiry(origin, names, tell=tell, patience_s=patience_s)
    except ImportError:
        return  # whoever reads such a file says what is missing
    inquiry.run()


def split_url(url: str) -> tuple[str, str]:
    """Split a URL of XRootD into the URL of its server and the path there."""
    parts = urlsplit(url)
    path = parts.path[1:] if parts.path.startswith("//") else parts.path
    return f"{parts.scheme}://{parts.netloc}", path


def places_of(origin: str, path: str, servers: Sequence[str]) -> tuple[Place, ...]:
    """Return the copies of a file of which a redirector has told the servers.

    The only one is read as the dataset says. Of several each is read at its own server; and, should none of these give
    it, as the dataset says.
    """
    host = urlsplit(origin).hostname or ""
    if len(servers) == 1:
        return (Place(holder=servers[0], server=servers[0], seen_from=host),)
    scheme = origin.partition("://")[0]
    # A server of which its manager does not know the port yet cannot be called.
    called = [server for server in servers if has_port(server)]
    own = [Place(path=f"{scheme}://{server}/{path}", holder=server, server=server, seen_from=host) for server in called]
    return (*own, Place()) if own else ()


def replicas_of(found: Found, book: HostBook) -> dict[FileIndex, tuple[Replica, ...]]:
    """Return the replicas of files, their hosts as workers call them."""
    return {
        file: tuple(
            Replica(
                path=place.path,
                host=book.name_of(place.holder, seen_from=place.seen_from) if place.holder else "",
                server=place.server,
            )
            for place in places
        )
        for file, places in found.items()
    }
