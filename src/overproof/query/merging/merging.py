"""What becomes of a delta that is passed to a merger, and of what a merger has gathered."""

from __future__ import annotations

from overproof.query.handout import Handout
from overproof.query.ledger import Ledger
from overproof.query.ledger.passages import gather, is_unsettled, lose_passing, send_on, take_back
from overproof.query.ledger.place import Passage, key_of
from overproof.query.merging.policy import MergerPolicy
from overproof.query.merging.staff import Merger, Staff
from overproof.query.roster import Holder, Roster, Worker
from overproof.records.block import Delta
from overproof.records.notices import (
    DeltaNotPassed,
    DeltaPassed,
    MergerJoined,
    WorkerStrained,
)
from overproof.records.orders import CallDelta, DismissWorker, ForgetDelta, Order, PassDelta, RefuseDelta, TakeDelta
from overproof.words.errors import InvariantError
from overproof.words.ids import WorkerId


class Merging:
    """Passes deltas of workers to mergers, and gets what these have gathered (rules 14 and 15 of the master).

    Args:
        policy: how many mergers, and where; None: there are none.
        ledger: of the query.
        roster: the workers.
        handout: takes what waits again.

    Attributes:
        n_held: blocks that mergers hold.
        staff: the mergers; None without a policy.
    """

    __slots__ = ("_handout", "_ledger", "_roster", "n_held", "staff")

    def __init__(self, policy: MergerPolicy | None, ledger: Ledger, *, roster: Roster, handout: Handout) -> None:
        self.n_held = 0
        self.staff = None if policy is None else Staff(policy, roster)
        self._ledger = ledger
        self._roster = roster
        self._handout = handout

    @property
    def mergers(self) -> list[Merger]:
        """Those that joined and are not lost."""
        return [] if self.staff is None else list(self.staff.mergers.values())

    def find(self, name: WorkerId, epoch: int) -> Merger | None:
        """Find a merger in this very epoch; None when it is lost, or is none."""
        return None if self.staff is None else self.staff.find(name, epoch)

    # -- mergers come and go

    def join(self, notice: MergerJoined, orders: list[Order]) -> None:
        """Enter a merger; in a new epoch, whatever it had before is lost."""
        if self.staff is None:
            return
        before = self.staff.mergers.get(notice.merger)
        if before is not None and before.epoch < notice.epoch:
            self.lose(notice.merger, orders)
        self.staff.join(notice.merger, notice.epoch, host=notice.host)
        self._see_off(orders)

    def lose(self, name: WorkerId, orders: list[Order]) -> bool:
        """Let wait what a lost merger held; what was on its way to it is still its worker's. False if it is none."""
        merger = None if self.staff is None else self.staff.mergers.get(name)
        if merger is None or self.staff is None:
            return False
        self.staff.lose(merger)
        self.n_held -= len(merger.held)
        runs = self._ledger.release_merger(merger)
        self._handout.put_back(runs, orders)
        for passage in [passage for passage in self._ledger.passing.values() if passage.merger is merger]:
            self._go_elsewhere(passage, orders, passes=True)
        self._see_off(orders)
        return True

    def strain(self, notice: WorkerStrained, orders: list[Order]) -> bool:
        """Let a merger hand over and go, before it grows into its limit; False if it is none, or knows already."""
        merger = self.find(notice.worker, notice.epoch)
        if merger is None or self.staff is None or merger.is_leaving:
            return False
        self.staff.let_go(merger, "its memory has grown near the limit")
        self._see_off(orders)
        return True

    def call_mergers(self, orders: list[Order]) -> None:
        """Call the mergers that should be there and are not, as long as anything is handed out."""
        if self.staff is not None and self._handout.is_open:
            self.staff.call(orders, now=self._handout.now)

    # -- deltas of workers go to mergers

    def hear_size(self, size_bytes: int, orders: list[Order]) -> None:
        """Learn from an offer of a worker how large outputs are."""
        if self.staff is not None:
            self.staff.largest_bytes = max(self.staff.largest_bytes, size_bytes)
            self.call_mergers(orders)

    def choose(self, worker: Worker, delta: Delta) -> Merger | None:
        """Return the merger to whom a delta goes; None: the master takes it, as it does one with a shared block."""
        if self.staff is None or worker is self._roster.isolator or self._ledger.is_shared(delta):
            return None
        return self.staff.choose(worker)

    def send(self, delta: Delta, merger: Merger, orders: list[Order]) -> None:
        """Pass a delta that was taken to a merger instead of merging it."""
        send_on(self._ledger, delta, merger)
        merger.n_passing += 1
        orders.append(PassDelta(delta=delta, merger=merger.name))

    def hear_passed(self, notice: DeltaPassed, orders: list[Order]) -> bool:
        """Let a merger hold the blocks of a delta that it has added; False when it is not on its way there."""
        passage = self._passage(notice)
        if passage is None:
            return False
        merger = passage.merger
        assert isinstance(merger, Merger)
        self.n_held += gather(self._ledger, notice.delta)
        merger.n_passing -= 1
        merger.n_refused = 0
        merger.was_called = False
        orders.append(ForgetDelta(delta=notice.delta))
        if merger.is_leaving:
            self._call(merger, orders)
        return True

    def hear_not_passed(self, notice: DeltaNotPassed, orders: list[Order]) -> bool:
        """Take a delta that a merger could not get or add; False when it is not on its way there."""
        passage = self._passage(notice)
        if passage is None or self.staff is None:
            return False
        merger, worker = passage.merger, self._worker_of(notice.delta)
        assert isinstance(merger, Merger)
        merger.n_passing -= 1
        if worker is not None:
            self.staff.part(worker, merger)
        self._go_elsewhere(passage, orders, passes=False)
        if merger.is_leaving:
            self._see_off(orders)
        return True

    # -- what mergers have gathered goes to the master

    def take(self, merger: Merger, delta: Delta, orders: list[Order]) -> bool:
        """Take what a merger has gathered, or let it wait again: as of a worker. Tell whether it was taken."""
        n_before = len(merger.held)
        if reason := self._ledger.take(delta, merger):
            orders.append(RefuseDelta(delta=delta, reason=reason))
            self._handout.put_back(self._ledger.release_blocks(merger, delta.blocks), orders)
        else:
            orders.append(TakeDelta(delta=delta))
        self.n_held += len(merger.held) - n_before
        return not reason

    def hear_merged(self, delta: Delta, orders: list[Order]) -> None:
        """Note that a delta was merged; one that a merger offered shows that mergers are of use."""
        merger = self.find(delta.worker, delta.epoch)
        if merger is not None and self.staff is not None:
            self.staff.praise()
            self._dismiss_if_done(merger, orders)

    def hear_lost(self, delta: Delta, orders: list[Order]) -> None:
        """Note that a taken delta will not come; a merger of which nothing else is needed may go."""
        merger = self.find(delta.worker, delta.epoch)
        if merger is not None:
            self._dismiss_if_done(merger, orders)

    def call_all(self, orders: list[Order]) -> None:
        """Call everybody who holds something: nothing more is to come from workers."""
        for merger in self.mergers:
            self._call(merger, orders)

    def call_done(self, orders: list[Order]) -> None:
        """Call those to whom no worker will bring anything that it has in hand; asked when nothing waits."""
        if self.staff is None or not self.n_held:
            return
        busy: set[Holder | None] = {passage.merger for passage in self._ledger.passing.values()}
        busy |= {self.staff.merger_of(worker) for worker in self._roster.workers.values() if worker.held}
        for merger in self.mergers:
            if merger not in busy:
                self._call(merger, orders)

    def check(self) -> None:
        """Verify what mergers hold, and that they were called when nobody else holds anything.

        Raises:
            InvariantError: a rule is broken.
        """
        mergers = self.mergers
        n_held = sum(len(merger.held) for merger in mergers)
        if n_held != self.n_held:
            raise InvariantError(f"mergers hold {n_held} blocks, noted are {self.n_held}")
        is_over = n_held == self._ledger.n_held
        forgotten = [merger.name for merger in mergers if is_over and merger.held and not merger.was_called]
        if forgotten:
            raise InvariantError(f"only mergers hold blocks, and nobody calls {forgotten}")

    # -- inside

    def _passage(self, notice: DeltaPassed | DeltaNotPassed) -> Passage | None:
        """Find the delta on its way to just this merger."""
        passage = self._ledger.passing.get(key_of(notice.delta))
        if passage is None or passage.merger is not self.find(notice.merger, notice.epoch):
            return None
        return passage

    def _worker_of(self, delta: Delta) -> Worker | None:
        return self._roster.find(delta.worker, delta.epoch)

    def _go_elsewhere(self, passage: Passage, orders: list[Order], *, passes: bool) -> None:
        """Pass a delta to another merger, or take it; if its worker is lost, it is lost too."""
        delta, worker = passage.delta, self._worker_of(passage.delta)
        if worker is None:
            reason = f"{passage.merger.name} did not get it, and its worker is lost"
            orders.append(RefuseDelta(delta=delta, reason=reason))
            self._handout.put_back(lose_passing(self._ledger, delta), orders)
            return
        take_back(self._ledger, delta)
        merger = self.choose(worker, delta) if passes else None
        if merger is None:
            orders.append(TakeDelta(delta=delta))
        else:
            self.send(delta, merger, orders)

    def _call(self, merger: Merger, orders: list[Order]) -> None:
        """Ask a merger for what it has, once as long as it gets nothing more."""
        if merger.held and not merger.was_called:
            merger.was_called = True
            orders.append(CallDelta(worker=merger.name))

    def _see_off(self, orders: list[Order]) -> None:
        """Call at once those that are to leave, and dismiss who of them has nothing."""
        for merger in self.mergers:
            if merger.is_leaving:
                self._call(merger, orders)
                self._dismiss_if_done(merger, orders)

    def _dismiss_if_done(self, merger: Merger, orders: list[Order]) -> None:
        """Dismiss a merger that is to leave, to whom nothing comes and who has nothing left to hand over."""
        if not merger.is_leaving or merger.held or self.staff is None or is_unsettled(self._ledger, merger):
            return
        if any(passage.merger is merger for passage in self._ledger.passing.values()):
            return
        self.staff.leave(merger)
        orders.append(DismissWorker(worker=merger.name, reason=merger.reason))
