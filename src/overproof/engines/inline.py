"""The crew of one: a worker in the user's own process and thread, for debugging and small things."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from overproof.columns.reader import ReaderCache
from overproof.engines.clock import MonotonicClock
from overproof.engines.limits import Limits
from overproof.engines.messages import BeginFailed, Brief, Command, Compute, EndQuery, EventNamed, Letter, Probe
from overproof.engines.worker.compute import Worker
from overproof.records.block import Delta
from overproof.records.notices import BlockFailed, BlockUnreadable, DeltaOffered, PacketDone, RangeProbed, WorkerJoined
from overproof.records.outcome.failure import EventName
from overproof.words.ids import WorkerId

if TYPE_CHECKING:
    from overproof.engines.uploads.upload import Upload

NAME = "w0"
ISOLATOR = "i0"


class InlineCrew:
    """Runs one block per `poll`, so that the driver hears of each and can be stopped between two.

    A segmentation fault or an endless loop in user code is the user's process's own: only exceptions are caught, and
    only they are isolated to the entry.
    """

    size = 1

    def __init__(self) -> None:
        self._letters: deque[Letter] = deque()
        self._readers = ReaderCache()
        self._worker = self._make_worker(epoch=1)
        self._isolator: InlineIsolator | None = None
        self._n_isolators = 0
        self._brief: Brief | None = None
        self._uploaded: tuple[str, ...] = ()

    @property
    def workers(self) -> list[WorkerId]:
        return [NAME]

    def expect(self, libraries: Sequence[str]) -> None:
        """Nothing to do: they are loaded when they are used, once in this process."""

    def begin(self, brief: Brief) -> None:
        if self._uploaded:
            from overproof.engines.uploads.reach import within_reach

            brief = within_reach(brief, self._uploaded)
        self._brief = brief
        self._tell(brief)

    def watch(self, limits: Limits) -> None:
        """Nothing to do: a block in this process can neither be timed out nor ended."""

    def call_isolator(self) -> None:
        assert self._brief is not None
        if self._isolator is None:
            self._n_isolators += 1
            self._isolator = InlineIsolator(self._brief, self._letters, readers=self._readers, epoch=self._n_isolators)

    def dismiss(self, worker: WorkerId) -> None:
        """End the isolator; in place of the worker comes another one, with a new selector."""
        if worker == ISOLATOR:
            self._isolator = None
        elif worker == NAME and self._brief is not None:
            self._worker = self._make_worker(epoch=self._worker.epoch + 1)
            self._tell(self._brief)

    def send(self, worker: WorkerId, command: Command) -> None:
        if self._uploaded:
            from overproof.engines.uploads.reach import within_reach

            command = within_reach(command, self._uploaded)
        if worker == NAME:
            self._worker.handle(command)
        elif self._isolator is not None:
            self._isolator.handle(command)

    def poll(self, timeout_s: float) -> list[Letter]:
        """Compute a block if there is one; never waits."""
        if not self._letters:
            if self._isolator is not None and self._isolator.has_work:
                self._isolator.step()
            elif self._worker.has_work:
                self._worker.step()
        letters = list(self._letters)
        self._letters.clear()
        return letters

    def wake(self) -> None:
        """Nothing to do: `poll` never waits."""

    can_merge = False
    awaited = ""

    def provide(self, upload: Upload) -> tuple[str, ...]:
        from overproof.engines.uploads import install

        installed = install(upload)
        self._uploaded = (installed.path, *(path for path in self._uploaded if path != installed.path))
        return installed.remarks

    @property
    def hosts(self) -> Mapping[str, tuple[str, ...]]:
        from overproof.columns.locating.hosts import hosts_here

        return hosts_here()

    def call_merger(self, host: str) -> None:
        """Nothing to do: on one machine payloads come with their offers, and nobody asks."""

    def pass_on(self, delta: Delta, merger: WorkerId) -> None:
        """Nothing to do: there is no merger."""

    def fetch(self, delta: Delta) -> None:
        """Nothing to do: payloads come with their offers."""

    def end(self) -> None:
        self._isolator = None
        self._worker.handle(EndQuery())

    def kill(self) -> None:
        self.end()
        self._letters.clear()

    def close(self) -> None:
        self.kill()

    def _make_worker(self, *, epoch: int) -> Worker:
        return Worker(NAME, self._letters.append, clock=MonotonicClock(), epoch=epoch, readers=self._readers)

    def _tell(self, brief: Brief) -> None:
        search_path = list(sys.path)
        self._worker.handle(brief)
        sys.path[:] = search_path


class InlineIsolator:
    """Tries blocks and ranges with a fresh copy of the selector, in the user's own process.

    Each block gets a new copy, as does the first probe after a failure. What the selector keeps in modules is shared,
    and nothing but an exception can be survived: that takes a process of its own.

    Args:
        brief: the query.
        letters: takes what it says.
        readers: open files, shared with the worker.
        epoch: higher than that of the isolator before it.
    """

    def __init__(self, brief: Brief, letters: deque[Letter], *, readers: ReaderCache, epoch: int) -> None:
        self._brief = brief
        self._letters = letters
        self._readers = readers
        self._epoch = epoch
        self._commands: deque[Command] = deque()
        self._trial: Worker | None = None
        self._event: EventName | None = None
        self._n_deltas = 0
        letters.append(Letter(brief.query, WorkerJoined(worker=ISOLATOR, epoch=epoch, is_isolator=True)))

    @property
    def has_work(self) -> bool:
        """Tell whether `step` has anything to try."""
        return bool(self._commands)

    def handle(self, command: Command) -> None:
        """Note a packet or a probe."""
        if isinstance(command, Compute | Probe):
            self._commands.append(command)

    def step(self) -> None:
        """Try one packet, or one range."""
        command = self._commands.popleft()
        kept = self._trial if isinstance(command, Probe) else None
        trial, self._trial = kept or self._begin_trial(), None
        if isinstance(command, Probe) and trial.is_begun:
            self._trial = trial
            trial.handle(command)
        elif isinstance(command, Compute) and trial.is_begun:
            trial.handle(replace(command, packet=replace(command.packet, is_apart=True)))
            while trial.has_work:
                trial.step()
            trial.handle(EndQuery())

    def _begin_trial(self) -> Worker:
        trial = Worker(ISOLATOR, self._pass_on, clock=MonotonicClock(), epoch=self._epoch, readers=self._readers)
        search_path = list(sys.path)
        trial.handle(self._brief)
        sys.path[:] = search_path
        return trial

    def _pass_on(self, letter: Letter) -> None:
        """Pass on what a trial says, as one isolator; its beginning and end are nobody's business."""
        match letter.reply:
            case DeltaOffered(delta=delta):
                self._n_deltas += 1
                offered = DeltaOffered(delta=replace(delta, number=self._n_deltas))
                self._letters.append(letter._replace(reply=offered))
            case EventNamed(event=event):
                self._event = event
            case RangeProbed(failure=failure) as probed:
                event, self._event = (None if failure is None else self._event), None
                self._letters.append(letter._replace(reply=replace(probed, event=event)))
                if failure is not None:
                    self._trial = None
            case BlockFailed() | BlockUnreadable() | PacketDone():
                self._letters.append(letter)
            case BeginFailed():
                self._commands.clear()
                self._letters.append(letter)
