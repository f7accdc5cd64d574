"""A connection without the session's credentials gets nothing: neither from the hub nor from outposts."""

from __future__ import annotations

import contextlib
import pickle
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from landlord import Landlord

from overproof.engines.local.channel import header_of
from overproof.engines.outposts import Invitation, OutpostCrew
from overproof.engines.wire import Credentials, fresh_credentials

WAIT_S = 20.0
N_SILENT = 300


class Planting:
    """Something that leaves a file behind where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def frame(path: Path) -> bytes:
    """Return a frame that plants a file where it is opened."""
    body = pickle.dumps(Planting(path))
    return header_of(len(body), None) + body


@pytest.fixture(scope="module")
def doors() -> Iterator[tuple[OutpostCrew, dict[str, int]]]:
    """Give a crew with one outpost, and the ports of both."""
    crew = OutpostCrew(Landlord(1))
    try:
        deadline_s = time.monotonic() + WAIT_S
        while not crew.workers:
            crew.poll(0.1)
            assert time.monotonic() < deadline_s, "no outpost comes"
        (station,) = crew._stations.values()
        yield crew, {"hub": crew.port, "outpost": station.place[1]}
    finally:
        crew.close()


def knock(port: int, context: ssl.SSLContext | None, sent: bytes) -> bytes:
    """Connect, send something, and read until the end; return what was said by whoever is behind the door."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as plain, contextlib.ExitStack() as stack:
        heard = b""
        try:
            sock = plain if context is None else stack.enter_context(context.wrap_socket(plain))
            sock.sendall(sent)
            while more := sock.recv(65536):
                heard += more
        except OSError:  # refused in the middle, TLS errors too
            pass
        return heard


def without_certificate() -> ssl.SSLContext:
    """Talk TLS, believe everybody, show nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def with_other_credentials(tmp_path: Path, credentials: Credentials) -> ssl.SSLContext:
    """Talk TLS, believe everybody, show these credentials."""
    context = without_certificate()
    (tmp_path / "shown.pem").write_text(credentials.key + credentials.certificate)
    context.load_cert_chain(tmp_path / "shown.pem")
    return context


STRANGERS: dict[str, Callable[[Path], ssl.SSLContext | None]] = {
    "plain": lambda _: None,
    "TLS without a certificate": lambda _: without_certificate(),
    "TLS of another session": lambda tmp_path: with_other_credentials(tmp_path, fresh_credentials()),
}


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("door", ["hub", "outpost"])
def test_a_stranger_hears_nothing_and_nothing_of_his_is_unpickled(
    doors: tuple[OutpostCrew, dict[str, int]], door: str, stranger: str, tmp_path: Path
) -> None:
    """Whatever he shows instead of the session's credentials, his frame is not opened, and none is sent to him."""
    crew, ports = doors
    planted = tmp_path / "planted"
    heard = knock(ports[door], STRANGERS[stranger](tmp_path), frame(planted))
    crew.poll(0.2)
    assert heard[:1] in {b"", b"\x15"}  # nothing, or an alert of TLS: no frame begins with that
    assert len(heard) < 16
    assert not planted.exists()
    assert crew.workers


@pytest.mark.parametrize("door", ["hub", "outpost"])
def test_the_same_frame_is_opened_for_one_of_the_session(
    doors: tuple[OutpostCrew, dict[str, int]], door: str, tmp_path: Path
) -> None:
    """It is the credentials that decide: with them, what is sent is heard."""
    crew, ports = doors
    planted = tmp_path / "planted"
    context = with_other_credentials(tmp_path, crew.invitation.credentials)
    with socket.create_connection(("127.0.0.1", ports[door])) as plain, context.wrap_socket(plain) as sock:
        sock.sendall(frame(planted))
        deadline_s = time.monotonic() + WAIT_S
        while not planted.exists():
            crew.poll(0.05)
            assert time.monotonic() < deadline_s, "the frame was not opened"


def test_strangers_that_say_nothing_hold_up_nobody(doors: tuple[OutpostCrew, dict[str, int]]) -> None:
    """Hundreds of connections that never finish their handshake leave the door open for an outpost that comes."""
    crew, ports = doors
    with contextlib.ExitStack() as stack:
        for _ in range(N_SILENT):
            silent = stack.enter_context(socket.create_connection(("127.0.0.1", ports["hub"]), timeout=WAIT_S))
            silent.sendall(b"\x16\x03\x01")  # a handshake begins, and goes no further
        late = Landlord(1)
        late.start(crew.invitation)
        stack.callback(late.close)
        deadline_s = time.monotonic() + WAIT_S
        while len(crew.workers) < 2:
            crew.poll(0.1)
            assert time.monotonic() < deadline_s, "the outpost is held up"


def test_a_false_hub_hears_nothing_from_outposts(nobody_is_left: set[int]) -> None:
    """An outpost proves whom it talks to as well: at the right port with other credentials it says nothing."""
    true = fresh_credentials()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        invitation = Invitation(hosts=("127.0.0.1",), port=listening.getsockname()[1], credentials=true)
        landlord = Landlord(1, replaces=False)
        landlord.start(invitation)
        try:
            listening.settimeout(WAIT_S)
            called, _ = listening.accept()
            called.settimeout(WAIT_S)
            false_context = fresh_credentials().listening()
            false_context.verify_mode = ssl.CERT_NONE
            said = b""
            with contextlib.suppress(ssl.SSLError), false_context.wrap_socket(called, server_side=True) as sock:
                said = sock.recv(65536)
            assert said == b""
        finally:
            landlord.close()
