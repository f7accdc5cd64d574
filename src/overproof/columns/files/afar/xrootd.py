"""Files on servers of XRootD, through its own client.

The client follows redirects, and goes back to the redirector when a data server is lost, as long as the file was opened
for reading only; it does so within the times of `client.py`. What fails all the same is opened anew with the next try.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Sequence
from typing import Any, Final

from overproof.columns.credentials.wallet import WALLET
from overproof.columns.files.afar.client import xrootd
from overproof.columns.files.requests import Range

VECTOR_BYTES = 2_097_136
"""The longest range that servers take in a vector read."""

_LEFT: list[Any] = []
"""Files of a process before a fork: to destroy them would close what that process has open."""

_OF_SERVERS: Final[dict[int, type[OSError]]] = {
    3010: PermissionError, 3011: FileNotFoundError, 3016: IsADirectoryError, 3030: PermissionError,
}  # fmt: skip
"""What numbers in the answers of servers mean that will not be over in a moment. Source: XProtocol.hh."""

_OF_CLIENT: Final[dict[int, type[OSError]]] = {204: PermissionError, 203: PermissionError}
"""The same for the client's own numbers: no credential that the server would take. Source: XrdClStatus.hh."""

SHOWN: Final = "BEARER_TOKEN_FILE, BEARER_TOKEN or X509_USER_PROXY; authorities from X509_CERT_DIR"
"""Where users say what they are let in by."""


class XRootDSource:
    """Asks the client of XRootD.

    Args:
        url: of the file, on a redirector or a data server.

    Attributes:
        server: the data server to which the client was led, as `host:port`; before that the host of the URL.

    Raises:
        ImportError: the client is not installed.
        ValueError: not a URL of XRootD.
    """

    def __init__(self, url: str) -> None:
        client = xrootd()
        parts = client.URL(url)
        if not parts.is_valid() or not parts.path:
            raise ValueError(f"{url} is not a URL of XRootD: write root://host//path/of/file.root")
        self._url, self._protocol, self._path = url, parts.protocol, parts.path_with_params
        self.server = f"{parts.hostname}:{parts.port}"
        self._lock = threading.Lock()
        self._file: Any = None
        self._size: int | None = None

    def size(self) -> int | None:
        if self._size is None:
            file = self._opened()
            try:
                status, told = file.stat()
            except ValueError as error:
                raise OSError(errno.ENOTCONN, f"{self._url} was closed while it was looked at") from error
            self._check(status, file)
            self._size = int(told.size)
        return self._size

    def ask(self, spans: Sequence[Range]) -> list[bytes]:
        file = self._opened()
        try:
            return self._ask(file, spans)
        except ValueError as error:
            # Another thread has given the file up meanwhile.
            raise OSError(errno.ENOTCONN, f"{self._url} was closed while it was read") from error

    def _ask(self, file: Any, spans: Sequence[Range]) -> list[bytes]:
        found: dict[Range, bytes] = {}
        short = [each for each in spans if each[1] - each[0] <= VECTOR_BYTES]
        if len(short) > 1:
            status, answer = file.vector_read([(start, stop - start) for start, stop in short])
            self._check(status, file)
            found |= zip(short, [piece.buffer for piece in answer], strict=True)
        for start, stop in spans:
            if (start, stop) not in found:
                status, data = file.read(start, stop - start)
                self._check(status, file)
                found[start, stop] = data
        return [found[each] for each in spans]

    def leave(self) -> None:
        if self._file is not None:
            _LEFT.append(self._file)
        self._file = None

    def close(self) -> None:
        file, self._file = self._file, None
        _give_back(file)

    def _opened(self) -> Any:
        """Return the open file; one that was given up is opened anew, by way of the redirector.

        Raises:
            OSError: it cannot be opened.
        """
        with self._lock:
            if self._file is None:
                self._file = self._open()
            return self._file

    def _open(self) -> Any:
        """Open the file; where we are refused with a credential that was renewed, log in anew and try once more.

        A connection stays what it was when it began: long after a new token has come, its server refuses with the old.
        Another name of the user at the same server makes another connection; who that is, the credential says.
        """
        from XRootD.client.flags import OpenFlags

        url, tried = self._url, set()
        while True:
            tried.add(url)
            file = xrootd().File()
            # Only a file that is open for reading and nothing else may be gone on with at another server.
            status, _ = file.open(url, OpenFlags.READ)
            self._note_server(file)
            url = f"{self._protocol}://o{WALLET.number}@{self.server}/{self._path}"
            is_refused = not status.ok and _kind_of(status) is PermissionError
            if not is_refused or WALLET.number < 2 or url in tried:
                _raise_unless_ok(status)
                return file

    def _note_server(self, file: Any) -> None:
        """Note to whom the client was led, by whatever name it has logged in."""
        # Nobody was reached where there is none.
        self.server = (file.get_property("DataServer") or "").rpartition("@")[2] or self.server

    def _check(self, status: Any, file: Any) -> None:
        """Note who has answered; give up a file with which something went wrong.

        Raises:
            OSError: something did.
        """
        if status.ok:
            self._note_server(file)
            return
        with self._lock:
            if self._file is file:
                self._file = None
        _give_back(file)
        _raise_unless_ok(status)


def _give_back(file: Any) -> None:
    """Close a file and wait for nobody."""
    if file is not None and file.is_open():
        file.close(callback=lambda *_: None)


def _raise_unless_ok(status: Any) -> None:
    """Raise what the client says went wrong.

    Raises:
        OSError: something did.
    """
    if status.ok:
        return
    text = " ".join(status.message.split())
    kind = _kind_of(status)
    if kind is FileNotFoundError:
        # Redirectors say the same of a file that is nowhere and of one whose servers are down.
        raise kind(f"no server that is up has it: {text}")
    if kind is PermissionError:
        raise kind(f"{text} (what the user shows comes from {SHOWN})")
    if kind is not None:
        raise kind(text)
    if status.code == 206:
        raise OSError(errno.ETIMEDOUT, text)
    raise OSError(text)


def _kind_of(status: Any) -> type[OSError] | None:
    """Return what a failure is that will not be over in a moment; None for any other."""
    return _OF_SERVERS.get(status.errno) or _OF_CLIENT.get(status.code)
