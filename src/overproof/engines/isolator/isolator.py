"""Who takes packets and probes, and lets children try them one by one.

One thread, and no user code: what children inherit is as it was after importing our own libraries. So the isolator
survives whatever user code does, and can answer, halt and close while a child hangs.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import replace
from typing import Any

from overproof.columns.credentials.wallet import WALLET
from overproof.columns.reader import ReaderCache
from overproof.engines.isolator.child import Child
from overproof.engines.isolator.task import Task, tasks_of
from overproof.engines.isolator.ward import Ward, insisting
from overproof.engines.local.channel import Channel
from overproof.engines.local.logbook import Logbook
from overproof.engines.local.watch import how_it_ended
from overproof.engines.messages import (
    BeginFailed,
    Brief,
    Command,
    Compute,
    Ended,
    EndQuery,
    EventNamed,
    Halt,
    Letter,
    Probe,
    Ready,
    SetLimits,
    TakeCredentials,
)
from overproof.engines.waiting import ready
from overproof.engines.worker.code import take_settings_of
from overproof.engines.worker.logs import attribute_rest, cut_log, log_size_bytes
from overproof.records.block import Block
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    DeltaOffered,
    PacketDone,
    RangeProbed,
    WorkerJoined,
)
from overproof.records.outcome.failure import Failure
from overproof.words.clock import Clock
from overproof.words.errors import OverproofError
from overproof.words.ids import WorkerId

EPOCH = 1
BEAT_S = 0.5
MAX_REPEATS = 20
"""A child that somebody kills proves nothing, and its work is done again; so often in a row, it is no chance."""

MAX_BEGINS = 5
"""Children in which the selector may crash before it has begun. One in which it takes too long for that is enough: the
crew tries again with another isolator, and each try may last a minute."""

MAX_READS = 2
"""Children in a row that may stall or crash while they read: a disk may do so once."""


class Isolator:
    """Serves one crew.

    Args:
        name: its name among the workers.
        channel: to the crew.
        clock: monotonic seconds of this machine.
        logbook: shared with the crew: only its beat is used, as user code never runs here.
        lifeline: of this process, which is not for its children.
    """

    def __init__(
        self, name: WorkerId, channel: Channel, *, clock: Clock, logbook: Logbook | None, lifeline: int | None = None
    ) -> None:
        self.name = name
        self._channel = channel
        self._clock = clock
        self._logbook = logbook
        self._lifeline = lifeline
        self._readers = ReaderCache()
        self._ward = Ward(clock=clock)
        self._brief: Brief | None = None
        self._child: Child | None = None
        self._reset()

    def _reset(self) -> None:
        self._tasks: deque[Task] = deque()
        self._task: Task | None = None
        self._spent = (0.0, 0)
        self._n_deltas = 0

    def run(self) -> None:
        """Serve until the crew is gone.

        Raises:
            ChannelClosedError: the crew is gone.
        """
        self._say(Ready(worker=self.name, pid=os.getpid()))
        while True:
            self.turn(BEAT_S)

    def turn(self, timeout_s: float) -> None:
        """Wait for commands, for the child and for the time to look at it; then do what there is to do.

        Raises:
            ChannelClosedError: the crew is gone.
        """
        if self._logbook is not None:
            self._logbook.beat()
        if self._child is not None and self._task is not None:
            timeout_s = min(timeout_s, self._ward.round_s)
        for descriptor in ready(self._descriptors(), timeout_s):
            if descriptor == self._channel.fileno():
                for command, _ in self._channel.receive_available():
                    self._hear(command)
        self._attend()
        while self._task is None and self._tasks:
            self._start(self._tasks.popleft())

    def _descriptors(self) -> list[int]:
        descriptors = [self._channel.fileno()]
        if self._child is not None:
            descriptors.append(self._child.end_descriptor)
            if not self._child.is_mute:
                descriptors.append(self._child.channel.fileno())
        return descriptors

    # -- the crew

    def _hear(self, command: Command) -> None:
        match command:
            case TakeCredentials(credentials=credentials):
                WALLET.take(credentials)
            case Brief():
                self._forget()
                WALLET.take(command.credentials)
                # Its trials stand on the file alone.
                self._brief = replace(command, cache=None)
                self._say(WorkerJoined(worker=self.name, epoch=EPOCH, is_isolator=True))
            case SetLimits(limits=limits):
                self._ward.limits = limits
            case Compute() if self._brief is not None:
                self._tasks += tasks_of(command)
            case Probe(block=block) if self._brief is not None:
                self._tasks.append(Task(command=command, block=block))
            case Halt():
                self._halt()
            case EndQuery():
                self._forget()
                self._say(Ended(worker=self.name))

    def _halt(self) -> None:
        """Drop everything, the task in hand too: nobody waits for what may never end."""
        in_hand = [] if self._task is None else [self._task]
        packets = [task.command.packet for task in [*in_hand, *self._tasks] if isinstance(task.command, Compute)]
        self._drop()
        for number in dict.fromkeys(packet.number for packet in packets):
            self._say(PacketDone(worker=self.name, epoch=EPOCH, packet=number, compute_s=0.0, n_blocks=0))

    def _drop(self) -> None:
        self._tasks.clear()
        self._task = None
        self._spent = (0.0, 0)
        self._end_child()

    def _forget(self) -> None:
        self._drop()
        self._reset()
        self._brief = None

    def _say(self, reply: Any, payload: Any = None) -> None:
        self._channel.send((self._brief.query if self._brief else 0, reply), payload)

    # -- tasks

    def _start(self, task: Task) -> None:
        """Give a task to a child: to a fresh one, but for a probe after a probe that passed."""
        assert self._brief is not None
        if isinstance(task.command, Compute) or (self._child is not None and self._child.is_spent):
            self._end_child()
        if self._child is None:
            self._open_ahead(task.block)
            self._child = Child(
                self.name, self._brief, readers=self._readers, clock=self._clock, leave=self._leave_to_parent
            )
        task.log_from = log_size_bytes(self._brief.log_directory, self.name)
        self._task = task
        self._child.send(task.command)

    def _open_ahead(self, block: Block) -> None:
        """Open and understand a file of this machine here, so that no child must: that may take a second.

        Remote files are left to the children, as opening them may start threads.
        """
        assert self._brief is not None
        if self._brief.dataset is None:
            return
        spec = self._brief.dataset.files[block.file]
        if "://" in spec.path:
            return
        try:
            reader = self._readers.get(spec)
            reader.schema()
            if self._brief.schema:
                from overproof.columns.nanoevents.forms import forms_of_this_process
                from overproof.columns.nanoevents.schemas import find_schema

                take_settings_of(self._brief)
                forms_of_this_process().get(reader, find_schema(self._brief.schema))
        except OverproofError:
            return  # the child will see that too, and tell

    def _leave_to_parent(self) -> None:
        """In the child: close what is not for it."""
        self._channel.close()
        if self._logbook is not None:
            self._logbook.close()
        if self._lifeline is not None:
            os.close(self._lifeline)

    def _finish(self, task: Task, done: PacketDone | None) -> None:
        """Note that a task is over; say so when it was the last one of a packet."""
        self._task = None
        if not isinstance(task.command, Compute):
            return
        compute_s, read_bytes = self._spent
        if done is not None:
            compute_s, read_bytes = compute_s + done.compute_s, read_bytes + done.read_bytes
        self._spent = (compute_s, read_bytes)
        if task.is_last:
            self._spent = (0.0, 0)
            number = task.command.packet.number
            self._say(
                PacketDone(
                    worker=self.name, epoch=EPOCH, packet=number, compute_s=compute_s, read_bytes=read_bytes
                )
            )  # fmt: skip

    # -- the child

    def _attend(self) -> None:
        """Hear what the child says, look at it, and bury it when it has ended."""
        child = self._child
        if child is None:
            return
        for letter in child.letters():
            if child is self._child:  # an answer may be the end of a child, and of what it still has to say
                self._relay(letter)
        if child is not self._child:
            return
        if child.has_ended:
            self._lose(child)
        elif self._task is not None:
            self._ward.look(child)
            if self._brief is not None:
                cut_log(self._brief.log_directory, self.name)

    def _relay(self, letter: Letter) -> None:
        """Pass on what the child says, with what only we know."""
        task, child = self._task, self._child
        if task is None or child is None:
            return
        match letter.reply:
            case WorkerJoined():
                child.has_begun = True
            case EventNamed(event=event):
                task.event = event
            case RangeProbed(failure=None) as probed:
                self._task = None
                self._say(probed)
            case RangeProbed(failure=Failure() as failure) as probed:
                if self._is_of_earlier_probes(failure):
                    self._try_again(task)
                else:
                    self._task = None
                    self._say(replace(probed, event=task.event))
                self._end_child()
            case DeltaOffered(delta=delta):
                task.is_answered = True
                self._n_deltas += 1
                self._say(DeltaOffered(delta=replace(delta, number=self._n_deltas)), letter.payload)
            case BlockFailed() | BlockUnreadable() as reply:
                task.is_answered = True
                self._say(reply)
            case PacketDone() as done:
                self._finish(task, done)
                self._end_child()
            case BeginFailed() as reply:
                self._drop()
                self._say(reply)

    def _lose(self, child: Child) -> None:
        """Read the end of a child that did not come from us, or was not to be avoided."""
        while child is self._child and (letters := child.letters()):
            for letter in letters:
                self._relay(letter)
        task = self._task
        if child is not self._child or task is None:
            self._end_child()
            return
        at_hand, stack = child.logbook.read(), child.stack()
        if self._brief is not None and at_hand.part is not None:
            attribute_rest(
                self._brief.log_directory, self.name, block=task.block, part=at_hand.part, since=task.log_from
            )
        exit_code = child.bury()
        loss = self._ward.explain(child, exit_code, at_hand=at_hand)
        failure = None if loss.failure is None else replace(loss.failure, traceback=stack)
        is_tired = failure is not None and self._is_of_earlier_probes(failure)
        self._child = None
        if task.is_answered:
            self._finish(task, None)
            return
        if not child.has_begun:
            self._begin_again(task, child, exit_code, stack)
            return
        if loss.read_failure:
            self._read_again(task, loss.read_failure)
            return
        if failure is None or is_tired:
            task.n_repeats += 1
            if task.n_repeats < MAX_REPEATS:
                self._try_again(task)
                return
            failure = failure or insisting(exit_code, n_times=MAX_REPEATS)
        part = at_hand.part if task.block.ranges is not None else None
        self._answer(task, failure, part=part)

    def _begin_again(self, task: Task, child: Child, exit_code: int, stack: str) -> None:
        """Let another child begin; when they all end at that, say so: no entry is to blame."""
        reason = self._ward.why_it_did_not_begin(child, exit_code)
        task.n_begins += bool(reason)
        task.n_repeats += not reason
        is_late = child.verdict is not None and child.verdict.kind == "timeout"
        if not is_late and task.n_begins < MAX_BEGINS and task.n_repeats < MAX_REPEATS:
            self._try_again(task)
            return
        often = "" if is_late else f", {task.n_begins + task.n_repeats} times"
        reason = f"worker_begin, or loading the selector, {reason or how_it_ended(exit_code)}{often}"
        self._drop()
        self._say(BeginFailed(worker=self.name, reason=reason, traceback=stack))

    def _read_again(self, task: Task, reason: str) -> None:
        """Let another child read what one has died of; then it is unreadable, which is no failure of a range."""
        task.n_reads += 1
        if task.n_reads < MAX_READS:
            self._try_again(task)
            return
        if isinstance(task.command, Probe):
            self._say(RangeProbed(worker=self.name, epoch=EPOCH, probe=task.command.probe, failure=None))
        else:
            self._say(BlockUnreadable(worker=self.name, epoch=EPOCH, block=task.block, phase="read", reason=reason))
        self._finish(task, None)

    def _is_of_earlier_probes(self, failure: Failure) -> bool:
        """Tell whether a range may have failed for what those before it have left behind: too little memory."""
        return failure.kind == "memory" and self._child is not None and self._child.n_commands > 1

    def _try_again(self, task: Task) -> None:
        """Give a task to another child, before all others."""
        self._task = None
        self._tasks.appendleft(task)

    def _answer(self, task: Task, failure: Failure, *, part: tuple[int, int] | None) -> None:
        """Say what came of a task in place of a child that cannot."""
        match task.command:
            case Probe(probe=probe):
                self._say(
                    RangeProbed(worker=self.name, epoch=EPOCH, probe=probe, failure=failure, event=task.event)
                )  # fmt: skip
            case Compute():
                self._say(BlockFailed(worker=self.name, epoch=EPOCH, block=task.block, failure=failure, part=part))
        self._finish(task, None)

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.bury()
