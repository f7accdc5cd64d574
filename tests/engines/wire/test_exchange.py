"""Laws of the wire: messages come whole and in order, one large payload at a time, and from nobody but our own."""

from __future__ import annotations

import pickle
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from overproof.engines.wire import Arrival, Connection, Credentials, Exchange, fresh_credentials
from overproof.words.errors import EngineError

LARGE = 3_000_000
DEADLINE_S = 20.0


class End:
    """An exchange, and the wait for what comes to it."""

    def __init__(self, credentials: Credentials, *, silent_s: float = 10.0) -> None:
        self._arrived = threading.Event()
        self.exchange = Exchange(credentials, arrived=self._arrived.set, silent_s=silent_s)

    def gather(self, n: int) -> list[Arrival]:
        """Take so many arrivals."""
        found: list[Arrival] = []
        deadline_s = time.monotonic() + DEADLINE_S
        while len(found) < n:
            self.exchange.release()
            assert self._arrived.wait(deadline_s - time.monotonic()), f"only {[each.message for each in found]} came"
            self._arrived.clear()
            found += self.exchange.take()
        return found

    def close(self) -> None:
        self.exchange.close()


@pytest.fixture(scope="module")
def credentials() -> Credentials:
    return fresh_credentials()


@pytest.fixture
def make(credentials: Credentials) -> Iterator[Callable[..., End]]:
    ends: list[End] = []

    def one(theirs: Credentials = credentials, *, silent_s: float = 10.0) -> End:
        ends.append(End(theirs, silent_s=silent_s))
        return ends[-1]

    yield one
    for end in ends:
        end.close()


class Bomb:
    """What marks its victim when it is unpickled."""

    went_off = False

    def __reduce__(self) -> tuple[object, tuple[str, str, bool]]:
        return setattr, (Bomb, "went_off", True)  # type: ignore[return-value]


def test_messages_come_whole_and_in_order(make: Callable[..., End]) -> None:
    """Whatever their sizes, messages come as they were sent, with their payloads, in both directions."""
    here, there = make(), make()
    call = there.exchange.dial("127.0.0.1", here.exchange.listen("127.0.0.1"))
    payloads = [None, b"", b"x", bytes(range(256)) * 5_000, b"y" * LARGE, None]
    for number, payload in enumerate(payloads):
        call.send(("up", number), payload)
    came = here.gather(len(payloads))
    assert [each.message for each in came] == [("up", number) for number in range(len(payloads))]
    assert [None if each.payload is None else bytes(each.payload) for each in came] == payloads
    came[0].connection.send("down", b"z" * LARGE)
    (answer,) = there.gather(1)
    assert (answer.connection, answer.message, bytes(answer.payload or b"")) == (call, "down", b"z" * LARGE)


