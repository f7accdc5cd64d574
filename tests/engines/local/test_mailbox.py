"""Laws of the mailbox: one large payload at a time, and small letters pass by."""

from __future__ import annotations

import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from overproof.engines.local.channel import HEADER, Channel, header_of
from overproof.engines.local.mailbox import LARGE_BYTES, Mailbox

LONG_S = 20.0
LARGE = b"x" * (8 * LARGE_BYTES)


class Sender:
    """The far end of a channel, which can also send parts of frames."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.channel = Channel(sock)
        self.thread: threading.Thread | None = None

    def send(self, message: str, payload: bytes | None = None) -> None:
        self.channel.send(message, payload)

    def send_aside(self, message: str, payload: bytes) -> None:
        """Send from a thread, since a large frame waits for its reader."""
        self.thread = threading.Thread(target=self._try, args=(message, payload), daemon=True)
        self.thread.start()

    def _try(self, message: str, payload: bytes) -> None:
        try:
            self.channel.send(message, payload)
        except ConnectionError:
            return

    def send_part(self, message: str, payload: bytes, n_bytes: int) -> None:
        """Freeze in the middle of a frame."""
        body = pickle.dumps(message)
        self.socket.sendall((header_of(len(body), len(payload)) + body + payload)[:n_bytes])


@pytest.fixture
def mailbox() -> Iterator[Mailbox[str]]:
    box: Mailbox[str] = Mailbox()
    yield box
    box.close()


@pytest.fixture
def sender(mailbox: Mailbox[str]) -> Iterator[Callable[[str], Sender]]:
    """Give a function that connects a sender to the mailbox."""
    senders: list[Sender] = []
    near: list[Channel] = []

    def connect(owner: str) -> Sender:
        ours, theirs = socket.socketpair()
        ours.settimeout(LONG_S)
        near.append(Channel(ours))
        mailbox.add(near[-1], owner)
        senders.append(Sender(theirs))
        senders[-1].near = near[-1]  # type: ignore[attr-defined]  # for tests that remove it
        return senders[-1]

    yield connect
    for channel in near:
        channel.close()
    for each in senders:
        if each.thread is not None:
            each.thread.join(LONG_S)
        each.channel.close()


def collect(mailbox: Mailbox[str], n_letters: int) -> list[tuple[str, Any, int | None]]:
    """Poll until so many letters came; give owner, message and size of the payload."""
    letters: list[tuple[str, Any, int | None]] = []
    while len(letters) < n_letters:
        post = mailbox.poll(LONG_S)
        assert post, f"nothing came after {letters}"
        for owner, frames in post:
            if frames is None:
                letters.append((owner, "closed", None))
            else:
                letters += [(owner, message, None if p is None else len(p)) for message, p in frames]
    return letters


def test_letters_come_with_their_owners(mailbox: Mailbox[str], sender: Any) -> None:
    """Whole frames, in the order of each sender."""
    ann, bob = sender("ann"), sender("bob")
    ann.send("a1")
    ann.send("a2", b"22")
    bob.send("b1", b"")
    assert sorted(collect(mailbox, 3)) == [("ann", "a1", None), ("ann", "a2", 2), ("bob", "b1", 0)]


def test_nothing_comes_in_no_time(mailbox: Mailbox[str], sender: Any) -> None:
    """A poll that may not wait does not, neither for letters nor for the rest of one."""
    sender("ann").send_part("half", b"x" * 100, 30)
    assert mailbox.poll(0.0) == []
    assert mailbox.poll(0.0) == []


def test_large_payloads_come_one_at_a_time(mailbox: Mailbox[str], sender: Any) -> None:
    """No poll brings two of them, and while one comes no other is taken in; all come, whole, in the end."""
    for name in ("ann", "bob", "cid"):
        sender(name).send_aside(name, LARGE)
    seen = []
    while len(seen) < 3:
        post = mailbox.poll(LONG_S)
        large = [(owner, bytes(p)) for owner, frames in post for _, p in frames or [] if p and len(p) > LARGE_BYTES]
        assert len(large) <= 1
        seen += large
    assert sorted(seen) == [(name, LARGE) for name in ("ann", "bob", "cid")]


def test_small_letters_after_a_large_one_keep_their_order(mailbox: Mailbox[str], sender: Any) -> None:
    """One sender's frames never overtake each other."""
    ann = sender("ann")
    ann.send("first")

    def send() -> None:
        ann.send("large", LARGE)
        ann.send("second")
        ann.send("larger", 2 * LARGE)
        ann.send("third")

    ann.thread = threading.Thread(target=send, daemon=True)
    ann.thread.start()
    assert [message for _, message, _ in collect(mailbox, 5)] == ["first", "large", "second", "larger", "third"]


