"""A worker in a process of its own, at the inherited end of a connection.

A thread reads commands, the main thread computes. The process ends by itself when the connection does, so that none is
left behind whatever happens to the user's process.
"""

from __future__ import annotations

import fcntl
import gc
import os
import queue
import select
import signal
import socket
import sys
import threading

from overproof.engines.clock import MonotonicClock
from overproof.engines.local.channel import Channel, ChannelClosedError
from overproof.engines.messages import Command, Letter, Ready
from overproof.words.clock import Clock


class WorkerProcess:
    """Joins a channel, a reading thread and a `Worker`."""

    def __init__(self, name: str, channel: Channel, *, clock: Clock) -> None:
        from overproof.engines.worker.compute import Worker

        self._channel = channel
        self._inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._worker = Worker(name, self._emit, clock=clock)
        self._name = name

    def run(self) -> None:
        """Serve until the connection ends; does not return."""
        threading.Thread(target=self._read, daemon=True, name="commands").start()
        self._emit(Letter(0, Ready(worker=self._name, pid=os.getpid())))
        worker, inbox = self._worker, self._inbox
        while True:
            if not worker.has_work:
                worker.handle(inbox.get())
            while not inbox.empty():
                worker.handle(inbox.get())
            if worker.has_work:
                worker.step()

    def _read(self) -> None:
        try:
            while True:
                command, _ = self._channel.receive()
                self._inbox.put(command)
        except ChannelClosedError:
            os._exit(0)

    def _emit(self, letter: Letter) -> None:
        try:
            self._channel.send((letter.query, letter.reply), letter.payload)
        except ChannelClosedError:
            os._exit(0)


def end_with(lifeline: int) -> None:
    """Let the kernel end this process when the other end of a silent socket closes.

    The reading thread cannot see the end while C code holds the interpreter; SIGIO needs no interpreter, because its
    default action ends the process (on Linux; elsewhere the reading thread is all there is).
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:  # it closed before anybody listened
        os._exit(0)


def main() -> None:
    """Run the worker that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # while libraries load, nothing becomes garbage
    name, descriptor, lifeline = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    end_with(lifeline)
    os.dup2(2, 1)  # what user code prints must not mix with the user's own output
    worker = WorkerProcess(name, Channel(socket.socket(fileno=descriptor)), clock=MonotonicClock())
    gc.freeze()
    gc.enable()
    worker.run()
