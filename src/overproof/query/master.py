"""The master: the rules by which a query is computed, exactly once, by workers that may come and go.

The rules, in the order in which things happen:

1. A file that nobody has looked into is asked of one worker at a time. Its blocks wait as soon as it is settled.
2. A worker has up to two packets in hand: one it computes, one that waits, so that it need not wait for the master.
3. The packetizer says how many blocks a worker gets, and may say none. As long as blocks wait, somebody works.
4. A block counts when a delta that names it was merged, and only then. Until then its worker holds it.
5. A delta is taken if each of its blocks is held by this worker in this epoch; else it is refused as a whole, and those
   of its blocks that the worker did hold wait again, because their outputs are thrown away.
6. What a lost worker held waits again, and so do the files it was to look into. Whatever it says later is not heard;
   only the grid of a file is true whoever tells it.
7. An idle worker is called for its delta, once. It is never dismissed: when blocks wait again, it is fed at once.
8. A block that cannot be read is missing; one on which the selector fails is excluded, and stops the query.
9. A stopping query hands out nothing, halts who computes, calls who has computed, and closes when nobody holds a block.
10. A query closes once. It has finished when all files are settled and no block waits, is held or is being merged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from overproof.query.files import Files, Settlement
from overproof.query.gaps import join_missing, sort_excluded
from overproof.query.handout import Handout
from overproof.query.ledger import Ledger, Place
from overproof.query.packetizers.view import Packetizer
from overproof.query.roster import InHand, Roster, Worker
from overproof.query.shelf import Shelf
from overproof.records.account import Account
from overproof.records.block import Block
from overproof.records.dataset import FileGrid
from overproof.records.notices import (
    AbortRequested,
    BlockFailed,
    BlockUnreadable,
    DeltaMerged,
    DeltaOffered,
    EngineFailed,
    FileFailed,
    FileOpened,
    Notice,
    PacketDone,
    QueryStarted,
    StopRequested,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import (
    CloseQuery,
    HaltWorker,
    Order,
    RefuseDelta,
    TakeDelta,
)
from overproof.records.outcome.gaps import Excluded, Missing
from overproof.records.query import QueryOptions
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex
from overproof.words.states import TRANSITIONS, QueryState

RUNNING, STOPPING = QueryState.RUNNING, QueryState.STOPPING


class Master:
    """Decides who computes what, and knows where every entry is.

    Args:
        n_files: number of files of the dataset.
        options: limits of the query.
        packetizer: how many blocks a worker gets.
    """

    def __init__(self, n_files: int, options: QueryOptions, packetizer: Packetizer) -> None:
        self._files = Files(n_files, options)
        self._ledger = Ledger()
        self._shelf = Shelf()
        self._roster = Roster()
        self._handout = Handout(
            self._files, self._ledger, shelf=self._shelf, roster=self._roster, packetizer=packetizer
        )
        self._state = QueryState.WAITING
        self._end_state = QueryState.STOPPED
        self._read_bytes = 0
        self._missing: list[Missing] = []
        self._excluded: list[Excluded] = []

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
        if len(self._roster.idle) == len(self._roster.workers):
            self._handout.keep_going(orders)
        if not self._ledger.n_held:
            self._close_if_over(orders)
        return orders

    # -- workers come and go

    def _on_query_started(self, _: QueryStarted, orders: list[Order]) -> None:
        """Begin; nothing is known yet, but a query without files is over."""

    def _on_worker_joined(self, notice: WorkerJoined, orders: list[Order]) -> None:
        before = self._roster.workers.get(notice.worker)
        if before is not None and before.epoch < notice.epoch:
            self._lose(before, orders)
        worker = self._roster.join(notice.worker, notice.epoch)
        if worker is not None:
            self._handout.feed(worker, orders)

    def _on_worker_lost(self, notice: WorkerLost, orders: list[Order]) -> None:
        worker = self._roster.workers.get(notice.worker)
        if worker is not None:
            self._lose(worker, orders)

    def _lose(self, worker: Worker, orders: list[Order]) -> None:
        """Let everything that a worker had in hand wait again."""
        self._roster.leave(worker)
        self._shelf.move(worker.file, None)
        for file in sorted(worker.opening, reverse=True):
            self._files.ask_again(file)
        self._handout.put_back(self._ledger.release_worker(worker), orders)

    # -- files become known

    def _on_file_opened(self, notice: FileOpened, orders: list[Order]) -> None:
        self._learn(notice, notice.grid, orders)

    def _on_file_failed(self, notice: FileFailed, orders: list[Order]) -> None:
        worker = self._roster.workers.get(notice.worker or "")
        if notice.worker is None or (worker is not None and notice.file in worker.opening):
            self._learn(notice, notice, orders)

    def _learn(self, notice: FileOpened | FileFailed, what: FileGrid | FileFailed, orders: list[Order]) -> None:
        worker = self._roster.workers.get(notice.worker or "")
        for settlement in self._files.learn(notice.file, what):
            self._settle(settlement)
        if worker is not None and notice.file in worker.opening:
            worker.opening.discard(notice.file)
            if isinstance(what, FileGrid) and not worker.packets:
                self._handout.go_to(worker, notice.file)
            self._handout.feed(worker, orders)
        self._handout.feed_idle(orders)

    def _settle(self, settlement: Settlement) -> None:
        file, grid, first, stop, failure = settlement
        if failure is not None:
            self._ledger.files_unknown += 1
            self._missing.append(
                Missing(file=file, tree=None, first=0, stop=None, phase=failure.phase, reason=failure.reason)
            )
        elif grid is not None:
            self._shelf.put(*self._ledger.admit(file, grid, first, stop))

    # -- packets go out, and are computed

    def _on_packet_done(self, notice: PacketDone, orders: list[Order]) -> None:
        worker = self._roster.find(notice.worker, notice.epoch)
        packet = self._roster.end_packet(worker, notice.packet) if worker is not None else None
        if worker is None or packet is None:
            return
        self._ledger.report(packet)
        self._read_bytes += notice.read_bytes
        if worker.is_halted:
            self._drop_rest(worker, packet, notice)
        else:
            self._roster.measure(worker, packet.n_entries, notice.compute_s or self._handout.now - packet.sent_s)
        self._handout.feed(worker, orders)

    def _drop_rest(self, worker: Worker, packet: InHand, notice: PacketDone) -> None:
        """Let those blocks of a halted packet wait that were not computed; they remain unread."""
        computed = notice.n_blocks or 0
        for run in self._ledger.release_range(worker, packet.start + computed, packet.stop):
            self._shelf.put(*run)

    # -- blocks that cannot be processed

    def _on_block_unreadable(self, notice: BlockUnreadable, orders: list[Order]) -> None:
        if self._set_aside(notice, Place.MISSING):
            block = notice.block
            tree = self._files.tree(block.file)
            self._missing.append(
                Missing(file=block.file, tree=tree, first=block.first, stop=block.stop, phase=notice.phase,
                        reason=notice.reason)
            )  # fmt: skip

    def _on_block_failed(self, notice: BlockFailed, orders: list[Order]) -> None:
        """Exclude the block and stop; isolation to the entry will be a policy that is asked here."""
        if self._set_aside(notice, Place.EXCLUDED):
            block = notice.block
            tree = self._files.tree(block.file)
            self._excluded.append(
                Excluded(file=block.file, tree=tree, first=block.first, stop=block.stop,
                         failure=notice.failure)
            )  # fmt: skip
            self._stop(QueryState.FAILED, orders)

    def _set_aside(self, notice: BlockUnreadable | BlockFailed, place: Place) -> bool:
        worker = self._roster.find(notice.worker, notice.epoch)
        return self._ledger.set_aside(notice.block, worker, place, key=(notice.worker, notice.epoch))

    # -- deltas come in

    def _on_delta_offered(self, notice: DeltaOffered, orders: list[Order]) -> None:
        delta = notice.delta
        worker = self._roster.find(delta.worker, delta.epoch)
        if worker is None:
            reason = f"{delta.worker} was given up in epoch {delta.epoch}"
            orders.append(RefuseDelta(delta=delta, reason=reason))
        elif reason := self._ledger.take(delta, worker):
            orders.append(RefuseDelta(delta=delta, reason=reason))
            self._handout.put_back(self._ledger.release_blocks(worker, delta.blocks), orders)
        else:
            orders.append(TakeDelta(delta=delta))

    def _on_delta_merged(self, notice: DeltaMerged, orders: list[Order]) -> None:
        self._ledger.merge(notice.delta)

    # -- the query ends

    def _on_stop_requested(self, _: StopRequested, orders: list[Order]) -> None:
        self._stop(QueryState.STOPPED, orders)

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
        elif self._state is RUNNING and not self._shelf.n_waiting and self._files.is_settled:
            self._close(QueryState.FINISHED, orders)

    def _close(self, state: QueryState, orders: list[Order]) -> None:
        self._become(state)
        orders.append(CloseQuery(state=state))

    def _become(self, state: QueryState) -> None:
        if state not in TRANSITIONS[self._state]:
            raise InvariantError(f"a query that is {self._state} cannot become {state}")
        self._state = state

    # -- what anybody may look at

    @property
    def state(self) -> QueryState:
        """Where the query is in its life."""
        return self._state

    @property
    def account(self) -> Account:
        """Where every entry is, now."""
        return self._ledger.account(files_unopened=self._files.n_unknown)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What could not be read, in the order of files and entries."""
        return join_missing(self._missing)

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """On what the selector failed, in the order of files and entries."""
        return sort_excluded(self._excluded)

    @property
    def blocks(self) -> dict[tuple[FileIndex, int], Block]:
        """Every block asked for, by file and index."""
        return {(block.file, block.index): block for block in self._ledger.blocks}

    @property
    def grids(self) -> dict[FileIndex, FileGrid]:
        """The grids of all files that were opened."""
        return self._files.grids

    @property
    def n_entries_seen(self) -> int:
        """Entries computed, merged or not, with those that failed."""
        return self._ledger.total_entries - self._ledger.left_entries

    @property
    def read_bytes(self) -> int:
        """Compressed bytes read for the packets reported."""
        return self._read_bytes

    @property
    def n_workers(self) -> int:
        """Workers that joined and are not lost."""
        return len(self._roster)

    @property
    def n_active(self) -> int:
        """Workers with a packet in hand."""
        return self._roster.n_active

    @property
    def n_files_opened(self) -> int:
        """Files looked into, with or without success."""
        return self._files.n_known

    def check(self) -> None:
        """Verify every invariant; takes time in proportion to the blocks.

        Raises:
            InvariantError: a rule is broken.
        """
        self._roster.check()
        self._shelf.check()
        self._ledger.check(self._roster.workers.values(), self._shelf.waiting_numbers())
        is_over = not (self._ledger.n_held or self._ledger.n_taken or self._shelf.n_waiting)
        if self._state is RUNNING and is_over and self._files.is_settled:
            raise InvariantError("nothing is left to do, but the query runs on")
        if self._state is RUNNING and self._shelf.n_waiting and len(self._roster.idle) == len(self._roster) > 0:
            raise InvariantError("blocks wait, and so do all workers")
        if self._state is QueryState.FINISHED and not (is_over and self._files.is_settled):
            raise InvariantError("the query has finished, but something is left to do")


RULES: dict[type, Callable[[Master, Any, list[Order]], None]] = {
    QueryStarted: Master._on_query_started,
    WorkerJoined: Master._on_worker_joined,
    WorkerLost: Master._on_worker_lost,
    FileOpened: Master._on_file_opened,
    FileFailed: Master._on_file_failed,
    PacketDone: Master._on_packet_done,
    BlockUnreadable: Master._on_block_unreadable,
    BlockFailed: Master._on_block_failed,
    DeltaOffered: Master._on_delta_offered,
    DeltaMerged: Master._on_delta_merged,
    StopRequested: Master._on_stop_requested,
    AbortRequested: Master._on_abort_requested,
    EngineFailed: Master._on_engine_failed,
}
"""Which rule answers which notice."""
