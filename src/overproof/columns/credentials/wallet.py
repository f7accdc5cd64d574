"""The credentials that a worker was given, where the clients of protocols find them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, MutableMapping

from overproof.columns.credentials.credential import Credential

VARIABLES = {"token": "BEARER_TOKEN_FILE", "proxy": "X509_USER_PROXY"}


class Wallet:
    """Keeps each credential in a file that its owner alone can read, and that is gone with the process.

    The file has no name on any disk, where the system has such files, as Linux has; its path stays the same when a
    newer credential comes, and who opens it finds the old one or the new one, whole.

    Args:
        environment: where the paths are written for the clients of protocols.

    Attributes:
        number: counts the times that something new came in, the first included.
    """

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        self.number = 0
        self._environment = environment
        self._held: dict[str, bytes] = {}
        self._handles: dict[str, int] = {}
        self._directory = ""

    def take(self, credentials: Iterable[Credential]) -> None:
        """Let the clients of protocols find these from now on; one of a kind that is not among them stays.

        Raises:
            OSError: there is no room for them.
        """
        for each in credentials:
            if self._held.get(each.kind) == each.content:
                continue
            path = self._write(each.kind, each.content)
            self._held[each.kind] = each.content
            self.number += 1
            if each.kind == "token":
                # A token in the environment would count more, and grow old.
                self._environment.pop("BEARER_TOKEN", None)
            if self._environment.get(VARIABLES[each.kind]) != path:
                self._environment[VARIABLES[each.kind]] = path

    def _write(self, kind: str, content: bytes) -> str:
        return self._in_memory(kind, content) if hasattr(os, "memfd_create") else self._on_disk(kind, content)

    def _in_memory(self, kind: str, content: bytes) -> str:
        handle = os.memfd_create(f"overproof-{kind}")
        os.fchmod(handle, 0o600)
        with open(handle, "wb", closefd=False) as file:
            file.write(content)
        if kind in self._handles:
            os.dup2(handle, self._handles[kind], inheritable=False)
            os.close(handle)
        else:
            self._handles[kind] = handle
        # Of this process, not `self`: programs that user code starts may read it as well.
        return f"/proc/{os.getpid()}/fd/{self._handles[kind]}"

    def _on_disk(self, kind: str, content: bytes) -> str:
        """Do it where the system has no files in memory: in a directory for its owner only, which is left behind."""
        self._directory = self._directory or tempfile.mkdtemp(prefix="overproof-")
        handle, draft = tempfile.mkstemp(dir=self._directory)
        with open(handle, "wb") as file:
            file.write(content)
        place = os.path.join(self._directory, kind)
        os.replace(draft, place)
        return place


WALLET = Wallet()
"""That of this process."""
