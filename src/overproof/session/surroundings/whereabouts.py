"""Where the files of a query lie, found out while it begins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from overproof.columns.locating import Found, HostBook, Mount, Place, locate, replicas_of
from overproof.records.notices import FilesLocated
from overproof.words.ids import FileIndex

Hosts: TypeAlias = Mapping[str, tuple[str, ...]]


class Whereabouts:
    """Asks in the background, and tells as it learns; again, when workers come up where they are known by other names.

    Args:
        paths: of the files, in the order of the dataset.
        mounts: what the site has written down.
        hosts: tells where there are workers now.
        tell: takes what is known; for any thread.
    """

    def __init__(
        self,
        paths: Sequence[str],
        *,
        mounts: Sequence[Mount],
        hosts: Callable[[], Hosts],
        tell: Callable[[FilesLocated], None],
    ) -> None:
        self._paths = paths
        self._mounts = mounts
        self._hosts = hosts
        self._tell = tell
        self._book = HostBook({mount.server: mount.host for mount in mounts if mount.server})
        self._found: dict[FileIndex, tuple[Place, ...]] = {}
        self._lock = threading.Lock()
        self._is_known = threading.Event()
        self._known_hosts: set[str] = set()
        self._is_over = False

    def begin(self) -> None:
        """Begin to ask."""
        threading.Thread(target=self._ask, daemon=True, name="locates files").start()

    def wait(self, patience_s: float) -> None:
        """Wait until all is known that will be, at most for a while."""
        self._is_known.wait(patience_s)

    def rest(self) -> None:
        """See whether there are workers on other hosts than before; tell anew what lies there by other names."""
        hosts = self._hosts()
        if not hosts.keys() <= self._known_hosts and self._is_known.is_set():
            self._known_hosts |= hosts.keys()
            threading.Thread(target=self._name_anew, args=(hosts,), daemon=True, name="names hosts").start()

    def end(self) -> None:
        """Tell nothing any more."""
        self._is_over = True

    def _ask(self) -> None:
        hosts = self._hosts()
        self._known_hosts |= hosts.keys()
        self._book.learn(hosts)
        try:
            locate(self._paths, mounts=self._mounts, tell=self._hear)
        finally:
            self._is_known.set()
            self._say({}, is_final=True)

    def _hear(self, found: Found) -> None:
        with self._lock:
            self._found.update(found)
            self._say(found)

    def _name_anew(self, hosts: Hosts) -> None:
        with self._lock:
            before = replicas_of(self._found, self._book)
            if not self._book.learn(hosts):
                return
            after = replicas_of(self._found, self._book)
            self._say({file: self._found[file] for file in after if after[file] != before[file]})

    def _say(self, found: Found, *, is_final: bool = False) -> None:
        if not self._is_over and (found or is_final):
            self._tell(FilesLocated(replicas=replicas_of(found, self._book), is_final=is_final))
