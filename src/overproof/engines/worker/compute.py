"""A worker without a process around it: takes commands, computes blocks, hands over deltas.

The caller owns time and transport: it calls `handle` for each command, `step` while there is work, and gets replies
through `emit`. Inline and process engines run the very same worker.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cloudpickle

from overproof.columns.views import materialized
from overproof.engines.messages import (
    BeginFailed,
    Brief,
    Command,
    Compute,
    Ended,
    EndQuery,
    Halt,
    HandOver,
    Letter,
    LookInto,
    RunScript,
    Settled,
    Survey,
    Surveyed,
)
from overproof.engines.worker.code import import_modules
from overproof.engines.worker.failure import USER_ERRORS, describe_failure, failure_of
from overproof.engines.worker.script import run_script
from overproof.engines.worker.source import BlockSource
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Delta, Packet
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    DeltaOffered,
    FileFailed,
    FileOpened,
    PacketDone,
    WorkerJoined,
)
from overproof.words.clock import Clock
from overproof.words.errors import BranchError, DatasetError, InputError, MergeError, OverproofError, Phase, ReadError

if TYPE_CHECKING:
    from overproof.analysis.selector import Selector

MAX_DELTA_BYTES = 64_000_000
"""A worker hands over early when its outputs grow beyond this."""


class Worker:
    """Computes packets of one query at a time.

    Args:
        name: the worker's name.
        emit: takes each reply; must not call back.
        clock: the caller's clock.
        epoch: told in every reply; the master refuses those of a worker given up.
    """

    def __init__(self, name: str, emit: Callable[[Letter], None], *, clock: Clock, epoch: int = 1) -> None:
        self.name = name
        self.epoch = epoch
        self._emit = emit
        self._clock = clock
        self._source = BlockSource()
        self._brief: Brief | None = None
        self._selector: Selector | None = None
        self._reset()

    def _reset(self) -> None:
        self._packets: deque[tuple[Packet, deque[Block]]] = deque()
        self._state = OutputState()
        self._blocks: list[Block] = []
        self._unsettled: tuple[Delta, bytes] | None = None
        self._is_asked = False
        self._n_deltas = 0
        self._offered_s = self._clock.now()
        self._packet_started_s = 0.0
        self._packet_read_bytes = 0

    @property
    def has_work(self) -> bool:
        """Tell whether `step` has a block to compute."""
        return bool(self._packets)

    def handle(self, command: Command) -> None:
        """Do one command."""
        match command:
            case Compute(packet=packet, identity=identity):
                self._source.expect(packet.blocks[0].file, identity)
                if not self._packets:
                    self._start_packet()
                self._packets.append((packet, deque(packet.blocks)))
            case Settled(number=number):
                self._settle(number)
            case HandOver():
                self._offer()
            case LookInto(file=file):
                self._look_into(file)
            case Halt():
                self._halt()
            case Brief():
                self._begin(command)
            case EndQuery():
                self._say_end()
            case Survey():
                self._survey(command)
            case RunScript():
                self._reply(run_script(command, worker=self.name))

    def step(self) -> None:
        """Compute one block; report its packet when that was the last of it."""
        packet, blocks = self._packets[0]
        self._compute(blocks.popleft())
        if not blocks:
            self._packets.popleft()
            self._finish_packet(packet, n_blocks=len(packet.blocks))
        if self._delta_is_due():
            self._offer()

    # -- a query begins and ends

    def _begin(self, brief: Brief) -> None:
        self._forget()
        self._brief = brief
        sys.path[:] = [*brief.search_path, *(place for place in sys.path if place not in brief.search_path)]
        try:
            import_modules(brief.modules)
            selector: Selector = cloudpickle.loads(brief.selector)
            selector.worker_begin()
        except USER_ERRORS as error:
            reason, traceback = describe_failure(error)
            self._reply(BeginFailed(worker=self.name, reason=reason, traceback=traceback))
            return
        self._selector = selector
        self._source.begin(
            brief.dataset, block_entries=brief.block_entries, seed=brief.seed, branches=selector.branches,
            optional=selector.optional,
        )  # fmt: skip
        self._reply(WorkerJoined(worker=self.name, epoch=self.epoch))

    def _say_end(self) -> None:
        problem = traceback = ""
        if self._selector is not None:
            try:
                worker_end: Callable[[], object] = self._selector.worker_end
                returned = worker_end()
                if returned is not None:
                    problem = (
                        f"worker_end returned {type(returned).__name__}: it cannot add outputs, because a worker may "
                        "be lost at any time; only what process returns counts"
                    )
            except USER_ERRORS as error:
                problem, traceback = describe_failure(error)
        self._reply(Ended(worker=self.name, problem=problem, traceback=traceback))
        self._forget()

    def _forget(self) -> None:
        self._selector = None
        self._brief = None
        self._source.end()
        self._reset()

    def _halt(self) -> None:
        dropped = list(self._packets)
        self._packets.clear()
        self._offer()
        for packet, blocks_left in dropped:
            self._finish_packet(packet, n_blocks=len(packet.blocks) - len(blocks_left))

    # -- files

    def _look_into(self, file: int) -> None:
        try:
            grid = self._source.grid(file)
        except ReadError as error:
            self._reply(FileFailed(worker=self.name, file=file, reason=error.reason, phase=error.phase))
        except DatasetError as error:
            self._reply(FileFailed(worker=self.name, file=file, reason=str(error)))
        else:
            self._reply(FileOpened(worker=self.name, file=file, grid=grid))

    def _survey(self, survey: Survey) -> None:
        try:
            schema = self._source.schema(survey.spec)
        except OverproofError as error:
            self._reply(Surveyed(worker=self.name, schema=None, error=error))
        else:
            self._reply(Surveyed(worker=self.name, schema=schema, error=None))

    # -- blocks

    def _start_packet(self) -> None:
        self._packet_started_s = self._clock.now()
        self._packet_read_bytes = self._source.read_bytes

    def _finish_packet(self, packet: Packet, *, n_blocks: int) -> None:
        self._reply(
            PacketDone(
                worker=self.name,
                epoch=self.epoch,
                packet=packet.number,
                compute_s=self._clock.now() - self._packet_started_s,
                read_bytes=self._source.read_bytes - self._packet_read_bytes,
                n_blocks=n_blocks,
            )
        )
        self._start_packet()

    def _compute(self, block: Block) -> None:
        assert self._selector is not None
        events: Any = None
        try:
            events = self._source.events(block)
            # Views are put out as arrays, read now: what fails to be read here is the file's fault still.
            output = materialized(self._selector.process(events))
            self._raise_read_failure(events)
            self._state.add_block(block, output)
        except USER_ERRORS as error:
            # What a column failed with is the file's fault, also where user code turned it into something else.
            cause = error if events is None or isinstance(error, BranchError) else getattr(events, "failure", None)
            if isinstance(cause, ReadError | InputError):
                self._report_unreadable(block, cause)
            else:
                self._report_failed(block, error)
        else:
            self._blocks.append(block)

    @staticmethod
    def _raise_read_failure(events: Any) -> None:
        """Raise what went wrong with a column, even where user code swallowed it."""
        if (failure := getattr(events, "failure", None)) is not None:
            raise failure

    def _report_unreadable(self, block: Block, error: ReadError | InputError) -> None:
        phase: Phase = error.phase if isinstance(error, ReadError) else _phase_of(error)
        reason = error.reason if isinstance(error, ReadError) else str(error)
        self._reply(
            BlockUnreadable(worker=self.name, epoch=self.epoch, block=block, phase=phase, reason=reason)
        )  # fmt: skip

    def _report_failed(self, block: Block, error: BaseException) -> None:
        self._reply(BlockFailed(worker=self.name, epoch=self.epoch, block=block, failure=failure_of(error)))

    # -- deltas

    def _delta_is_due(self) -> bool:
        """Tell whether to hand over unasked; at the end, and when it idles, a worker is asked."""
        if not self._blocks:
            return False
        assert self._brief is not None
        return (
            self._clock.now() - self._offered_s >= self._brief.delta_interval_s
            or self._state.size_bytes > MAX_DELTA_BYTES
        )

    def _offer(self) -> None:
        """Send the outputs of all blocks since the last offer; the master takes or refuses them as one.

        A delta is kept until it is settled, and the next one waits for that.
        """
        if not self._blocks:
            return
        if self._unsettled is not None:
            self._is_asked = True
            return
        blocks, state = tuple(self._blocks), self._state
        self._state, self._blocks, self._is_asked = OutputState(), [], False
        self._offered_s = self._clock.now()
        try:
            payload = state.to_bytes()
        except MergeError as error:
            for block in blocks:
                self._report_failed(block, error)
            return
        self._n_deltas += 1
        delta = Delta(worker=self.name, epoch=self.epoch, number=self._n_deltas, blocks=blocks)
        self._unsettled = (delta, payload)
        self._reply(DeltaOffered(delta=delta), payload)

    def _settle(self, number: int) -> None:
        if self._unsettled is not None and self._unsettled[0].number == number:
            self._unsettled = None
            if self._is_asked:
                self._offer()

    def _reply(self, reply: Any, payload: bytes | None = None) -> None:
        self._emit(Letter(self._brief.query if self._brief else 0, reply, payload))


def _phase_of(error: InputError) -> Phase:
    return "branch" if isinstance(error, BranchError) else "open"
