"""A forked process in which user code runs, as its parent sees it, and what runs in it.

The parent has one thread and has never run user code: a child is as fresh as a new process, and there in milliseconds,
with all libraries loaded and files open.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import resource
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from overproof.columns.reader import ReaderCache
from overproof.engines.lifeline import end_with
from overproof.engines.local.channel import Channel, ChannelClosedError, Frame
from overproof.engines.local.logbook import Logbook
from overproof.engines.local.watch import CHILD_OOM_SCORE, Verdict, Watched, offer_to_oom_killer
from overproof.engines.messages import Brief, Command, Letter
from overproof.engines.waiting import ready
from overproof.engines.worker.compute import Worker
from overproof.engines.worker.failure import OUR_PACKAGE
from overproof.engines.worker.logs import PrintLog
from overproof.words.clock import Clock
from overproof.words.ids import WorkerId

MAX_STACK_BYTES = 64_000

ENDING_S = 2.0
"""A child that was killed is gone by then, or the kernel holds it (a dead disk): nobody waits for it any longer."""


class Child:
    """One child: it is talked to over a channel, and dies with its parent, as does what it has started.

    Attributes:
        pid: its number.
        channel: the connection.
        end_descriptor: becomes readable when it has ended.
        logbook: what it has in hand.
        watched: what its watch remembers.
        has_begun: the selector is loaded and has begun: what goes wrong before is the fault of no entry.
        started_s: when it was forked.
        verdict: why it was ended by us; None when it was not.
        ended_s: when it was.
        looked_s: when somebody looked at it last.
        stopped_s: how long it was stopped, as far as was seen.
        is_mute: its end of the channel is closed.
        n_commands: how much it was told to do.
    """

    def __init__(self, name: WorkerId, brief: Brief, *, readers: ReaderCache, clock: Clock, leave: Callable[[], None]):
        """Fork.

        Args:
            name: under which it speaks.
            brief: the query that it begins.
            readers: open files that it inherits.
            clock: its time and ours.
            leave: called in the child, to close what belongs to the parent alone.

        Raises:
            OSError: the system starts no more processes.
        """
        self.logbook = Logbook()
        self.verdict: Verdict | None = None
        self.has_begun = False
        self.ended_s = 0.0
        self.started_s = self.looked_s = clock.now()
        self.stopped_s = 0.0
        self.is_mute = False
        self.n_commands = 0
        self.watched = Watched(started_s=self.started_s)
        self._stack = _nameless_file()
        ours, theirs = socket.socketpair()
        self._lifeline, their_lifeline = socket.socketpair()
        self.pid = os.fork()
        if not self.pid:
            with _no_way_back():
                os.setpgid(0, 0)
                leave()
                ours.close()
                self._lifeline.close()
                end_with(their_lifeline.fileno())
                _limit_damage(self._stack)
                _serve(name, brief, Channel(theirs), clock=clock, logbook=self.logbook, readers=readers)
        with contextlib.suppress(OSError):  # it was faster; or is gone
            os.setpgid(self.pid, self.pid)
        theirs.close()
        their_lifeline.close()
        self.channel = Channel(ours)
        # Elsewhere than on Linux its end of the lifeline tells as much: it closes when it ends.
        self.end_descriptor = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else os.dup(self._lifeline.fileno())

    def send(self, command: Command) -> None:
        """Tell it something; when it is gone, nothing happens."""
        self.n_commands += 1
        with contextlib.suppress(ChannelClosedError):
            self.channel.send(command)

    def letters(self) -> list[Letter]:
        """Read what it says, without waiting; what is no letter ends it."""
        if self.is_mute:
            return []
        frames: list[Frame] = []
        try:
            frames = self.channel.receive_available()
            return [Letter(query, reply, payload) for (query, reply), payload in frames]
        except ChannelClosedError:
            self.is_mute = True
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, ValueError, TypeError,
                MemoryError, OverflowError):  # fmt: skip
            # User code can write anything anywhere in its own process, also into what it sends.
            self.is_mute = True
            self.kill(signal.SIGKILL)
        return []

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing of it runs any more."""
        return bool(ready([self.end_descriptor], 0))

    @property
    def is_spent(self) -> bool:
        """Tell whether it has ended, or is about to."""
        return self.verdict is not None or self.is_mute or self.has_ended

    def kill(self, number: signal.Signals) -> None:
        """Send it a signal; it is ours until `bury`, so that its number cannot be another's."""
        os.kill(self.pid, number)

    def bury(self) -> int:
        """End it with all that it has started; return its exit code: minus the signal's number when it died by one."""
        self.kill(signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):  # only the dead are left; or other users'
            os.killpg(self.pid, signal.SIGKILL)  # nobody has waited for it yet, so that the number is its group's
        has_ended = bool(ready([self.end_descriptor], ENDING_S))
        exit_code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]) if has_ended else -signal.SIGKILL
        self.channel.close()
        self._lifeline.close()
        self.logbook.close()
        os.close(self.end_descriptor)
        os.close(self._stack)
        return exit_code

    def stack(self) -> str:
        """Tell where in the user's code it was when it died by a fault; empty when it did not."""
        text = os.pread(self._stack, MAX_STACK_BYTES, 0).decode(errors="replace")
        lines = [line for line in text.splitlines() if f'File "{OUR_PACKAGE}' not in line and "<frozen " not in line]
        return "\n".join(line for line in lines if not line.startswith("Extension modules:")).strip()


def _serve(
    name: WorkerId, brief: Brief, channel: Channel, *, clock: Clock, logbook: Logbook, readers: ReaderCache
) -> None:
    """Do what the parent says, until it is gone."""

    pid = os.getpid()

    def emit(letter: Letter) -> None:
        if os.getpid() != pid:  # a child that user code has forked, and that came back from there
            os._exit(0)
        channel.send((letter.query, letter.reply), letter.payload)

    worker = Worker(name, emit, clock=clock, logbook=logbook, prints=PrintLog(name), readers=readers)
    worker.handle(brief)
    while worker.is_begun:
        command, _ = channel.receive()
        worker.handle(command)
        while worker.has_work:
            worker.step()


class _no_way_back(contextlib.AbstractContextManager[None]):  # noqa: N801 - reads as a word in `with`
    """Let nothing of a child run on into the code of its parent, exit handlers neither."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is not None and not isinstance(error, ChannelClosedError):
            traceback.print_exception(error)
        with contextlib.suppress(AttributeError, OSError, ValueError):
            sys.stderr.flush()
        os._exit(0 if isinstance(error, ChannelClosedError) else 1)


def _limit_damage(stack: int) -> None:
    """Let a crash tell where it was, write no core, and let the kernel take this process first when memory ends."""
    faulthandler.enable(file=stack, all_threads=False)
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    # With a limit of 1 no core is written, and no program that gathers cores is started either (core(5)).
    resource.setrlimit(resource.RLIMIT_CORE, (1 if hard else 0, hard))
    offer_to_oom_killer(os.getpid(), score=CHILD_OOM_SCORE)


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("overproof-stack")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
