"""The loop between the master, who thinks, and the crew, who works: it moves letters and decides nothing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from overproof.engines.crew import Crew
from overproof.engines.limits import Limits
from overproof.engines.messages import (
    BeginFailed,
    Compute,
    DeltaArrived,
    Halt,
    HandOver,
    KeepApart,
    Letter,
    LookInto,
    Probe,
    Settled,
)
from overproof.query.master import Master
from overproof.records.account import Account
from overproof.records.block import Delta
from overproof.records.facts import Fact, Journal
from overproof.records.notices import (
    AbortRequested,
    CredentialExpired,
    DeltaMerged,
    EngineFailed,
    FileOpened,
    Notice,
    QueryStarted,
    StopRequested,
    TimePassed,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import (
    CallDelta,
    CallIsolator,
    CallMerger,
    CloseQuery,
    DismissWorker,
    ForgetDelta,
    HaltWorker,
    OpenFile,
    Order,
    PassDelta,
    ProbeRange,
    RefuseDelta,
    SendPacket,
    SetApart,
    TakeDelta,
)
from overproof.records.outcome.gaps import Excluded, Missing, Split, Unread
from overproof.records.outcome.standing import Standing
from overproof.words.clock import Clock
from overproof.words.errors import EngineError, MergeError, OverproofError, SelectorError
from overproof.words.frozen import dataclass
from overproof.words.ids import WorkerId
from overproof.words.quickly import made_quickly
from overproof.words.states import QueryState

if TYPE_CHECKING:
    from overproof.outputs.state import OutputState

T = TypeVar("T")

make_fact = made_quickly(Fact)

POLL_S = 0.5
"""How long to wait for letters, and how often the master is told that time passes."""

MAX_BEGIN_FAILURES = 5
"""Workers on which the selector may fail to start though it has started on others; then the query ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Outputs and the account of just these, at one moment."""

    state: QueryState
    outputs: OutputState
    account: Account
    accounts: tuple[Account, ...]
    missing: tuple[Missing, ...]
    excluded: tuple[Excluded, ...]
    splits: tuple[Split, ...]
    unread: tuple[Unread, ...] = ()


class Driver:
    """Runs one query to its end.

    `run` belongs to one thread; `request_stop`, `request_abort` and `snapshot` may be called from any.

    Args:
        query: number of the query; letters of others are dropped.
        master: fresh, or restored.
        crew: begun with this query's brief by the caller.
        journal: gets every notice and every order.
        clock: the driver's time.
        memory_limit_bytes: private memory that a worker may have; None: the crew's own limit.
        at_rest: called with the time about twice a second, between two notices, when nothing is half done.
    """

    def __init__(
        self,
        query: int,
        *,
        master: Master,
        crew: Crew,
        journal: Journal,
        clock: Clock,
        memory_limit_bytes: int | None = None,
        at_rest: Callable[[float], None] | None = None,
    ) -> None:
        self.query = query
        self.master = master
        self.final_state: QueryState | None = None
        self.problem: OverproofError | None = None
        self.joined: set[WorkerId] = set()
        self._crew = crew
        self._journal = journal
        self._clock = clock
        self._memory_limit_bytes = memory_limit_bytes
        self._at_rest = at_rest
        self._limits: Limits | None = None
        self._n_begin_failures = 0
        self._ticked_s = clock.now()
        self._lock = threading.Lock()
        self._requests: deque[Notice] = deque()
        self._identities = {file: grid.identity for file, grid in master.grids.items()}
        self._execute_by_type: dict[type, Callable[[Any, Any], None]] = {
            SendPacket: self._send_packet,
            OpenFile: self._open_file,
            CallDelta: self._call_delta,
            HaltWorker: self._halt,
            SetApart: self._set_apart,
            CallIsolator: self._call_isolator,
            ProbeRange: self._probe,
            DismissWorker: self._dismiss,
            TakeDelta: self._take,
            RefuseDelta: self._forget_delta,
            ForgetDelta: self._forget_delta,
            CallMerger: self._call_merger,
            PassDelta: self._pass_delta,
            CloseQuery: self._close,
        }

    @cached_property
    def outputs(self) -> OutputState:
        """What is merged so far."""
        from overproof.outputs.state import OutputState  # numbers and sums: not before there are any

        return OutputState()

    # -- from any thread

    def request_stop(self, reason: str = "") -> None:
        """Ask for what there is: the query ends soon, and keeps what is merged."""
        self._requests.append(StopRequested(reason=reason))
        self._crew.wake()

    def request_abort(self) -> None:
        """Ask to throw the query away."""
        self._requests.append(AbortRequested())
        self._crew.wake()

    def tell(self, notice: Notice) -> None:
        """Let the master know something that somebody else than the crew has found out."""
        self._requests.append(notice)
        self._crew.wake()

    def look(self, at: Callable[[OutputState], T]) -> T:
        """Let `at` have the merged outputs, which it must neither change nor keep; nothing is merged meanwhile."""
        with self._lock:
            return at(self.outputs)

    def snapshot(self, copied: Callable[[OutputState], OutputState] | None = None) -> Snapshot:
        """Return a copy of what is merged so far, with the account of just that.

        Args:
            copied: copies as much of the outputs as is wanted; None: all.
        """
        with self._lock:
            master = self.master
            return Snapshot(
                state=master.state,
                outputs=self.outputs.copy() if copied is None else copied(self.outputs),
                account=master.account,
                accounts=master.accounts,
                missing=master.missing,
                excluded=master.excluded,
                splits=master.splits,
                unread=master.unread,
            )

    def write_down(self, write: Callable[[OutputState, Standing], None]) -> None:
        """Let `write` have the merged outputs and where the query stands with just these; nothing is merged meanwhile.

        It must not change the outputs, nor keep them.
        """
        with self._lock:
            write(self.outputs, self.master.standing)

    # -- the driver's own thread

    def run(self, first_notices: list[Notice]) -> None:
        """Feed what is known, then whatever the crew says, until the master closes the query.

        What ends it early without being the master's own doing is left in `problem`.
        """
        self._set_limits()
        self.feed(QueryStarted())
        for notice in first_notices:
            self.feed(notice)
        while self.final_state is None:
            try:
                letters = self._crew.poll(POLL_S)
            except EngineError as error:
                self._fail(error)
                return
            while self._requests and self.final_state is None:
                self.feed(self._requests.popleft())
            while letters:
                # Taken out one by one, so that no payload is left in memory when the next one comes.
                self._open_letter(letters.pop(0))
            self._tick()

    def _tick(self) -> None:
        """Tell the master about twice a second that time passes, and the crew what a block may cost now."""
        now = self._clock.now()
        if self.final_state is not None or now - self._ticked_s < POLL_S:
            return
        self._ticked_s = now
        self.feed(TimePassed())
        self._set_limits()
        if self._at_rest is not None:
            self._at_rest(now)

    def _set_limits(self) -> None:
        limits = Limits(block_timeout_s=self.master.block_timeout_s, memory_bytes=self._memory_limit_bytes)
        if limits != self._limits:
            self._limits = limits
            self._crew.watch(limits)

    def feed(self, notice: Notice, payload: bytes | None = None) -> None:
        """Tell the master one thing and do what it orders."""
        now = self._clock.now()
        if isinstance(notice, FileOpened):
            # The first word on a file is the last, here as for the master.
            self._identities.setdefault(notice.file, notice.grid.identity)
        if isinstance(notice, CredentialExpired) and self.master.state is QueryState.RUNNING:
            self.problem = self.problem or EngineError(notice.reason)
        orders = self.master.handle(notice, now=now)
        if orders or not isinstance(notice, TimePassed):
            self._journal.record(make_fact(at_s=now, what=notice))
        for order in orders:
            self._journal.record(make_fact(at_s=now, what=order))
            self._execute(order, payload)

    def _open_letter(self, letter: Letter) -> None:
        if letter.query != self.query or self.final_state is not None:
            return
        if isinstance(letter.reply, BeginFailed):
            self._hear_that_it_does_not_begin(letter.reply)
            return
        if isinstance(letter.reply, DeltaArrived):
            if self.master.awaits(letter.reply.delta):  # else it was given up meanwhile, and its blocks wait again
                self._merge(letter.reply.delta, letter.payload)
            return
        if isinstance(letter.reply, WorkerJoined):
            self.joined.add(letter.reply.worker)
        self.feed(letter.reply, letter.payload)  # type: ignore[arg-type]  # other replies never carry a query

    def _hear_that_it_does_not_begin(self, notice: BeginFailed) -> None:
        """Abort when the selector starts nowhere; where it did on others, replace the one on which it does not."""
        if notice.is_hopeless:
            self._fail(SelectorError(f"the selector cannot work: {notice.reason}\n{notice.traceback}"))
            return
        error = SelectorError(f"the selector does not start: {notice.reason}\n{notice.traceback}")
        self._n_begin_failures += 1
        if not self.joined:
            self.problem = self.problem or error
            self.feed(AbortRequested())
        elif self._n_begin_failures > MAX_BEGIN_FAILURES:
            self._fail(error)
        else:
            is_isolator = notice.worker == self.master.isolator
            self.feed(WorkerLost(worker=notice.worker, reason=f"the selector does not start: {notice.reason}"))
            self._crew.dismiss(notice.worker)
            if is_isolator:
                self._crew.call_isolator()

    def _execute(self, order: Order, payload: bytes | None) -> None:
        self._execute_by_type[type(order)](order, payload)

    def _send_packet(self, order: SendPacket, _: bytes | None) -> None:
        self._crew.send(
            order.worker, Compute(packet=order.packet, identity=self._identities.get(order.packet.blocks[0].file, ""))
        )

    def _open_file(self, order: OpenFile, _: bytes | None) -> None:
        self._crew.send(order.worker, LookInto(file=order.file, path=order.path))

    def _call_delta(self, order: CallDelta, _: bytes | None) -> None:
        self._crew.send(order.worker, HandOver())

    def _set_apart(self, order: SetApart, _: bytes | None) -> None:
        self._crew.send(order.worker, KeepApart(block=order.block))

    def _call_isolator(self, _order: CallIsolator, _: bytes | None) -> None:
        self._crew.call_isolator()

    def _probe(self, order: ProbeRange, _: bytes | None) -> None:
        identity = self._identities.get(order.block.file, "")
        probe = Probe(probe=order.probe, block=order.block, part=order.part, identity=identity, path=order.path)
        self._crew.send(order.worker, probe)

    def _call_merger(self, order: CallMerger, _: bytes | None) -> None:
        self._crew.call_merger(order.host)

    def _pass_delta(self, order: PassDelta, _: bytes | None) -> None:
        self._crew.pass_on(order.delta, order.merger)

    def _dismiss(self, order: DismissWorker, _: bytes | None) -> None:
        self._crew.dismiss(order.worker)

    def _halt(self, order: HaltWorker, _: bytes | None) -> None:
        self._crew.send(order.worker, Halt())

    def _take(self, order: TakeDelta, payload: bytes | None) -> None:
        """Merge a payload that came with the offer; fetch one that stayed with its worker."""
        if payload is None:
            self._crew.fetch(order.delta)
        else:
            self._merge(order.delta, payload)

    def _merge(self, delta: Delta, payload: bytes) -> None:
        """Merge a payload and say so: the only place where sums change."""
        from overproof.outputs.state import OutputState

        started_s = self._clock.now()
        try:
            incoming = OutputState.from_bytes(payload)
            with self._lock:
                self.outputs.merge(incoming)
                self.feed(DeltaMerged(delta=delta, merge_s=self._clock.now() - started_s))
        except MergeError as error:
            self._fail(error)
        self._crew.send(delta.worker, Settled(number=delta.number))

    def _fail(self, error: OverproofError) -> None:
        """End the query for a reason that no worker reports; what is merged is kept."""
        self.problem = self.problem or error
        self.feed(EngineFailed(reason=str(error)))

    def _forget_delta(self, order: RefuseDelta | ForgetDelta, _: bytes | None) -> None:
        self._crew.send(order.delta.worker, Settled(number=order.delta.number))

    def _close(self, order: CloseQuery, _: bytes | None) -> None:
        self.final_state = order.state
