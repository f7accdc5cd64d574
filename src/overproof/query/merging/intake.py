"""What becomes of the deltas that are offered (rules 4, 5 and 14 of the master)."""

from __future__ import annotations

from overproof.query.attendance import Attendance
from overproof.query.handout import Handout
from overproof.query.isolation.isolation import Isolation
from overproof.query.ledger import Ledger
from overproof.query.ledger.passages import lose_taken
from overproof.query.ledger.place import key_of
from overproof.query.merging.backlog import Backlog
from overproof.query.merging.merging import Merging
from overproof.query.merging.staff import Merger
from overproof.query.roster import Roster
from overproof.records.block import Delta
from overproof.records.notices import DeltaLost, DeltaNotPassed, DeltaOffered, DeltaPassed
from overproof.records.orders import Order, RefuseDelta, TakeDelta
from overproof.words.errors import InvariantError
from overproof.words.quickly import made_quickly

make_order = made_quickly(TakeDelta)


class Intake:
    """Takes deltas, refuses them, or passes them to mergers; lets wait again what is lost of them.

    Where there may be mergers, large deltas are taken one or two at a time; the others may wait for a merger.
    """

    __slots__ = ("_attendance", "_backlog", "_handout", "_isolation", "_ledger", "_merging", "_roster")

    def __init__(
        self,
        ledger: Ledger,
        merging: Merging,
        *,
        roster: Roster,
        handout: Handout,
        isolation: Isolation,
        attendance: Attendance,
    ) -> None:
        self._ledger = ledger
        self._merging = merging
        self._roster = roster
        self._handout = handout
        self._isolation = isolation
        self._attendance = attendance
        self._backlog = Backlog()

    def hear_offer(self, notice: DeltaOffered, orders: list[Order]) -> None:
        """Take what a worker or a merger offers, or pass it on, or refuse it as a whole.

        A delta that is on its way already is left to its merger, who will say what becomes of it. A large one may
        have to wait.
        """
        delta, ledger, merging = notice.delta, self._ledger, self._merging
        if ledger.passing and key_of(delta) in ledger.passing:
            return
        worker = self._roster.find(delta.worker, delta.epoch)
        if worker is None:
            self._hear_other(notice, orders)
            return
        merger = None
        if merging.staff is not None:
            merger = merging.choose(worker, delta)
            if worker is not self._roster.isolator and self._backlog.must_wait(notice, merger):
                merging.hear_size(notice.size_bytes, orders)
                return
        if reason := ledger.take(delta, worker):
            orders.append(RefuseDelta(delta=delta, reason=reason))
            self._handout.put_back(ledger.release_blocks(worker, delta.blocks), orders)
            self._attendance.dismiss_if_done(worker, orders)
            return
        if notice.size_bytes:
            merging.hear_size(notice.size_bytes, orders)
        if merger is None:
            if merging.staff is not None:
                self._backlog.note_taken(notice)
            orders.append(make_order(delta=delta))
        else:
            merging.send(delta, merger, orders)

    def begin_anew(self, orders: list[Order]) -> None:
        """Decide upon everything that had to wait: mergers have come or gone."""
        for notice in self._backlog.take_out() if self._backlog.waiting else ():
            self.hear_offer(notice, orders)

    def _go_on(self, merger: Merger | None, orders: list[Order]) -> None:
        """Decide upon what had to wait for a merger, or for the master, as long as that has room."""
        while self._backlog.waiting and (notice := self._backlog.next_for(merger)) is not None:
            self.hear_offer(notice, orders)

    def check(self) -> None:
        """Verify that large deltas wait only as long as others come.

        Raises:
            InvariantError: a rule is broken.
        """
        coming, waiting = self._backlog.coming, self._backlog.waiting
        if not coming <= self._ledger.taken.keys():
            raise InvariantError("large deltas are noted as coming that were never taken, or have come")
        busy = {passage.merger for passage in self._ledger.passing.values()} & set(self._merging.mergers)
        if any(offers and not (coming if merger is None else merger in busy) for merger, offers in waiting.items()):
            raise InvariantError(f"deltas wait where nothing comes: {waiting}")

    def _hear_other(self, notice: DeltaOffered, orders: list[Order]) -> None:
        """Take what a merger has gathered; refuse what somebody offers who is lost."""
        delta = notice.delta
        merger = self._merging.find(delta.worker, delta.epoch)
        if merger is not None:
            if self._merging.take(merger, delta, orders):
                self._backlog.note_taken(notice)
        else:
            orders.append(RefuseDelta(delta=delta, reason=f"{delta.worker} was given up in epoch {delta.epoch}"))

    def hear_merged(self, delta: Delta, orders: list[Order]) -> None:
        """Count the blocks of a delta as processed.

        Raises:
            InvariantError: the delta was not taken, or was merged before.
        """
        self._ledger.merge(delta)
        if self._merging.staff is not None:
            self._merging.hear_merged(delta, orders)
            self._backlog.note_settled(delta)
            self._go_on(None, orders)
        self._let_go(delta, orders)

    def hear_lost(self, notice: DeltaLost, orders: list[Order]) -> None:
        """Let the blocks of a taken delta wait again; whoever offered it need not keep it."""
        delta = notice.delta
        if not (self._ledger.taken and key_of(delta) in self._ledger.taken):
            return
        orders.append(RefuseDelta(delta=delta, reason=notice.reason))
        suspects = self._isolation.numbers
        self._handout.put_back(lose_taken(self._ledger, delta, suspects=suspects), orders)
        self._merging.hear_lost(delta, orders)
        self._backlog.note_settled(delta)
        self._go_on(None, orders)
        self._let_go(delta, orders)

    def hear_passed(self, notice: DeltaPassed, orders: list[Order]) -> None:
        """Let the merger hold the blocks of a delta."""
        if self._merging.hear_passed(notice, orders):
            self._go_on(self._merging.find(notice.merger, notice.epoch), orders)
            self._let_go(notice.delta, orders)

    def hear_not_passed(self, notice: DeltaNotPassed, orders: list[Order]) -> None:
        """Take a delta that its merger could not get or add."""
        if self._merging.hear_not_passed(notice, orders):
            self.begin_anew(orders)
            self._let_go(notice.delta, orders)

    def _let_go(self, delta: Delta, orders: list[Order]) -> None:
        """Let a worker that is to leave go when nothing of its delta is needed any more."""
        worker = self._roster.workers.get(delta.worker)
        if worker is not None and worker.is_leaving and worker.epoch == delta.epoch:
            self._attendance.dismiss_if_done(worker, orders)
