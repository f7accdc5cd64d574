"""A worker in a process of its own, at the inherited end of a connection.

A thread reads commands, the main thread computes. The process ends by itself when the connection does, so that none is
left behind whatever happens to the user's process.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import queue
import signal
import socket
import sys
import threading

from overproof.engines.clock import MonotonicClock
from overproof.engines.lifeline import end_with
from overproof.engines.local.channel import Channel, ChannelClosedError
from overproof.engines.local.logbook import Logbook
from overproof.engines.messages import Brief, Command, EndQuery, KeepApart, Letter, Ready, Settled, TakeCredentials
from overproof.engines.waiting import ready
from overproof.words.clock import Clock

BEAT_S = 0.5
"""Time between two beats of the reading thread: whoever watches takes a silent worker for frozen."""

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""Names of two options of the C library's `mallopt`."""

KEPT_MB = 64
"""Memory that was given back and is kept by the process, for the next block needs it again."""

GRACE_S = 20.0
"""A worker told to go waits so long for its deltas to be settled; batch systems kill after 30 seconds."""


class WorkerProcess:
    """Joins a channel, a reading thread and a `Worker`.

    Args:
        name: the worker's name.
        channel: to its crew.
        clock: the worker's time.
        logbook: shared with the crew.
    """

    def __init__(self, name: str, channel: Channel, *, clock: Clock, logbook: Logbook | None = None) -> None:
        from overproof.engines.worker.compute import Worker
        from overproof.engines.worker.logs import PrintLog

        self._channel = channel
        self._clock = clock
        self._logbook = logbook
        self._inbox: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._prints = PrintLog(name)
        self._worker = Worker(name, self._emit, clock=clock, logbook=logbook, prints=self._prints)
        self._name = name
        self._pid = os.getpid()
        self._is_leaving = False

    def run(self) -> None:
        """Serve until the connection ends, or until told to go; does not return."""
        signal.signal(signal.SIGTERM, self._hear_sigterm)
        threading.Thread(target=self._read, daemon=True, name="commands").start()
        self._emit(Letter(0, Ready(worker=self._name, pid=os.getpid())))
        while not self._is_leaving:
            self._turn()
        self._leave()

    def _turn(self) -> None:
        """Do what there is to do: all commands, then one block."""
        worker, inbox = self._worker, self._inbox
        if not worker.has_work and (command := inbox.get()) is not None:
            worker.handle(command)
        while not inbox.empty():
            if (command := inbox.get()) is not None:
                worker.handle(command)
        if worker.has_work and not self._is_leaving:
            worker.step()
            self._end_if_forked()

    def _hear_sigterm(self, number: int, frame: object) -> None:
        """Note that this process is to go; the block in hand is finished first."""
        if os.getpid() != self._pid:  # a child that user code has forked: it ends as any other process does
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        self._is_leaving = True
        self._inbox.put(None)  # wakes an idle worker

    def _leave(self) -> None:
        """Hand over what there is, wait until it is settled, and go."""
        deadline_s = self._clock.now() + GRACE_S
        self._worker.leave()
        while not self._worker.is_settled and (left_s := deadline_s - self._clock.now()) > 0:
            try:
                command = self._inbox.get(timeout=left_s)
            except queue.Empty:
                break
            if isinstance(command, Settled | EndQuery):
                self._worker.handle(command)
        self._prints.close()
        os._exit(0)

    def _read(self) -> None:
        try:
            while True:
                if self._logbook is not None:
                    self._logbook.beat()
                self._prints.check()
                if ready([self._channel], BEAT_S):
                    for command, _ in self._channel.receive_available():
                        self._take_in(command)
                else:
                    self._worker.shed()
        except ChannelClosedError:
            os._exit(0)

    def _take_in(self, command: Command) -> None:
        if isinstance(command, KeepApart):
            self._worker.keep_apart(command.block)  # now: it may be the block in hand
            return
        if isinstance(command, Brief | TakeCredentials) and command.credentials:
            # Now: what is read for the block in hand may need them. Not in `Worker`, which may be the user's process.
            from overproof.columns.credentials.wallet import WALLET

            with contextlib.suppress(OSError):  # without them servers will say what is missing
                WALLET.take(command.credentials)
        if not isinstance(command, TakeCredentials):
            self._inbox.put(command)

    def _end_if_forked(self) -> None:
        """End a child that user code has forked and that has come back from there: it is nobody's worker."""
        if os.getpid() != self._pid:
            os._exit(0)

    def _emit(self, letter: Letter) -> None:
        self._end_if_forked()
        try:
            self._channel.send((letter.query, letter.reply), letter.payload)
        except ChannelClosedError:
            os._exit(0)


def main() -> None:
    """Run the worker that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # while libraries load, nothing becomes garbage
    name, descriptor, lifeline, *handles = sys.argv[1], *map(int, sys.argv[2:])
    end_with(lifeline)
    logbook = Logbook(handles[0]) if handles else None
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - it takes no keyword
    os.dup2(2, 1)  # what user code prints must not mix with the user's own output
    _keep_memory()
    worker = WorkerProcess(name, Channel(socket.socket(fileno=descriptor)), clock=MonotonicClock(), logbook=logbook)
    gc.freeze()
    gc.enable()
    worker.run()


def _keep_memory() -> None:
    """Have memory that a block gives back used again by the next one, where the C library can be told.

    Else arrays of some megabytes go back to the system with every block, and come anew, page by page, full of zeros.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, KEPT_MB * 2**20 // 2)
        mallopt(_TRIM_THRESHOLD, KEPT_MB * 2**20)