def test_a_frozen_sender_holds_up_no_small_letters(mailbox: Mailbox[str], sender: Any) -> None:
    """In the middle of a large frame or of a small one, whatever others have to say is heard."""
    sender("frozen").send_part("large", LARGE, LARGE_BYTES // 2)
    sender("numb").send_part("small", b"x" * 1000, 500)
    bob = sender("bob")
    for i in range(3):
        bob.send(f"b{i}", b"x" * 1000)
        assert collect(mailbox, 1) == [("bob", f"b{i}", 1000)]


@pytest.mark.parametrize("n_bytes", [HEADER.size, LARGE_BYTES // 2])
def test_the_lane_of_one_removed_is_free(n_bytes: int, mailbox: Mailbox[str], sender: Any) -> None:
    """The next large frame comes when whoever is stuck in one is given up, and only then."""
    frozen = sender("frozen")
    frozen.send_part("large", LARGE, n_bytes)
    assert mailbox.poll(0.0) == []
    bob = sender("bob")
    bob.send_aside("large", LARGE)
    cid = sender("cid")
    cid.send("small")
    assert collect(mailbox, 1) == [("cid", "small", None)]
    assert mailbox.poll(0.0) == []
    mailbox.remove(frozen.near)
    assert collect(mailbox, 1) == [("bob", "large", len(LARGE))]


def test_the_lane_of_one_that_died_is_free(mailbox: Mailbox[str], sender: Any) -> None:
    """A connection that ends within a frame is closed, and what came of it forgotten."""
    frozen = sender("frozen")
    frozen.send_part("large", LARGE, LARGE_BYTES // 2)
    assert mailbox.poll(0.0) == []
    sender("bob").send_aside("large", LARGE)
    frozen.channel.close()
    assert collect(mailbox, 2) == [("frozen", "closed", None), ("bob", "large", len(LARGE))]


def test_one_that_sends_what_is_no_frame_is_closed(mailbox: Mailbox[str], sender: Any) -> None:
    """What came before is heard, the others are not disturbed."""
    mad, bob = sender("mad"), sender("bob")
    mad.send("sane")
    mad.socket.sendall(b"\x10" + bytes(15) + b"garbage" * 9)
    assert collect(mailbox, 2) == [("mad", "sane", None), ("mad", "closed", None)]
    bob.send("b")
    assert collect(mailbox, 1) == [("bob", "b", None)]


def test_one_that_queues_may_be_removed(mailbox: Mailbox[str], sender: Any) -> None:
    """Whoever waits for the lane and is given up gets no turn."""
    frozen = sender("frozen")
    frozen.send_part("large", LARGE, LARGE_BYTES // 2)
    bob, cid = sender("bob"), sender("cid")
    bob.send_part("large", LARGE, LARGE_BYTES // 4)
    assert mailbox.poll(0.0) == []
    assert mailbox.poll(0.0) == []
    mailbox.remove(bob.near)
    mailbox.remove(frozen.near)
    cid.send_aside("large", LARGE)
    assert collect(mailbox, 1) == [("cid", "large", len(LARGE))]


def test_last_words_come_before_the_end(mailbox: Mailbox[str], sender: Any) -> None:
    """What was sent whole is read after the sender is gone; then the end is told, once."""
    ann = sender("ann")
    ann.send("last", b"words")
    ann.channel.close()
    assert collect(mailbox, 2) == [("ann", "last", 5), ("ann", "closed", None)]
    assert mailbox.poll(0.0) == []
    mailbox.remove(ann.near)


def test_a_removed_channel_is_not_heard(mailbox: Mailbox[str], sender: Any) -> None:
    """Also when its letter lies there already; removing twice is harmless."""
    ann = sender("ann")
    ann.send("too late")
    mailbox.remove(ann.near)
    mailbox.remove(ann.near)
    assert mailbox.poll(0.0) == []


def test_poll_can_be_woken(mailbox: Mailbox[str]) -> None:
    """From any thread, before or while it waits; a closed mailbox takes it calmly."""
    mailbox.wake()
    assert mailbox.poll(LONG_S) == []
    waker = threading.Thread(target=mailbox.wake)
    waker.start()
    assert mailbox.poll(LONG_S) == []
    waker.join()
    mailbox.close()
    mailbox.wake()
    assert mailbox.poll(LONG_S) == []


def test_sockets_that_block_are_refused(mailbox: Mailbox[str]) -> None:
    """One read too many would stop everything."""
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(ValueError, match="timeout"):
        mailbox.add(Channel(ours), "ann")
