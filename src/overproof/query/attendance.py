"""Workers come and go."""

from __future__ import annotations

from collections import Counter

from overproof.query.files import Files
from overproof.query.handout import Handout
from overproof.query.isolation.isolation import Isolation
from overproof.query.ledger import Ledger, Place
from overproof.query.ledger.gaps import Gaps
from overproof.query.ledger.passages import is_unsettled
from overproof.query.locality.other_copies import OtherCopies
from overproof.query.roster import Roster, Worker
from overproof.records.notices import FileFailed, WorkerJoined, WorkerLost, WorkerStrained
from overproof.records.orders import DismissWorker, HaltWorker, Order
from overproof.words.ids import FileIndex

LOSSES = 3
"""Losses of workers on one block, after which it is tried alone, or is missing if they were lost while it was read; or
on opening one file, after which it is taken for one that cannot be opened."""


class Attendance:
    """Enters workers, strikes them off, and lets what they held wait again (rules 6, 8 and 9 of the master)."""

    __slots__ = ("_copies", "_files", "_gaps", "_handout", "_isolation", "_ledger", "_losses", "_openings", "_roster")

    def __init__(
        self,
        files: Files,
        ledger: Ledger,
        *,
        roster: Roster,
        gaps: Gaps,
        handout: Handout,
        isolation: Isolation,
        copies: OtherCopies,
    ) -> None:
        self._copies = copies
        self._files = files
        self._ledger = ledger
        self._roster = roster
        self._gaps = gaps
        self._handout = handout
        self._isolation = isolation
        self._losses: Counter[int] = Counter()
        self._openings: Counter[FileIndex] = Counter()

    def join(self, notice: WorkerJoined, orders: list[Order]) -> None:
        """Enter a worker and feed it; in a new epoch, whatever it held before waits again."""
        before = self._roster.workers.get(notice.worker)
        if before is not None and before.epoch < notice.epoch:
            self._strike_off(before, orders)
        worker = self._roster.join(notice.worker, notice.epoch, host=notice.host)
        if worker is not None:
            self._handout.locality.join(worker)
            self._handout.feed(worker, orders)

    def lose(self, notice: WorkerLost, orders: list[Order], *, suspects: bool) -> FileFailed | None:
        """Strike a worker off, or the isolator; with `suspects`, accuse the block that it had in hand.

        Returns:
            The failure of the file that it was looking into, when workers are lost on that time and again.
        """
        isolator = self._roster.isolator
        if isolator is not None and isolator.name == notice.worker:
            self._isolation.lose_isolator()
            return None
        worker = self._roster.workers.get(notice.worker)
        if worker is None:
            return None
        if suspects:
            self._accuse(worker, notice, orders)
        failed = self._blame_file(worker, notice)
        self._strike_off(worker, orders)
        return failed

    def strain(self, notice: WorkerStrained, orders: list[Order]) -> None:
        """Let a worker hand over and go, before it grows into its limit."""
        worker = self._roster.workers.get(notice.worker)
        if worker is None or worker.epoch != notice.epoch or worker.is_leaving:
            return
        worker.is_leaving = worker.is_halted = True
        if worker.packets:
            orders.append(HaltWorker(worker=worker.name))
        else:
            self._handout.call(worker, orders)
        self.dismiss_if_done(worker, orders)

    def dismiss_if_done(self, worker: Worker, orders: list[Order]) -> None:
        """Dismiss a worker that is to leave, has nothing left to hand over, and of which no delta must be fetched."""
        is_done = worker.is_leaving and not (worker.packets or worker.opening or worker.held)
        if is_done and not is_unsettled(self._ledger, worker):
            self._strike_off(worker, orders)
            orders.append(DismissWorker(worker=worker.name, reason="its memory has grown near the limit"))

    def _accuse(self, worker: Worker, notice: WorkerLost, orders: list[Order]) -> None:
        """Accuse the block in hand if user code may have ended the worker, or workers are lost on it time and again."""
        number = -1 if notice.block is None else self._ledger.find_key(notice.block)
        if number < 0 or self._ledger.where[number] is not worker:
            return
        self._losses[number] += 1
        if notice.read_failure and self._copies.give_up(worker, number, notice.read_failure):
            return  # it waits again, for another copy
        if notice.failure is None and self._losses[number] < LOSSES:
            return
        block, key = self._ledger.blocks[number], (worker.name, worker.epoch)
        if notice.read_failure:
            self._ledger.set_aside(block, worker, Place.MISSING, key=key)
            self._gaps.miss(block, self._files.tree(block.file), phase="read", reason=notice.read_failure)
        else:
            self._ledger.set_aside(block, worker, Place.SUSPECT, key=key)
            self._isolation.accuse(number, notice.failure, orders)

    def _blame_file(self, worker: Worker, notice: WorkerLost) -> FileFailed | None:
        """Give a file up on which workers are lost time and again while they open it."""
        file = notice.opening
        if file is None or file not in worker.opening:
            return None
        self._openings[file] += 1
        if self._copies.open_elsewhere(worker, file, notice.reason) or self._openings[file] < LOSSES:
            return None
        worker.opening.discard(file)  # nobody is asked again
        return FileFailed(file=file, reason=notice.reason)

    def _strike_off(self, worker: Worker, orders: list[Order]) -> None:
        """Let everything that a worker had in hand wait again."""
        self._roster.leave(worker)
        self._handout.leave(worker)
        for file in sorted(worker.opening, reverse=True):
            self._files.ask_again(file)
            self._handout.openings.offer(file)
        self._handout.put_back(self._ledger.release_worker(worker), orders)
