"""The crew of one machine: worker processes at the ends of inherited socket pairs."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overproof.engines.limits import Limits
from overproof.engines.local.channel import Channel, ChannelClosedError
from overproof.engines.messages import Brief, Command, EndQuery, Letter, Ready
from overproof.records.notices import DeltaOffered, WorkerLost
from overproof.words.errors import EngineError
from overproof.words.ids import WorkerId

MAX_BARREN_DEATHS = 10
"""Workers that may die one after the other without any delta between; then the engine gives up."""

SEND_TIMEOUT_S = 30.0
"""A worker that does not take a message for so long is given up."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")
PACKAGE_PARENT = str(Path(__file__).resolve().parents[3])


@dataclass(slots=True, kw_only=True)
class Hand:
    """One worker process as its crew sees it."""

    name: WorkerId
    process: subprocess.Popen[bytes]
    channel: Channel
    lifeline: socket.socket
    is_ready: bool = False


class ProcessCrew:
    """Keeps `size` worker processes up; a dead one is replaced under a new name.

    Workers start side by side and live until the session closes, so that open files and compiled code serve the next
    query. They inherit their end of the connection: there is no port, no path and no secret to guard.

    Args:
        size: number of workers.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._hands: dict[WorkerId, Hand] = {}
        self._is_closed = False
        self._n_started = 0
        self._n_barren_deaths = 0
        self._brief: Brief | None = None
        self._limits = Limits()
        self._lock = threading.RLock()
        self._selector = selectors.DefaultSelector()
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._wake_receiver.settimeout(0.0)
        self._wake_sender.settimeout(0.0)
        self._selector.register(self._wake_receiver, selectors.EVENT_READ, None)
        self._fill_up()

    @property
    def size(self) -> int:
        return self._size

    @property
    def workers(self) -> list[WorkerId]:
        return [hand.name for hand in self._hands.values() if hand.is_ready]

    def begin(self, brief: Brief) -> None:
        self._brief = brief
        self._n_barren_deaths = 0
        self._fill_up()
        for name in self.workers:
            self.send(name, brief)

    def watch(self, limits: Limits) -> None:
        self._limits = limits

    def call_isolator(self) -> None:
        return

    def dismiss(self, worker: WorkerId) -> None:
        hand = self._hands.get(worker)
        if hand is not None:
            self._dismiss(hand)

    def send(self, worker: WorkerId, command: Command) -> None:
        hand = self._hands.get(worker)
        if hand is None:
            return
        try:
            hand.channel.send(command)
        except ChannelClosedError:
            # It is gone, or has not listened for SEND_TIMEOUT_S and got half a frame; `poll` sees the loss, and reads
            # what the worker still had to say.
            hand.process.kill()

    def poll(self, timeout_s: float) -> list[Letter]:
        self._fill_up()
        letters: list[Letter] = []
        for key, _ in self._selector.select(timeout_s):
            if key.data is None:
                self._drain_wake()
            else:
                letters += self._read(key.data)
        return letters

    def wake(self) -> None:
        try:
            self._wake_sender.send(b"w")
        except (BlockingIOError, OSError):
            return  # a full pipe wakes as well; a closed crew has nobody to wake

    def end(self) -> None:
        self._brief = None
        for name in list(self._hands):
            self.send(name, EndQuery())

    def kill(self) -> None:
        self._dismiss_all()
        if not self._is_closed:
            self._fill_up()

    def close(self) -> None:
        self._is_closed = True
        self._dismiss_all()
        self._selector.close()
        self._wake_receiver.close()
        self._wake_sender.close()

    # -- one worker

    def _dismiss_all(self) -> None:
        self._brief = None
        with self._lock:
            for hand in list(self._hands.values()):
                self._dismiss(hand)

    def _fill_up(self) -> None:
        if self._is_closed:
            raise EngineError("this session is closed: open a new one with overproof.Session()")
        with self._lock:
            while len(self._hands) < self._size:
                self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        lifeline, their_lifeline = socket.socketpair()
        ours.settimeout(SEND_TIMEOUT_S)
        descriptors = [theirs.fileno(), their_lifeline.fileno()]
        name = f"w{self._n_started}"
        self._n_started += 1
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "overproof.engines.worker", name, *map(str, descriptors)],
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                process_group=0,  # a Ctrl-C in the terminal is the user's, not the workers'
                env=_environment(os.environ),
            )
        except OSError as error:
            ours.close()
            lifeline.close()
            raise EngineError(f"cannot start a worker process: {error}") from error
        finally:
            theirs.close()
            their_lifeline.close()
        hand = Hand(name=name, process=process, channel=Channel(ours), lifeline=lifeline)
        self._hands[name] = hand
        self._selector.register(ours, selectors.EVENT_READ, hand)

    def _read(self, hand: Hand) -> list[Letter]:
        try:
            frames = hand.channel.receive_available()
        except ChannelClosedError:
            return self._bury(hand)
        letters = []
        for (query, reply), payload in frames:
            if isinstance(reply, Ready):
                hand.is_ready = True
                if self._brief is not None:
                    self.send(hand.name, self._brief)
            elif isinstance(reply, DeltaOffered):
                self._n_barren_deaths = 0
            letters.append(Letter(query, reply, payload))
        return letters

    def _bury(self, hand: Hand) -> list[Letter]:
        exit_code = self._dismiss(hand)
        self._n_barren_deaths += 1
        if self._n_barren_deaths > MAX_BARREN_DEATHS:
            n_deaths, self._n_barren_deaths = self._n_barren_deaths, 0
            raise EngineError(
                f"{n_deaths} worker processes died one after the other without handing anything over; "
                f"the last one {_how_it_ended(exit_code)}"
            )
        query = self._brief.query if self._brief else 0
        return [Letter(query, WorkerLost(worker=hand.name, reason=f"the process {_how_it_ended(exit_code)}"))]

    def _dismiss(self, hand: Hand) -> int:
        """End one process for good and return its exit code."""
        with self._lock:
            if self._hands.pop(hand.name, None) is not None:
                self._selector.unregister(hand.channel)
                hand.channel.close()
                hand.lifeline.close()
        hand.process.kill()
        return hand.process.wait()

    def _drain_wake(self) -> None:
        try:
            while self._wake_receiver.recv(1024):
                pass
        except BlockingIOError:
            return


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what workers get: one thread for numeric libraries, one order of hashing, our package within reach."""
    paths = [PACKAGE_PARENT, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **environment,
        **dict.fromkeys(ONE_THREAD, "1"),
        "PYTHONHASHSEED": environment.get("PYTHONHASHSEED", "0"),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONSAFEPATH": "1",
    }


def _how_it_ended(exit_code: int) -> str:
    return f"was ended by signal {-exit_code}" if exit_code < 0 else f"left with exit code {exit_code}"