def test_many_threads_may_send(make: Callable[..., End]) -> None:
    """Messages of several threads do not mix with the payloads of others."""
    here, there = make(), make()
    call = there.exchange.dial("127.0.0.1", here.exchange.listen("127.0.0.1"))

    def send(name: int) -> None:
        for number in range(50):
            call.send((name, number), bytes([name]) * (number * 211))

    threads = [threading.Thread(target=send, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    came = here.gather(200)
    for name in range(4):
        mine = [each for each in came if each.message[0] == name]
        assert [each.message[1] for each in mine] == list(range(50))
        assert all(bytes(each.payload or b"") == bytes([name]) * (each.message[1] * 211) for each in mine)
    for thread in threads:
        thread.join()


def test_one_large_payload_is_in_memory_at_a_time(make: Callable[..., End]) -> None:
    """A second large payload comes when the first one was dropped, and small messages of others pass by."""
    here, first, second, third = make(), make(), make(), make()
    port = here.exchange.listen("127.0.0.1")
    for each in (first, second):
        each.exchange.dial("127.0.0.1", port).send("large", b"l" * LARGE)
    (large,) = here.gather(1)
    assert large.message == "large"
    # Whoever has it in hand takes nothing; meanwhile others come and go, and the second one could have come long ago.
    talk = third.exchange.dial("127.0.0.1", port)
    for number in range(50):
        talk.send(("small", number))
    deadline_s = time.monotonic() + DEADLINE_S
    while len(here.exchange._arrivals) < 50:
        assert time.monotonic() < deadline_s
    for _ in range(20):
        make().exchange.dial("127.0.0.1", port).send("another")
    while len(here.exchange._arrivals) < 70:
        assert time.monotonic() < deadline_s
    assert {each.message for each in here.exchange.take()} == {*(("small", number) for number in range(50)), "another"}
    assert [each.message for each in here.gather(1)] == ["large"]


def test_the_end_is_told_once(make: Callable[..., End]) -> None:
    """Who hangs up, or was never reached, is told to be gone, once, after all that it said."""
    here, there = make(), make()
    port = here.exchange.listen("127.0.0.1")
    there.exchange.dial("127.0.0.1", port).send("last words")
    assert here.gather(1)[0].message == "last words"
    there.close()
    assert [each.message for each in here.gather(1)] == [None]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    call = here.exchange.dial("127.0.0.1", nobody)
    assert here.gather(1) == [Arrival(call, None)]
    assert not call.is_open


@pytest.mark.parametrize("who", ["plain", "without", "another"])
def test_strangers_get_nothing(make: Callable[..., End], credentials: Credentials, who: str) -> None:
    """Plain bytes, TLS without a certificate, or with another one: nothing is read of it, and nothing answered."""
    here = make()
    port = here.exchange.listen("127.0.0.1")
    body = pickle.dumps(Bomb())
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as sock:
        try:
            if who == "plain":
                sock.sendall(len(body).to_bytes(8, "little") + body)
                received = sock.recv(1024)
            else:
                context = fresh_credentials().calling() if who == "another" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                with context.wrap_socket(sock) as secured:
                    secured.sendall(body)
                    received = secured.recv(1024)
        except (ConnectionError, ssl.SSLError):
            received = b""  # sent away; one who is left waiting is another error
        assert received[:1] in (b"", b"\x15")  # nothing, or that TLS was expected
    # The door is still open to our own.
    there = make()
    there.exchange.dial("127.0.0.1", port).send("hello")
    assert [each.message for each in here.gather(1)] == ["hello"]
    assert not Bomb.went_off


def test_who_listens_must_prove_himself_too(make: Callable[..., End]) -> None:
    """A call that is answered by a stranger comes to nothing, and what was to be said is not said."""
    stranger, here = make(fresh_credentials()), make()
    call = here.exchange.dial("127.0.0.1", stranger.exchange.listen("127.0.0.1"))
    call.send("secret")
    assert here.gather(1) == [Arrival(call, None)]
    assert stranger.exchange.take() == []


def test_slow_strangers_hold_up_nobody(make: Callable[..., End]) -> None:
    """Those who connect and say nothing keep the door from nobody else."""
    here, there = make(), make()
    port = here.exchange.listen("127.0.0.1")
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    there.exchange.dial("127.0.0.1", port).send("hello")
    assert here.gather(1)[0].message == "hello"
    for each in slow:
        each.close()


def test_who_is_silent_is_given_up(make: Callable[..., End], credentials: Credentials) -> None:
    """An end that does not beat is given up; one that beats is not, however little it says."""
    here = make(silent_s=2.5)
    port = here.exchange.listen("127.0.0.1")
    alive = make().exchange.dial("127.0.0.1", port)
    alive.send("alive")
    assert here.gather(1)[0].message == "alive"
    with socket.create_connection(("127.0.0.1", port)) as sock, credentials.calling().wrap_socket(sock):
        (gone,) = here.gather(1)
    assert gone.message is None
    alive.send("still")
    assert [each.message for each in here.gather(1)] == ["still"]


def test_nobody_is_silent_while_this_process_is_held_up(make: Callable[..., End]) -> None:
    """Where the exchange's own thread could not run for long, the others are heard again before they are given up."""
    here = make(silent_s=2.5)
    call = make().exchange.dial("127.0.0.1", here.exchange.listen("127.0.0.1"))
    call.send("before")
    here.gather(1)
    here.exchange.do(threading.Event().wait, 4.0)  # as user code does that holds the interpreter
    call.send("after")
    assert [each.message for each in here.gather(1)] == ["after"]
    assert call.is_open


@pytest.mark.parametrize(("host", "port"), [("a..b", 1), ("x" * 70, 1), ("127.0.0.1", 70_000)])
def test_an_address_that_cannot_be_is_told(make: Callable[..., End], host: str, port: int) -> None:
    """A call to what is no address at all is over like any other that nobody answers."""
    here = make()
    call = here.exchange.dial(host, port)
    assert here.gather(1) == [Arrival(call, None)]


def test_what_is_no_frame_ends_the_connection(make: Callable[..., End], credentials: Credentials) -> None:
    """Bytes that are no frame end the connection that they came by."""
    here = make()
    port = here.exchange.listen("127.0.0.1")
    with (
        socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as sock,
        credentials.calling().wrap_socket(sock) as secured,
    ):
        secured.sendall(b"no frame at all, whoever may have written this")
        assert [each.message for each in here.gather(1)] == [None]


def test_a_port_that_is_taken_is_said(make: Callable[..., End]) -> None:
    """Where nobody can listen, the error names address and port."""
    here = make()
    port = here.exchange.listen("127.0.0.1")
    with pytest.raises(EngineError, match=f"cannot listen on 127.0.0.1, port {port}"):
        make().exchange.listen("127.0.0.1", port)


def test_the_key_is_not_shown(credentials: Credentials) -> None:
    """Whatever is printed of credentials, the key is not."""
    assert "PRIVATE" not in f"{credentials!r} {credentials}"


def test_a_closed_exchange_is_quiet(make: Callable[..., End]) -> None:
    """What is asked of a closed exchange is forgotten; closing it again does nothing."""
    here = make()
    call: Connection = here.exchange.dial("127.0.0.1", here.exchange.listen("127.0.0.1"))
    here.close()
    here.close()
    call.send("nobody hears this")
    call.close()
    assert not any(thread.name == "overproof-exchange" and thread.is_alive() and thread is here.exchange._thread
                   for thread in threading.enumerate())  # fmt: skip
