"""Frames over a socket: each is two lengths and a check word, a pickled message and an opaque payload.

A channel is one end of a socket pair that a worker inherits: nobody else can reach it, so what it unpickles comes from
the owner alone. Still user code may write anything into any descriptor of its process: what is no frame is told apart.
"""

from __future__ import annotations

import os
import pickle
import select
import socket
import struct
import threading
from typing import Any, Final, TypeAlias

HEADER: Final = struct.Struct("<QQQ")
"""Bytes of the message, bytes of the payload and one more (0: there is none), and the check word."""
CHECK: Final = 0x6F76_6572_7072_6F66
"""What the three words of a header make together: bytes that nobody has sent by this module do not."""

UNPICKLING_ERRORS: Final = (
    pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, ValueError, TypeError,
    MemoryError, OverflowError,
)  # fmt: skip
"""What `pickle` makes of bytes that are none of its own."""

Payload: TypeAlias = bytes | bytearray | memoryview
Frame: TypeAlias = tuple[Any, bytearray | None]
"""A message, and what travels beside it."""


class ChannelClosedError(ConnectionError):
    """The other end is gone."""


def header_of(body_size: int, payload_size: int | None) -> bytes:
    """Return what goes before a message and a payload; `None`: there is no payload, which an empty one is not."""
    n_after = 0 if payload_size is None else payload_size + 1
    return HEADER.pack(body_size, n_after, body_size ^ n_after ^ CHECK)


class Incoming:
    """One frame on its way in: two buffers, made once at the right size and filled in place."""

    __slots__ = ("_header", "_message", "_payload", "_rest")

    def __init__(self) -> None:
        self._header = bytearray(HEADER.size)
        self._message: bytearray | None = None
        self._payload: bytearray | None = None
        self._rest = [memoryview(self._header)]

    @property
    def size_bytes(self) -> int:
        """Tell how large the frame is, 0 while that is not known."""
        if self._rest and self._message is None:
            return 0
        body_size, payload_size, _ = HEADER.unpack(self._header)
        return int(body_size + payload_size)

    def fill(self, descriptor: int) -> bool:
        """Read once, at most to the end of the frame; tell whether it is whole.

        Raises:
            BlockingIOError: there is nothing to be read now.
            ChannelClosedError: the other end is gone.
            UnpicklingError: this is no frame.
        """
        room = self.room
        try:
            n_bytes = os.readv(descriptor, room)
        except BlockingIOError:
            raise
        except OSError as error:
            raise ChannelClosedError(str(error)) from error
        if not n_bytes:
            raise ChannelClosedError("the other end closed the connection")
        return self.take(n_bytes)

    @property
    def room(self) -> list[memoryview]:
        """Where the next bytes go, in order, up to the end of what is known of the frame."""
        if not self._rest:
            self._make_buffers()
        return self._rest

    def take(self, n_bytes: int) -> bool:
        """Note that so many bytes were put into `room`; tell whether the frame is whole.

        Raises:
            UnpicklingError: this is no frame.
        """
        while self._rest and n_bytes >= len(self._rest[0]):
            n_bytes -= len(self._rest.pop(0))
        if n_bytes:
            self._rest[0] = self._rest[0][n_bytes:]
        if not self._rest and self._message is None:
            self._check_header()
        return not self._rest and self._message is not None

    def _check_header(self) -> None:
        body_size, payload_size, check = HEADER.unpack(self._header)
        if body_size ^ payload_size ^ check != CHECK or not body_size:
            raise pickle.UnpicklingError("the other end sent what is no frame")

    def _make_buffers(self) -> None:
        """Make room for a frame whose lengths are known."""
        body_size, payload_size, _ = HEADER.unpack(self._header)
        self._message = bytearray(body_size)
        self._payload = bytearray(payload_size - 1) if payload_size else None
        self._rest = [memoryview(buffer) for buffer in (self._message, self._payload) if buffer]

    def opened(self) -> Frame:
        """Unpickle the message of a whole frame.

        Raises:
            UnpicklingError: it is none.
        """
        assert self._message is not None
        try:
            return pickle.loads(self._message), self._payload
        except UNPICKLING_ERRORS as error:
            raise pickle.UnpicklingError(f"the other end sent what is no message: {error!r}") from error


class Channel:
    """One end of a connection; `send` may be called by several threads, the rest by one.

    A socket with a timeout bounds `send`; `receive` waits as long as it takes.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._lock = threading.Lock()
        self._incoming = Incoming()

    def fileno(self) -> int:
        """Return the number of the socket, for `select`."""
        return self._socket.fileno()

    def send(self, message: Any, payload: Payload | None = None) -> None:
        """Send one frame, whole.

        Raises:
            ChannelClosedError: the other end is gone.
        """
        body = pickle.dumps(message, protocol=5)
        header = header_of(len(body), None if payload is None else len(payload))
        with self._lock:
            try:
                self._socket.sendall(header + body)
                if payload:
                    self._socket.sendall(payload)
            except OSError as error:
                raise ChannelClosedError(str(error)) from error

    def receive(self) -> Frame:
        """Wait for one frame.

        Raises:
            ChannelClosedError: the other end is gone.
        """
        while True:
            try:
                if (frame := self.read_once()) is not None:
                    return frame
            except BlockingIOError:
                self._is_readable(None)

    @property
    def awaits_bytes(self) -> int:
        """Tell the size of the frame that is being read, 0 while that is not known."""
        return self._incoming.size_bytes

    def read_once(self) -> Frame | None:
        """Read what is there of the frame in hand; give it when it is whole. For use behind a selector.

        Raises:
            BlockingIOError: there is nothing to be read now (on sockets that do not block).
            ChannelClosedError: the other end is gone.
            UnpicklingError: it sent what is no frame; nothing after that can be told apart.
        """
        if not self._incoming.fill(self._socket.fileno()):
            return None
        frame, self._incoming = self._incoming.opened(), Incoming()
        return frame

    def receive_available(self) -> list[Frame]:
        """Give the frames that are whole by now, without waiting; for use behind a selector that said *readable*.

        Raises:
            ChannelClosedError: the other end is gone, and no whole frame was left.
        """
        frames: list[Frame] = []
        try:
            while self._is_readable(0):
                if (frame := self.read_once()) is not None:
                    frames.append(frame)
        except ChannelClosedError:
            if not frames:
                raise
        return frames

    def _is_readable(self, timeout_ms: int | None) -> bool:
        """Wait until there is something to be read, or the end."""
        poll = select.poll()  # unlike `select.select` it bears any number of open files
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(timeout_ms))

    @property
    def is_blocking(self) -> bool:
        """Tell whether reading waits for bytes to come."""
        return self._socket.gettimeout() is None

    def close(self) -> None:
        """Close this end; what came of a frame is forgotten."""
        self._socket.close()
        self._incoming = Incoming()
