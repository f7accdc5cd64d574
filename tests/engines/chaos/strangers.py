"""Strangers at the door: they knock in every way but the right one."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from overproof.engines.local.channel import header_of
from overproof.engines.wire import Credentials, fresh_credentials

WAIT_S = 20.0
LISTENS = "0A"
"""The state of a socket that listens, in /proc/net/tcp."""
MAX_ALERT_BYTES = 16


class Planting:
    """Something that leaves a file behind where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def frame(path: Path) -> bytes:
    """Return a frame of ours that plants a file where it is opened."""
    body = pickle.dumps(Planting(path))
    return header_of(len(body), None) + body


def knock(address: tuple[str, int], context: ssl.SSLContext | None, sent: bytes) -> bytes:
    """Connect, send something, and read until the end; return what was said by whoever is behind the door."""
    with socket.create_connection(address, timeout=WAIT_S) as plain, contextlib.ExitStack() as stack:
        heard = b""
        try:
            sock = plain if context is None else stack.enter_context(context.wrap_socket(plain))
            sock.sendall(sent)
            while more := sock.recv(65536):
                heard += more
        except TimeoutError:
            raise AssertionError(f"{address} neither answers nor sends strangers away") from None
        except OSError:  # refused in the middle, TLS errors too
            pass
        return heard


def is_nothing(heard: bytes) -> bool:
    """Tell whether this is nothing, or an alert of TLS, which says that somebody is refused."""
    return heard[:1] in {b"", b"\x15"} and len(heard) < MAX_ALERT_BYTES


def without_certificate() -> ssl.SSLContext:
    """Talk TLS, believe everybody, show nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def with_credentials(directory: Path, credentials: Credentials) -> ssl.SSLContext:
    """Talk TLS, believe everybody, show these credentials."""
    context = without_certificate()
    (directory / "shown.pem").write_text(credentials.key + credentials.certificate)
    context.load_cert_chain(directory / "shown.pem")
    return context


STRANGERS: dict[str, Callable[[Path], ssl.SSLContext | None]] = {
    "plain": lambda _: None,
    "TLS without a certificate": lambda _: without_certificate(),
    "TLS of another session": lambda directory: with_credentials(directory, fresh_credentials()),
}


def listening(pids: Iterable[int]) -> set[tuple[str, int]]:
    """List where processes listen, but for addresses of loopback, which nobody else can reach.

    The first part is an address at which the port can be reached from here.
    """
    inodes = set()
    for pid in pids:
        for entry in Path(f"/proc/{pid}/fd").glob("*"):
            with contextlib.suppress(OSError):  # closed meanwhile
                inodes.add(os.readlink(entry))
    found = set()
    for name in ("tcp", "tcp6"):
        for line in Path("/proc/net", name).read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == LISTENS and f"socket:[{inode}]" in inodes:
                host, _, port = local.partition(":")
                if (address := reached_at(bytes.fromhex(host))) is not None:
                    found.add((address, int(port, 16)))
    return found


def reached_at(raw: bytes) -> str | None:
    """Turn an address of /proc/net/tcp, in words of the machine's order, into text; None: it is of loopback."""
    octets = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    if not any(octets):
        return "127.0.0.1"  # all interfaces, this one among them
    if octets[-4:-3] == b"\x7f" or octets == b"\0" * 15 + b"\1":
        return None
    return socket.inet_ntop(socket.AF_INET if len(octets) == 4 else socket.AF_INET6, octets)
