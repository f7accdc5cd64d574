"""A connection without the session's credentials gets nothing: neither from the hub nor from outposts."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from landlord import Landlord
from strangers import STRANGERS, WAIT_S, frame, is_nothing, knock, with_credentials

from overproof.engines.outposts import Invitation, OutpostCrew
from overproof.engines.wire import fresh_credentials

N_SILENT = 300


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


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("door", ["hub", "outpost"])
def test_a_stranger_hears_nothing_and_nothing_of_his_is_unpickled(
    doors: tuple[OutpostCrew, dict[str, int]], door: str, stranger: str, tmp_path: Path
) -> None:
    """Whatever he shows instead of the session's credentials, his frame is not opened, and none is sent to him."""
    crew, ports = doors
    planted = tmp_path / "planted"
    heard = knock(("127.0.0.1", ports[door]), STRANGERS[stranger](tmp_path), frame(planted))
    crew.poll(0.2)
    assert is_nothing(heard)
    assert not planted.exists()
    assert crew.workers


@pytest.mark.parametrize("door", ["hub", "outpost"])
def test_the_same_frame_is_opened_for_one_of_the_session(
    doors: tuple[OutpostCrew, dict[str, int]], door: str, tmp_path: Path
) -> None:
    """It is the credentials that decide: with them, what is sent is heard."""
    crew, ports = doors
    planted = tmp_path / "planted"
    context = with_credentials(tmp_path, crew.invitation.credentials)
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
    with socket.create_server(("127.0.0.1", 0)) as heard:
        invitation = Invitation(hosts=("127.0.0.1",), port=heard.getsockname()[1], credentials=true)
        landlord = Landlord(1, replaces=False)
        landlord.start(invitation)
        try:
            heard.settimeout(WAIT_S)
            called, _ = heard.accept()
            called.settimeout(WAIT_S)
            false_context = fresh_credentials().listening()
            false_context.verify_mode = ssl.CERT_NONE
            said = b""
            with contextlib.suppress(ssl.SSLError), false_context.wrap_socket(called, server_side=True) as sock:
                said = sock.recv(65536)
            assert said == b""
        finally:
            landlord.close()
