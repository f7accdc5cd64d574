"""One end of a connection: frames in and out, beats, and the patience with the other end."""

from __future__ import annotations

import asyncio
import pickle
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from overproof.engines.local.channel import Incoming, Payload, header_of

BEAT_S = 1.0
"""Time between two beats, which say no more than that this end lives."""
SILENT_S = 10.0
"""Who was not heard of for so long is given up."""
CHUNK_BYTES = 256 * 1024
"""What is encrypted in one go; more waits until that is on its way."""
SMALL_BYTES, MAX_TOGETHER = 2048, 64
"""Pieces up to this size are encrypted together, so many at a time."""
LARGE_BYTES = 256 * 1024
"""Frames above this size take turns."""


class Office(Protocol):
    """What a connection needs of the exchange that has it; but for `do` and `now`, in the exchange's thread."""

    def now(self) -> float:
        """Monotonic seconds; for any thread."""
        ...

    def do(self, action: Callable[..., object], *arguments: Any) -> None:
        """Do something in the exchange's thread; for any thread."""
        ...

    def later(self, delay_s: float, action: Callable[[], object]) -> None:
        """Do something after a while."""
        ...

    def enter(self, connection: Connection) -> None:
        """Note that a connection is open."""
        ...

    def arrive(self, connection: Connection, message: Any, payload: Payload | None, *, is_large: bool = False) -> None:
        """Keep what came; what is large came by the lane."""
        ...

    def lose(self, connection: Connection) -> None:
        """Note that a connection is over."""
        ...

    def may_read(self, connection: Connection) -> bool:
        """Tell whether a connection may read a large frame now; else it is told to go on when its turn comes."""
        ...

    def leave_lane(self, connection: Connection) -> bool:
        """Note that a frame is whole; tell whether it came by the lane."""
        ...


class Connection(asyncio.BufferedProtocol):
    """One end; `send` and `close` may be called by any thread, all else belongs to the thread of the exchange.

    Args:
        exchange: of this process.
        peer: who is at the other end, as far as is known; for people.

    Attributes:
        peer: the same.
        owner: for whoever uses the connection.
        is_told: its end was told.
    """

    def __init__(self, exchange: Office, *, peer: str = "") -> None:
        self.peer = peer
        self.owner: Any = None
        self.is_told = False
        self._exchange = exchange
        self._transport: asyncio.Transport | None = None
        self._incoming = Incoming()
        self._outgoing: deque[memoryview] = deque()
        self._is_scheduled = False
        self._is_full = False
        self._is_over = False
        self._is_waiting = False
        self._heard_s = self._said_s = exchange.now()

    # -- for any thread

    def send(self, message: Any, payload: Payload | None = None) -> None:
        """Send a message with a payload, in order with all others; what cannot be sent any more is forgotten."""
        body = pickle.dumps(message, protocol=5)
        header = header_of(len(body), None if payload is None else len(payload))
        pieces = [memoryview(header + body)]
        if payload:
            pieces.append(memoryview(payload))
        self._outgoing += pieces
        if not self._is_scheduled:
            self._is_scheduled = True
            self._exchange.do(self._go_out)

    def close(self, *, flushes: bool = False) -> None:
        """End the connection; with `flushes`, when all that was sent is on its way."""
        self._exchange.do(self._finish if flushes else self._abort)

    # -- out

    def _go_out(self) -> None:
        self._is_scheduled = False
        self._pump()

    def _pump(self) -> None:
        """Hand over as much as the transport takes, which copies what it is given; small pieces go together."""
        outgoing = self._outgoing
        while outgoing and self._transport is not None and not self._is_full and not self._is_over:
            piece = outgoing.popleft()
            if len(piece) > CHUNK_BYTES:
                outgoing.appendleft(piece[CHUNK_BYTES:])
                self._transport.write(piece[:CHUNK_BYTES])
            elif outgoing and len(piece) < SMALL_BYTES:
                together = [piece]
                while outgoing and len(together) < MAX_TOGETHER and len(outgoing[0]) < SMALL_BYTES:
                    together.append(outgoing.popleft())
                self._transport.write(b"".join(together))
            else:
                self._transport.write(piece)
            self._said_s = self._exchange.now()
        if self._is_over:
            outgoing.clear()

    def _finish(self) -> None:
        if self._transport is None or self._outgoing:
            self._exchange.later(BEAT_S / 10, self._finish)
        else:
            self._transport.close()

    def pause_writing(self) -> None:
        """Hear that the transport has enough."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Hear that the transport takes more."""
        self._is_full = False
        self._pump()

    # -- in

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; TLS has proved the other end by now."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=4 * CHUNK_BYTES)
        if not self.peer:
            name = ":".join(map(str, (transport.get_extra_info("peername") or ())[:2]))
            self.peer = name.removeprefix("::ffff:")  # IPv4 over a socket of both kinds
        self._heard_s = self._exchange.now()
        if self._is_over:
            transport.abort()
            return
        self._exchange.enter(self)
        self._pump()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Give the place for the next bytes."""
        return self._incoming.room[0]

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what came; a large frame waits for its turn."""
        self._heard_s = self._exchange.now()
        try:
            is_whole = self._incoming.take(nbytes)
            frame = self._incoming.opened() if is_whole else None
        except pickle.UnpicklingError:
            self._abort()
            return
        if frame is not None:
            self._incoming = Incoming()
            is_large = self._exchange.leave_lane(self)
            if frame[0] is not None:  # a beat
                self._exchange.arrive(self, *frame, is_large=is_large)
        elif self._incoming.size_bytes > LARGE_BYTES and not self._exchange.may_read(self):
            self._is_waiting = True
            assert self._transport is not None
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Read on: it is this one's turn."""
        self._is_waiting = False
        self._heard_s = self._exchange.now()
        if self._transport is not None:
            self._transport.resume_reading()

    # -- how it ends

    def look(self, now: float, silent_s: float) -> None:
        """Say that this end lives, and see whether the other one does."""
        if self._transport is not None and now - self._said_s >= BEAT_S and not self._outgoing:
            self._outgoing.append(memoryview(_BEAT))
            self._pump()
        if not self._is_waiting and now - self._heard_s > silent_s:
            self._abort()

    def forgive(self, held_up_s: float) -> None:
        """Leave out a time in which nobody here could listen."""
        self._heard_s += held_up_s

    def _abort(self) -> None:
        self._is_over = True
        self._outgoing.clear()
        if self._transport is not None:
            self._transport.abort()
        else:
            self._exchange.lose(self)

    def hang_up(self) -> None:
        """End the connection after what is on its way already."""
        self._is_over = True
        if self._transport is not None:
            self._transport.close()

    def eof_received(self) -> None:
        """Nothing comes any more: the connection ends."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that the connection is over."""
        self._is_over = True
        self._outgoing.clear()
        self._incoming = Incoming()
        self._exchange.lose(self)

    @property
    def is_open(self) -> bool:
        """Tell whether the other end has proved itself, and was heard of lately."""
        return self._transport is not None and not self._is_over

    @property
    def peer_host(self) -> str:
        """Address of the other end."""
        return self.peer.rpartition(":")[0]


def _beat() -> bytes:
    body = pickle.dumps(None, protocol=5)
    return header_of(len(body), None) + body


_BEAT = _beat()
