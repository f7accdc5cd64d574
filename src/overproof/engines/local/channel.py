"""Frames over a socket: each is two lengths, a pickled message and an opaque payload.

A channel is one end of a socket pair that a worker inherits: nobody else can reach it, so what it unpickles comes from
the owner alone.
"""

from __future__ import annotations

import pickle
import socket
import struct
import threading
from typing import Any

LENGTHS = struct.Struct("<QQ")
CHUNK_BYTES = 1 << 20


class ChannelClosedError(ConnectionError):
    """The other end is gone."""


class Channel:
    """One end of a connection; `send` may be called by several threads, `receive` by one."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._lock = threading.Lock()
        self._buffer = bytearray()

    def fileno(self) -> int:
        """Return the number of the socket, for `select`."""
        return self._socket.fileno()

    def send(self, message: Any, payload: bytes | None = None) -> None:
        """Send one frame, whole.

        Raises:
            ChannelClosedError: the other end is gone.
        """
        body = pickle.dumps(message, protocol=5)
        # A payload that is absent is told apart from an empty one by a length one larger than the bytes.
        header = LENGTHS.pack(len(body), 0 if payload is None else len(payload) + 1)
        with self._lock:
            try:
                self._socket.sendall(header + body)
                if payload:
                    self._socket.sendall(payload)
            except OSError as error:
                raise ChannelClosedError(str(error)) from error

    def receive(self) -> tuple[Any, bytes | None]:
        """Wait for one frame.

        Raises:
            ChannelClosedError: the other end is gone.
        """
        while (frame := self._next_frame()) is None:
            self._fill()
        return frame

    def receive_available(self) -> list[tuple[Any, bytes | None]]:
        """Read once, then return the frames that are whole; for use behind a selector that said *readable*.

        Raises:
            ChannelClosedError: the other end is gone, and no whole frame was left.
        """
        self._fill()
        frames = []
        while (frame := self._next_frame()) is not None:
            frames.append(frame)
        return frames

    def close(self) -> None:
        self._socket.close()

    def _fill(self) -> None:
        try:
            data = self._socket.recv(CHUNK_BYTES)
        except OSError as error:
            raise ChannelClosedError(str(error)) from error
        if not data:
            raise ChannelClosedError("the other end closed the connection")
        self._buffer += data

    def _next_frame(self) -> tuple[Any, bytes | None] | None:
        buffer = self._buffer
        if len(buffer) < LENGTHS.size:
            return None
        body_size, payload_size = LENGTHS.unpack_from(buffer)
        end_of_body = LENGTHS.size + body_size
        end = end_of_body + max(0, payload_size - 1)
        if len(buffer) < end:
            return None
        message = pickle.loads(memoryview(buffer)[LENGTHS.size : end_of_body])
        payload = bytes(buffer[end_of_body:end]) if payload_size else None
        del buffer[:end]
        return message, payload
