"""All connections of a process, in a thread of their own.

Payloads can be as large as the whole result, and there can be many senders; so there is one *lane* for large frames, as
between the processes of one machine. While a frame is on it, others wait in the buffers of their senders. What came by
the lane is in hand until its reader has dropped it, and says so by `release`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from overproof.engines.local.channel import Payload
from overproof.engines.wire.connection import BEAT_S, SILENT_S, Connection
from overproof.engines.wire.credentials import Credentials
from overproof.words.errors import EngineError

HANDSHAKE_S = 10.0
"""Who has not proved himself by then is sent away; he holds up nobody."""
BACKLOG = 512
"""Hosts that may knock at the same moment."""
START_S = 10.0


class Arrival(NamedTuple):
    """What came by a connection; a message of None: it is over, and this is the last of it.

    One that is large came by the lane.
    """

    connection: Connection
    message: Any
    payload: Payload | None = None
    is_large: bool = False


class Exchange:
    """Listens, dials, and keeps what came until it is taken.

    Args:
        credentials: that both ends show.
        arrived: called in the exchange's thread whenever there is something to be taken.
        silent_s: after which an end that says nothing is given up.
    """

    def __init__(self, credentials: Credentials, *, arrived: Callable[[], object], silent_s: float = SILENT_S) -> None:
        self._credentials = credentials
        self._calling = credentials.calling()
        self._arrived = arrived
        self._silent_s = silent_s
        self._arrivals: deque[Arrival] = deque()
        self._connections: set[Connection] = set()
        self._lane: Connection | None = None
        self._is_in_hand = self._is_taken = False
        self._queue: deque[Connection] = deque()
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._looked_s = self.now()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="overproof-exchange")
        self._thread.start()

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    # -- for any thread

    def listen(self, host: str, port: int = 0) -> int:
        """Let others call this process; return the port.

        Args:
            host: address of an interface; empty: all of them.
            port: 0: any that is free.

        Raises:
            EngineError: the address cannot be had.
        """
        context = self._credentials.listening()

        async def begin() -> int:
            sock = listening_socket(host, port)
            server = await self._loop.create_server(
                lambda: Connection(self), sock=sock, ssl=context, backlog=BACKLOG, ssl_handshake_timeout=HANDSHAKE_S
            )
            self._servers.append(server)
            return int(sock.getsockname()[1])

        try:
            return asyncio.run_coroutine_threadsafe(begin(), self._loop).result(START_S)
        except (OSError, TimeoutError) as error:
            raise EngineError(f"cannot listen on {host or 'any address'}, port {port}: {error}") from error

    def dial(self, host: str, port: int) -> Connection:
        """Call another process, without waiting; where nobody answers, the connection is over soon."""
        connection = Connection(self, peer=f"{host}:{port}")

        async def call() -> None:
            try:
                async with asyncio.timeout(HANDSHAKE_S):
                    await self._loop.create_connection(lambda: connection, host, port, ssl=self._calling)
            except (OSError, ValueError, OverflowError):  # no name, or no port, that there could be
                self.lose(connection)

        self.do(self._spawn, call())
        return connection

    def release(self) -> None:
        """Say that what was taken is dropped: the next large payload may come. To be called before each wait."""
        if self._is_taken:
            self._is_taken = False
            self.do(self._free_lane)

    def take(self) -> list[Arrival]:
        """Return what came since the last time."""
        arrivals = []
        with contextlib.suppress(IndexError):
            while True:
                arrivals.append(self._arrivals.popleft())
                self._is_taken = self._is_taken or arrivals[-1].is_large
        return arrivals

    def do(self, action: Callable[..., object], *arguments: Any) -> None:
        """Do something in the exchange's thread; nothing when it is closed."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(action, *arguments)

    def close(self) -> None:
        """End all connections; returns when nothing runs any more."""
        if self._is_closed:
            return
        self._is_closed = True
        self.do(self._loop.stop)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    # -- for connections, in the exchange's thread

    def enter(self, connection: Connection) -> None:
        """Note that a connection is open."""
        self._connections.add(connection)

    def arrive(self, connection: Connection, message: Any, payload: Payload | None, *, is_large: bool = False) -> None:
        """Keep what came."""
        self._arrivals.append(Arrival(connection, message, payload, is_large))
        self._arrived()

    def lose(self, connection: Connection) -> None:
        """Note that a connection is over, and say so once."""
        self._connections.discard(connection)
        with contextlib.suppress(ValueError):
            self._queue.remove(connection)
        if self._lane is connection:
            self._lane = None
            self._next_on_lane()
        if not connection.is_told:
            connection.is_told = True
            self.arrive(connection, None, None)

    def later(self, delay_s: float, action: Callable[[], object]) -> None:
        """Do something after a while."""
        self._loop.call_later(delay_s, action)

    def may_read(self, connection: Connection) -> bool:
        """Tell whether a connection may read a large frame now; else its turn comes."""
        if self._lane is connection:
            return True
        if self._lane is None and not self._is_in_hand:
            self._lane = connection
            return True
        self._queue.append(connection)
        return False

    def leave_lane(self, connection: Connection) -> bool:
        """Note that a frame is whole; tell whether it came by the lane."""
        if self._lane is not connection:
            return False
        self._lane, self._is_in_hand = None, True
        return True

    def _free_lane(self) -> None:
        self._is_in_hand = False
        self._next_on_lane()

    def _next_on_lane(self) -> None:
        if self._queue and self._lane is None and not self._is_in_hand:
            self._lane = self._queue.popleft()
            self._lane.go_on()

    # -- the thread

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(_say_nothing)
        self._loop.call_soon(self._look)
        self._loop.run_forever()
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            connection.hang_up()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))  # for what was said last
        self._loop.close()

    def _look(self) -> None:
        """Look at every connection once a beat.

        Where this process itself was held up, nobody could be heard, and nobody is blamed for it.
        """
        now = self.now()
        held_up_s = now - self._looked_s - BEAT_S
        self._looked_s = now
        if held_up_s > BEAT_S:
            for connection in self._connections:
                connection.forgive(held_up_s)
        for connection in list(self._connections):
            connection.look(now, self._silent_s)
        self._loop.call_later(BEAT_S, self._look)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket at one port of an interface, or of all of them, by IPv6 as by IPv4 where there are both."""
    if host:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address, family=family)
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))


def _say_nothing(_: asyncio.AbstractEventLoop, __: dict[str, Any]) -> None:
    """Pass over what asyncio complains about: handshakes of strangers fail all the time, and are their own matter."""
