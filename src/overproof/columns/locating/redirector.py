"""Where the files behind one redirector of XRootD lie."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from overproof.columns.files.afar.client import xrootd
from overproof.columns.locating.hosts import server_at

Holders: TypeAlias = tuple[str, ...]
Tell: TypeAlias = Callable[[Mapping[str, Holders]], None]
"""Takes the servers that have files, by the path of the file."""

AT_ONCE = 128
"""Questions that wait for answers. A redirector takes some seconds to find a file that it was not asked for lately."""

LISTED_FROM = 256
"""Of so many files in one directory, the directory is asked for as well, once: not all redirectors give that."""

MAX_DEAF = 4
"""Questions that nobody answers, one after the other, until no more are asked."""

_PAUSE_S = 0.5
"""How often is told what came meanwhile."""

_REFUSED = 400
"""The client's number for an answer that says no. Source: XrdClStatus.hh."""


class Inquiry:
    """Asks one redirector for many files.

    Args:
        origin: URL of the redirector, without a path.
        paths: of the files.
        tell: called from one thread, now and then.
        patience_s: after which whatever is not known stays so.
    """

    def __init__(self, origin: str, paths: Sequence[str], *, tell: Tell, patience_s: float) -> None:
        self._system = xrootd().FileSystem(origin)
        self._paths = paths
        self._tell = tell
        self._deadline_s = time.monotonic() + patience_s
        self._changed = threading.Condition()
        self._found: dict[str, Holders] = {}
        self._known: set[str] = set()
        self._n_asked = 0
        self._n_deaf = 0

    def run(self) -> None:
        """Ask for all, and tell what comes; returns when all is known or time is up."""
        listing = threading.Thread(target=self._list, daemon=True)
        listing.start()
        for path in self._paths:
            if not self._wait(lambda: self._n_asked < AT_ONCE):
                return
            with self._changed:
                if path in self._known:
                    continue
                self._n_asked += 1
            status = self._system.deeplocate(path, 0, self._left_s(), callback=partial(self._hear, path))
            if not status.ok:
                self._hear(path, status, None, None)
        self._wait(lambda: not self._n_asked)

    def _list(self) -> None:
        """Ask for directories of which many files are wanted; in a thread, as each may take its time."""
        from XRootD.client.flags import DirListFlags

        by_directory: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            by_directory[path.rpartition("/")[0]].append(path)
        for directory, paths in by_directory.items():
            if len(paths) < LISTED_FROM or time.monotonic() > self._deadline_s:
                continue
            status, entries = self._system.dirlist(directory, DirListFlags.LOCATE, self._left_s())
            if status.ok:
                holders: dict[str, list[str]] = defaultdict(list)
                for entry in entries:
                    holders[entry.name].append(server_at(entry.hostaddr))
                self._take({path: tuple(of) for path in paths if (of := holders.get(path.rpartition("/")[2]))})
            elif status.code != _REFUSED:
                return

    def _take(self, found: Mapping[str, Holders]) -> None:
        """Keep what is not known yet, until it is told."""
        with self._changed:
            self._found |= {path: holders for path, holders in found.items() if path not in self._known}
            self._known |= found.keys()
            self._changed.notify_all()

    def _hear(self, path: str, status: Any, answer: Any, _: Any) -> None:
        """Take an answer; in a thread of the client."""
        if status.ok:
            self._take({path: tuple(server_at(each.address) for each in answer if each.is_server)})
        with self._changed:
            self._n_asked -= 1
            self._n_deaf = 0 if status.ok or status.code == _REFUSED else self._n_deaf + 1
            self._changed.notify_all()

    def _wait(self, is_so: Callable[[], bool]) -> bool:
        """Wait until something is so, and tell meanwhile what came; False when no more can be hoped for."""
        while True:
            with self._changed:
                hopes = self._n_deaf < MAX_DEAF and time.monotonic() < self._deadline_s
                if hopes and not is_so():
                    self._changed.wait(_PAUSE_S)
                found, self._found = self._found, {}
                is_over, is_reached = not hopes, is_so()
            if found:
                self._tell(found)
            if is_over or is_reached:
                return not is_over

    def _left_s(self) -> int:
        return max(1, int(self._deadline_s - time.monotonic()))
