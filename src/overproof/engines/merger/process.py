"""A merger in a process of its own, at the inherited end of a connection.

A thread reads, the main thread adds. The process ends by itself when the connection does.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import sys
import threading

from overproof.engines.clock import MonotonicClock
from overproof.engines.lifeline import end_with
from overproof.engines.local.channel import Channel, ChannelClosedError, Frame
from overproof.engines.local.logbook import Logbook
from overproof.engines.merger.merger import Merger
from overproof.engines.messages import Letter, Ready
from overproof.engines.waiting import ready
from overproof.engines.worker.logs import PrintLog
from overproof.words.clock import Clock

BEAT_S = 0.5
"""Time between two beats of the reading thread."""

LOOK_S = 0.1
"""A merger that is told nothing for so long looks whether it is time to hand over."""

GRACE_S = 20.0
"""A merger told to go waits so long for its deltas to be settled; batch systems kill after 30 seconds."""


class MergerProcess:
    """Joins a channel, a reading thread and a `Merger`.

    Args:
        name: the merger's name.
        channel: to its crew.
        clock: the merger's time.
        logbook: shared with the crew: only its beat is used, as no block is computed here.
    """

    def __init__(self, name: str, channel: Channel, *, clock: Clock, logbook: Logbook | None = None) -> None:
        self._name = name
        self._channel = channel
        self._clock = clock
        self._logbook = logbook
        self._prints = PrintLog(name)
        self._merger = Merger(name, self._emit, clock=clock, prints=self._prints)
        self._inbox: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._pid = os.getpid()
        self._is_leaving = False

    def run(self) -> None:
        """Serve until the connection ends, or until told to go; does not return."""
        signal.signal(signal.SIGTERM, self._hear_sigterm)
        threading.Thread(target=self._read, daemon=True, name="commands").start()
        self._emit(Letter(0, Ready(worker=self._name, pid=self._pid)))
        while not self._is_leaving:
            self._take_one(LOOK_S)
            self._merger.look()
        self._leave()

    def _take_one(self, timeout_s: float) -> None:
        """Do one command, if one comes; nothing of it is kept when this returns, as its payload may be large."""
        try:
            command, payload = self._inbox.get(timeout=timeout_s)
        except queue.Empty:
            return
        self._merger.handle(command, payload)
        if os.getpid() != self._pid:
            os._exit(0)  # a child that a user's `+` has forked, and that has come back from there

    def _hear_sigterm(self, number: int, frame: object) -> None:
        """Note that this process is to go; the delta in hand is added first."""
        if os.getpid() != self._pid:  # a child of user code: it ends as any other process does
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        self._is_leaving = True

    def _leave(self) -> None:
        """Hand over what there is, wait until it is settled, and go."""
        deadline_s = self._clock.now() + GRACE_S
        self._merger.leave()
        while not self._merger.is_settled and (left_s := deadline_s - self._clock.now()) > 0:
            self._take_one(left_s)
        self._prints.close()
        os._exit(0)

    def _read(self) -> None:
        try:
            while True:
                if self._logbook is not None:
                    self._logbook.beat()
                self._prints.check()
                if ready([self._channel], BEAT_S):
                    self._take_in()
        except ChannelClosedError:
            os._exit(0)

    def _take_in(self) -> None:
        """Pass on what has come; nothing of it is kept when this returns."""
        for frame in self._channel.receive_available():
            self._inbox.put(frame)

    def _emit(self, letter: Letter) -> None:
        try:
            self._channel.send((letter.query, letter.reply), letter.payload)
        except ChannelClosedError:
            os._exit(0)


def main() -> None:
    """Run the merger that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    name, descriptor, lifeline, *handles = sys.argv[1], *map(int, sys.argv[2:])
    end_with(lifeline)
    logbook = Logbook(handles[0]) if handles else None
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - it takes no keyword
    os.dup2(2, 1)  # what user code prints must not mix with the user's own output
    channel = Channel(socket.socket(fileno=descriptor))
    MergerProcess(name, channel, clock=MonotonicClock(), logbook=logbook).run()
