"""What becomes of the deltas that are offered (rules 4, 5 and 14 of the master)."""

from __future__ import annotations

from overproof.query.attendance import Attendance
from overproof.query.handout import Handout
from overproof.query.isolation.isolation import Isolation
from overproof.query.ledger import Ledger
from overproof.query.ledger.passages import lose_taken
from overproof.query.ledger.place import key_of
from overproof.query.merging.merging import Merging
from overproof.query.roster import Roster
from overproof.records.block import Delta
from overproof.records.notices import DeltaLost, DeltaNotPassed, DeltaOffered, DeltaPassed
from overproof.records.orders import Order, RefuseDelta, TakeDelta
from overproof.words.quickly import made_quickly

make_order = made_quickly(TakeDelta)


class Intake:
    """Takes deltas, refuses them, or passes them to mergers; lets wait again what is lost of them."""

    __slots__ = ("_attendance", "_handout", "_isolation", "_ledger", "_merging", "_roster")

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

    def hear_offer(self, notice: DeltaOffered, orders: list[Order]) -> None:
        """Take what a worker or a merger offers, or pass it on, or refuse it as a whole.

        A delta that is on its way already is left to its merger, who will say what becomes of it.
        """
        delta, ledger, merging = notice.delta, self._ledger, self._merging
        if ledger.passing and key_of(delta) in ledger.passing:
            return
        worker = self._roster.find(delta.worker, delta.epoch)
        if worker is None:
            self._hear_other(delta, orders)
            return
        merger = None if merging.staff is None else merging.choose(worker, delta)
        if reason := ledger.take(delta, worker):
            orders.append(RefuseDelta(delta=delta, reason=reason))
            self._handout.put_back(ledger.release_blocks(worker, delta.blocks), orders)
            self._attendance.dismiss_if_done(worker, orders)
            return
        if notice.size_bytes:
            merging.hear_size(notice.size_bytes, orders)
        if merger is None:
            orders.append(make_order(delta=delta))
        else:
            merging.send(delta, merger, orders)

    def _hear_other(self, delta: Delta, orders: list[Order]) -> None:
        """Take what a merger has gathered; refuse what somebody offers who is lost."""
        merger = self._merging.find(delta.worker, delta.epoch)
        if merger is not None:
            self._merging.take(merger, delta, orders)
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
        self._let_go(delta, orders)

    def hear_passed(self, notice: DeltaPassed, orders: list[Order]) -> None:
        """Let the merger hold the blocks of a delta."""
        if self._merging.hear_passed(notice, orders):
            self._let_go(notice.delta, orders)

    def hear_not_passed(self, notice: DeltaNotPassed, orders: list[Order]) -> None:
        """Take a delta that its merger could not get or add."""
        if self._merging.hear_not_passed(notice, orders):
            self._let_go(notice.delta, orders)

    def _let_go(self, delta: Delta, orders: list[Order]) -> None:
        """Let a worker that is to leave go when nothing of its delta is needed any more."""
        worker = self._roster.workers.get(delta.worker)
        if worker is not None and worker.is_leaving and worker.epoch == delta.epoch:
            self._attendance.dismiss_if_done(worker, orders)
