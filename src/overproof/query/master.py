"""The master: the rules by which a query is computed, exactly once, by workers that may come and go.

The rules, in the order in which things happen:

1. A file that nobody has looked into is asked of one worker at a time. Its blocks wait as soon as it is settled; a
   tree without entries has one, without entries, in queries that take such.
2. A worker has up to two packets in hand: one it computes, one that waits, so that it need not wait for the master.
3. The packetizer says how many blocks a worker gets, and may say none. As long as blocks wait, somebody works.
4. A block counts when a delta that names it was merged, and only then. Until then its worker holds it.
5. A delta is taken if each of its blocks is held by this worker in this epoch; else it is refused as a whole, and those
   of its blocks that the worker did hold wait again, because their outputs are thrown away.
6. What a lost worker held waits again, and so do the files it was to look into. Whatever it says later is not heard;
   only the grid of a file is true whoever tells it.
7. An idle worker is called for its delta, once. It is never dismissed: when blocks wait again, it is fed at once.
8. A block that cannot be read is missing; so is one on which workers are lost time and again while it is read.
9. A block on which the selector fails is a suspect: the isolator tries it alone, and finds the entries to be excluded.
   A worker that was lost is never evidence against its block, unless user code may have ended it; and even then the
   block is only a suspect.
10. When too many entries are excluded, the selector must be wrong, and the query stops.
11. When nothing waits and a worker idles, it may get a copy of a block that is late: the first delta counts.
12. A stopping query hands out nothing, halts who computes, calls who has computed; it closes when nobody holds a block.
13. A query closes once. It has finished when all files are settled and no block waits, is suspect, held or in merging.
14. A delta may go to a merger, which adds it to others: it holds the blocks from then on, and hands over as a worker
    does. While a delta is on its way only the merger, or its loss, says what becomes of it. Whatever does not get there
    is taken from its worker. A block with a second holder goes to the master at once.
15. A lost merger costs what it held. Mergers are called for it when nobody else has anything.
16. What is near is read first. Where one copy of a file fails, another is tried; a block is missing when all failed.
17. Where only what is near may be read, the query stops when nobody is there who may read anything of what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from overproof.query.files import Settlement
from overproof.query.isolation.limit import is_too_much
from overproof.query.ledger import Place
from overproof.query.ledger.standing import restore
from overproof.query.outlook import Outlook
from overproof.query.roster import InHand, Worker
from overproof.query.storage.stock import NOWHERE
from overproof.records.dataset import FileGrid
from overproof.records.notices import (
    AbortRequested,
    BlockFailed,
    BlockUnreadable,
    CredentialExpired,
    DeltaLost,
    DeltaMerged,
    DeltaNotPassed,
    DeltaOffered,
    DeltaPassed,
    EngineFailed,
    FileFailed,
    FileOpened,
    FilesLocated,
    MergerJoined,
    Notice,
    PacketDone,
    QueryStarted,
    RangeProbed,
    StopRequested,
    TimePassed,
    WorkerJoined,
    WorkerLost,
    WorkerStrained,
    WorkRestored,
)
from overproof.records.orders import (
    CloseQuery,
    HaltWorker,
    Order,
)
from overproof.records.outcome.gaps import Missing
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex
from overproof.words.states import TRANSITIONS, QueryState

RUNNING, STOPPING = QueryState.RUNNING, QueryState.STOPPING


class Master(Outlook):
    """Decides who computes what, and knows where every entry is; made as `Outlook` is."""

    def handle(self, notice: Notice, *, now: float) -> list[Order]:
        """Hear what happened; say what is to be done.

        Args:
            notice: what happened.
            now: seconds on the driver's clock.

        Raises:
            InvariantError: the driver says what cannot be, such as that a delta was merged which was never taken.
        """
        if self._state is not RUNNING:
            if not TRANSITIONS[self._state]:
                return []
            if self._state is QueryState.WAITING:
                self._become(RUNNING)
        self._handout.now = now
        orders: list[Order] = []
        RULES[type(notice)](self, notice, orders)
        if self._state is not RUNNING and not TRANSITIONS[self._state]:
            return orders
        if self._locality.has_room:
            self._handout.use_room(orders)
        if self._isolation.is_hopeless:
            self._stop(QueryState.FAILED, orders)
        idle = self._roster.idle
        if idle and len(idle) == len(self._roster.workers):
            self._handout.keep_going(orders)
        n_held = self._ledger.n_held
        if not n_held:
            self._close_if_over(orders)
        elif n_held == self._merging.n_held:
            self._merging.call_all(orders)
        return orders

    # -- a query begins, or goes on; time passes

    def _on_query_started(self, _: QueryStarted, orders: list[Order]) -> None:
        """Begin; nothing is known yet, but a query without files is over."""

    def _on_work_restored(self, notice: WorkRestored, _: list[Order]) -> None:
        """Put everything where it stood; files that could not be opened are not asked again."""
        for gap in notice.standing.missing:
            if gap.stop is None:
                failure = FileFailed(file=gap.file, reason=gap.reason, phase=gap.phase)
                for settlement in self._files.learn(gap.file, failure):
                    self._settle(settlement)
        self._gaps.restore(notice.standing)
        self._shelf.clear()
        for run in restore(self._ledger, notice.standing):
            self._shelf.put(*run)

    def _on_time_passed(self, _: TimePassed, orders: list[Order]) -> None:
        if self._state is RUNNING and self._locality.is_known:
            self._locality.look_for_urgent(n_to_open=len(self._files.to_ask))
            self._handout.feed_idle(orders)
            if self._stranded.is_hopeless(self._handout.now):
                self._stop(QueryState.STOPPED, orders)
        nothing_waits = not self._shelf.n_waiting and self._files.is_settled
        if self._state is RUNNING and self._options.speculates and nothing_waits:
            self._speculation.copy_late_blocks(orders)
        self._merging.call_mergers(orders)
        if nothing_waits or self._state is STOPPING:
            self._merging.call_done(orders)

    # -- workers come and go

    def _on_worker_joined(self, notice: WorkerJoined, orders: list[Order]) -> None:
        if not notice.is_isolator:
            self._attendance.join(notice, orders)
        elif self._state is RUNNING:
            self._isolation.meet_isolator(notice, orders)

    def _on_merger_joined(self, notice: MergerJoined, orders: list[Order]) -> None:
        self._merging.join(notice, orders)
        self._intake.begin_anew(orders)

    def _on_worker_lost(self, notice: WorkerLost, orders: list[Order]) -> None:
        if self._merging.lose(notice.worker, orders):
            self._intake.begin_anew(orders)
            return
        failed = self._attendance.lose(notice, orders, suspects=self._state is RUNNING)
        if failed is not None:
            self._learn(failed, failed, orders)

    def _on_worker_strained(self, notice: WorkerStrained, orders: list[Order]) -> None:
        if self._merging.strain(notice, orders):
            self._intake.begin_anew(orders)
        if self._state is RUNNING:
            self._attendance.strain(notice, orders)

    # -- files become known

    def _on_files_located(self, notice: FilesLocated, orders: list[Order]) -> None:
        self._handout.locate(notice, orders)

    def _on_file_opened(self, notice: FileOpened, orders: list[Order]) -> None:
        self._learn(notice, notice.grid, orders)

    def _on_file_failed(self, notice: FileFailed, orders: list[Order]) -> None:
        worker = self._roster.workers.get(notice.worker or "")
        if notice.worker is None or (worker is not None and notice.file in worker.opening):
            self._learn(notice, notice, orders)

    def _learn(self, notice: FileOpened | FileFailed, what: FileGrid | FileFailed, orders: list[Order]) -> None:
        worker = self._roster.workers.get(notice.worker or "")
        for settlement in self._learned(notice.file, what, worker):
            self._settle(settlement)
        if worker is not None and notice.file in worker.opening:
            worker.opening.discard(notice.file)
            if isinstance(what, FileGrid) and not worker.packets:
                self._handout.stay_in(worker, notice.file)
            self._handout.feed(worker, orders)
            if worker.is_leaving:
                self._attendance.dismiss_if_done(worker, orders)
        self._handout.feed_idle(orders)

    def _learned(self, file: FileIndex, what: FileGrid | FileFailed, worker: Worker | None) -> list[Settlement]:
        """Return what is settled now: nothing when another copy of the file is to be tried."""
        if isinstance(what, FileFailed):
            if worker is not None and self._copies.open_elsewhere(worker, file, what.reason):
                return []
            what = self._copies.failed_everywhere(what)
        return self._files.learn(file, what)

    def _settle(self, settlement: Settlement) -> None:
        file, grid, ranges, failure = settlement
        if failure is not None:
            self._ledger.files_unknown += 1
            self._gaps.missing.append(
                Missing(file=file, tree=None, first=0, stop=None, phase=failure.phase, reason=failure.reason)
            )
        elif grid is not None:
            self._shelf.put(*self._ledger.admit(file, grid, ranges))

    # -- packets go out, and are computed

    def _on_packet_done(self, notice: PacketDone, orders: list[Order]) -> None:
        worker = self._roster.find(notice.worker, notice.epoch)
        if worker is None:
            return
        if worker is self._roster.isolator:
            self._read_bytes += notice.read_bytes
            self._isolation.end_packet(worker, notice.packet, orders)
            return
        packet = self._roster.end_packet(worker, notice.packet)
        if packet is None:
            return
        self._ledger.report(packet)
        worker.began_s = now = self._handout.now
        self._read_bytes += notice.read_bytes
        if worker.is_halted:
            self._drop_rest(worker, packet, notice, orders)
        elif packet.n_entries:  # a block without entries tells nothing of the worker's rate
            compute_s = notice.compute_s or now - packet.sent_s
            self._roster.measure(worker, packet.n_entries, compute_s)
            self._times.add(compute_s / (packet.stop - packet.start))
            if packet.reading is not NOWHERE:
                waited_s = sum(access.read_s for access in notice.accesses)
                self._locality.learn(packet, worker, compute_s, waited_s=waited_s, now=now)
        self._handout.feed(worker, orders)
        if worker.is_leaving:
            self._attendance.dismiss_if_done(worker, orders)

    def _drop_rest(self, worker: Worker, packet: InHand, notice: PacketDone, orders: list[Order]) -> None:
        """Let those blocks of a halted packet wait that were not computed; in a query that stops they remain unread."""
        computed = notice.n_blocks or 0
        self._handout.put_back(self._ledger.release_range(worker, packet.start + computed, packet.stop), orders)

    # -- blocks that cannot be processed

    def _on_block_unreadable(self, notice: BlockUnreadable, orders: list[Order]) -> None:
        if self._copies.read_elsewhere(notice, orders):
            self._dismiss_if_leaving(notice, orders)
        elif self._set_aside(notice, Place.MISSING):
            notice = self._copies.with_all_reasons(notice)
            tree = self._files.tree(notice.block.file)
            self._gaps.miss(notice.block, tree, phase=notice.phase, reason=notice.reason)
            self._dismiss_if_leaving(notice, orders)

    def _on_block_failed(self, notice: BlockFailed, orders: list[Order]) -> None:
        """Suspect the block; what only raises needs no trial when nothing is to be isolated."""
        if not self._set_aside(notice, Place.SUSPECT):
            return
        worker, options = self._roster.find(notice.worker, notice.epoch), self._options
        if worker is not None and worker is self._roster.isolator:
            self._isolation.hear_failure(notice)
        elif options.on_error != "isolate" and notice.failure.kind == "exception":
            self._isolation.exclude_whole(self._ledger.find(notice.block), notice.failure)
        elif self._state is not RUNNING:
            self._shelf.put(*self._ledger.acquit(self._ledger.find(notice.block)))
        else:
            self._isolation.accuse(self._ledger.find(notice.block), notice.failure, orders)
        self._dismiss_if_leaving(notice, orders)

    def _dismiss_if_leaving(self, notice: BlockUnreadable | BlockFailed, orders: list[Order]) -> None:
        """Let a worker go whose last block could not be handed over."""
        worker = self._roster.find(notice.worker, notice.epoch)
        if worker is not None:
            self._attendance.dismiss_if_done(worker, orders)

    def _on_range_probed(self, notice: RangeProbed, orders: list[Order]) -> None:
        worker = self._roster.find(notice.worker, notice.epoch)
        if worker is not None and worker is self._roster.isolator:
            self._isolation.hear_probe(notice, orders)

    def _set_aside(self, notice: BlockUnreadable | BlockFailed, place: Place) -> bool:
        worker = self._roster.find(notice.worker, notice.epoch)
        return self._ledger.set_aside(notice.block, worker, place, key=(notice.worker, notice.epoch))

    # -- deltas come in

    def _on_delta_offered(self, notice: DeltaOffered, orders: list[Order]) -> None:
        self._intake.hear_offer(notice, orders)

    def _on_delta_merged(self, notice: DeltaMerged, orders: list[Order]) -> None:
        self._intake.hear_merged(notice.delta, orders)

    def _on_delta_lost(self, notice: DeltaLost, orders: list[Order]) -> None:
        self._intake.hear_lost(notice, orders)

    def _on_delta_passed(self, notice: DeltaPassed, orders: list[Order]) -> None:
        self._intake.hear_passed(notice, orders)

    def _on_delta_not_passed(self, notice: DeltaNotPassed, orders: list[Order]) -> None:
        self._intake.hear_not_passed(notice, orders)

    # -- the query ends

    def _on_stop_requested(self, _: StopRequested, orders: list[Order]) -> None:
        self._stop(QueryState.STOPPED, orders)

    def _on_credential_expired(self, notice: CredentialExpired, orders: list[Order]) -> None:
        """Hand out nothing that nobody could read; what is computed is kept, the rest stays unread."""
        if self._state is RUNNING:
            self._why_unread = notice.reason
            self._stop(QueryState.FAILED, orders)

    def _on_abort_requested(self, _: AbortRequested, orders: list[Order]) -> None:
        self._close(QueryState.ABORTED, orders)

    def _on_engine_failed(self, _: EngineFailed, orders: list[Order]) -> None:
        self._close(QueryState.FAILED, orders)

    def _stop(self, end_state: QueryState, orders: list[Order]) -> None:
        """Hand out nothing more; get what is computed. The gravest reason gives the last state."""
        if end_state is QueryState.FAILED or self._state is not STOPPING:
            self._end_state = end_state
        if self._state is STOPPING:
            return
        self._become(STOPPING)
        self._handout.is_open = False
        self._isolation.give_up(orders)
        for worker in self._roster.workers.values():
            if worker.packets:
                worker.is_halted = True
                orders.append(HaltWorker(worker=worker.name))
            else:
                self._handout.call(worker, orders)

    def _close_if_over(self, orders: list[Order]) -> None:
        if self._ledger.n_taken:
            return
        if self._state is STOPPING:
            self._close(self._end_state, orders)
        elif self._state is RUNNING and self._is_done:
            account = self.account
            is_wrong = is_too_much(account.excluded, account.processed, self._options, at_end=True)
            self._close(QueryState.FAILED if is_wrong else QueryState.FINISHED, orders)

    @property
    def _is_done(self) -> bool:
        return not (self._shelf.n_waiting or self._isolation.n_suspects) and self._files.is_settled

    def _close(self, state: QueryState, orders: list[Order]) -> None:
        self._become(state)
        orders.append(CloseQuery(state=state))

    def _become(self, state: QueryState) -> None:
        if state not in TRANSITIONS[self._state]:
            raise InvariantError(f"a query that is {self._state} cannot become {state}")
        self._state = state


RULES: dict[type, Callable[[Master, Any, list[Order]], None]] = {
    QueryStarted: Master._on_query_started,
    WorkRestored: Master._on_work_restored,
    TimePassed: Master._on_time_passed,
    WorkerJoined: Master._on_worker_joined,
    WorkerLost: Master._on_worker_lost,
    WorkerStrained: Master._on_worker_strained,
    FilesLocated: Master._on_files_located,
    FileOpened: Master._on_file_opened,
    FileFailed: Master._on_file_failed,
    PacketDone: Master._on_packet_done,
    BlockUnreadable: Master._on_block_unreadable,
    BlockFailed: Master._on_block_failed,
    RangeProbed: Master._on_range_probed,
    DeltaOffered: Master._on_delta_offered,
    DeltaMerged: Master._on_delta_merged,
    DeltaLost: Master._on_delta_lost,
    DeltaPassed: Master._on_delta_passed,
    DeltaNotPassed: Master._on_delta_not_passed,
    MergerJoined: Master._on_merger_joined,
    CredentialExpired: Master._on_credential_expired,
    StopRequested: Master._on_stop_requested,
    AbortRequested: Master._on_abort_requested,
    EngineFailed: Master._on_engine_failed,
}
"""Which rule answers which notice."""
