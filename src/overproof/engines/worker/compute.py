"""A worker without a process around it: takes commands, computes blocks, hands over deltas.

The caller owns time and transport: it calls `handle` for each command, `step` while there is work, and gets replies
through `emit`. Inline and process engines and the isolator run the very same worker.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import cloudpickle

from overproof.columns.events import NOTHING_AROUND
from overproof.columns.files.accesses import ACCESSES
from overproof.columns.reader import ReaderCache
from overproof.engines.local.logbook import Logbook
from overproof.engines.messages import (
    BeginFailed,
    Brief,
    Command,
    Compute,
    Ended,
    EndQuery,
    EventNamed,
    Halt,
    HandOver,
    KeepApart,
    Letter,
    LookInto,
    Measure,
    Probe,
    RunScript,
    Settled,
    Survey,
)
from overproof.engines.worker.code import import_modules, search_in, take_settings_of
from overproof.engines.worker.failure import USER_ERRORS, describe_failure, failure_of
from overproof.engines.worker.handover import Handover
from overproof.engines.worker.logs import PrintLog
from overproof.engines.worker.ranges import Attempt, Unreadable
from overproof.engines.worker.source import BlockSource, following, look_into, measure, survey
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Packet, Range
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    PacketDone,
    RangeProbed,
    WorkerJoined,
)
from overproof.records.outcome.failure import Failure
from overproof.words.clock import Clock
from overproof.words.errors import OptionError
from overproof.words.ids import WorkerId

if TYPE_CHECKING:
    from overproof.analysis.selector import Selector


class Worker:
    """Computes packets of one query at a time.

    Args:
        name: the worker's name.
        emit: takes each reply; must not call back.
        clock: the caller's clock.
        epoch: told in every reply; the master refuses those of a worker given up.
        logbook: where it notes what it has in hand.
        prints: takes what user code prints, for the time of a query.
        readers: open files to share; None: its own.
    """

    def __init__(
        self,
        name: WorkerId,
        emit: Callable[[Letter], None],
        *,
        clock: Clock,
        epoch: int = 1,
        logbook: Logbook | None = None,
        prints: PrintLog | None = None,
        readers: ReaderCache | None = None,
    ) -> None:
        self.name = name
        self.epoch = epoch
        self._emit = emit
        self._clock = clock
        self._logbook = logbook
        self._prints = prints
        self._source = BlockSource(readers, around_reads=NOTHING_AROUND if logbook is None else logbook.reading)
        self._brief: Brief | None = None
        self._selector: Selector | None = None
        self._is_spoilt = False
        self._reset(interval_s=0.0)

    def _reset(self, *, interval_s: float) -> None:
        self._packets: deque[tuple[Packet, deque[Block]]] = deque()
        self._apart: set[Block] = set()
        self._handover = Handover(
            self.name,
            epoch=self.epoch,
            clock=self._clock,
            interval_s=interval_s,
            offer=self._reply,
            complain=self._report_failed,
        )
        self._packet_started_s = 0.0
        self._packet_read_bytes = self._packet_cached_bytes = 0

    @property
    def is_begun(self) -> bool:
        """Tell whether it has a selector that has begun."""
        return self._selector is not None

    @property
    def has_work(self) -> bool:
        """Tell whether `step` has a block to compute."""
        return bool(self._packets)

    @property
    def is_settled(self) -> bool:
        """Tell whether everything computed was handed over, and taken or refused."""
        return self._handover.is_settled

    def keep_apart(self, block: Block) -> None:
        """Hand a block over alone when it is computed; for any thread, as it may be the block in hand now."""
        self._apart.add(block)

    def leave(self) -> None:
        """Drop what is not computed and hand over the rest: no more blocks will be asked for."""
        self._packets.clear()
        self._handover.offer()

    def shed(self) -> None:
        """Let go of memory that others have thrown away; for any thread."""
        self._source.shed()

    def handle(self, command: Command) -> None:
        """Do one command."""
        match command:
            case Compute() | Probe() if not self.is_begun:
                pass  # sent before its sender heard that there is no selector any more
            case Compute(packet=packet, identity=identity):
                self._source.expect(packet.blocks[0].file, identity)
                if not self._packets:
                    self._start_packet()
                self._packets.append((packet, deque(packet.blocks)))
            case KeepApart(block=block):
                self.keep_apart(block)
            case Probe():
                self._probe(command)
            case Settled(number=number):
                self._handover.settle(number)
            case HandOver():
                self._handover.offer()
            case LookInto():
                self._look_into(command)
            case Halt():
                self._halt()
            case Brief():
                self._begin(command)
            case EndQuery():
                self._say_end()
            case Survey():
                self._reply(survey(self._source, command, worker=self.name))
            case Measure():
                self._reply(measure(self._source, command, worker=self.name))
            case RunScript():
                from overproof.engines.worker.script import run_script

                self._reply(run_script(command, worker=self.name))

    def step(self) -> None:
        """Compute one block; report its packet when that was the last of it."""
        if not self._is_fit():
            return
        packet, blocks = self._packets[0]
        self._compute(blocks.popleft(), packet)
        if not blocks:
            self._packets.popleft()
            self._finish_packet(packet, n_blocks=len(packet.blocks))
        self._handover.offer_if_due()

    # -- a query begins and ends

    def _begin(self, brief: Brief) -> None:
        self._forget()
        ACCESSES.take()  # of what was read for no query
        self._brief = brief
        self._reset(interval_s=brief.delta_interval_s)
        if self._prints is not None:
            self._prints.open(brief.log_directory)
        search_in(brief.search_path)
        if (selector := self._begin_selector(brief)) is None:
            return
        self._source.begin(
            brief.dataset, block_entries=brief.block_entries, seed=brief.seed, branches=selector.branches,
            optional=selector.optional, cache=brief.cache,
            is_compiled=getattr(selector, "path", None) == "compiled" or selector.schema is not None,
            schema=selector.schema,
        )  # fmt: skip
        self._reply(WorkerJoined(worker=self.name, epoch=self.epoch))

    def _begin_selector(self, brief: Brief) -> Selector | None:
        """Load the selector and let it begin; say so and have none where it cannot."""
        self._selector, self._is_spoilt = None, False
        try:
            import_modules(brief.modules)
            take_settings_of(brief)
            selector: Selector = cloudpickle.loads(brief.selector)
            selector.worker_begin()
        except USER_ERRORS as error:
            reason, traceback = describe_failure(error)
            self._reply(BeginFailed(worker=self.name, reason=reason, traceback=traceback))
            return None
        self._selector = selector
        return selector

    def _is_fit(self) -> bool:
        """Make the selector anew when it was stopped in the middle of a block: it may be half changed.

        A worker that cannot hands over what it has and computes no more; its crew replaces it.
        """
        if not self._is_spoilt:
            return True
        assert self._brief is not None
        self._handover.offer()
        if self._begin_selector(self._brief) is None:
            self._packets.clear()
        return self.is_begun

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
        self._source.tidy_up()  # before it is said: who has ended may be killed at once
        if self._prints is not None:
            self._prints.close()
        self._reply(Ended(worker=self.name, problem=problem, traceback=traceback))
        self._forget()

    def _forget(self) -> None:
        self._selector, self._is_spoilt = None, False
        self._brief = None
        self._source.end()
        self._reset(interval_s=0.0)
        if self._prints is not None:
            self._prints.close()

    def _halt(self) -> None:
        dropped = list(self._packets)
        self.leave()
        for packet, blocks_left in dropped:
            self._finish_packet(packet, n_blocks=len(packet.blocks) - len(blocks_left))

    # -- files and blocks

    def _look_into(self, command: LookInto) -> None:
        if self._logbook is not None:
            self._logbook.look_into(command.file)
        looked = look_into(self._source, command, worker=self.name)
        if self._logbook is not None:
            self._logbook.leave()
        self._reply(looked)

    def _start_packet(self) -> None:
        self._packet_started_s = self._clock.now()
        self._packet_read_bytes = self._source.read_bytes
        self._packet_cached_bytes = self._source.cached_bytes

    def _finish_packet(self, packet: Packet, *, n_blocks: int) -> None:
        self._reply(
            PacketDone(
                worker=self.name,
                epoch=self.epoch,
                packet=packet.number,
                compute_s=self._clock.now() - self._packet_started_s,
                read_bytes=self._source.read_bytes - self._packet_read_bytes,
                cached_bytes=self._source.cached_bytes - self._packet_cached_bytes,
                n_blocks=n_blocks,
                accesses=ACCESSES.take(),
            )
        )
        self._start_packet()

    def _compute(self, block: Block, packet: Packet) -> None:
        self._source.read_from(block.file, packet.path)
        of_copy = takewhile(lambda each: each[0].path == packet.path, self._packets)
        queued = (each for _, blocks in of_copy for each in blocks)
        ahead = following(block, queued, pieces_of=self._pieces)
        attempt = self._attempt(block, self._pieces(block), following=ahead)
        outputs = OutputState()
        try:
            outputs.add_ranges(block, attempt.outputs())
            # Asked only now: somebody else may have got the block while it was computed.
            if packet.is_apart or block in self._apart:
                self._handover.add_apart(block, outputs)
            else:
                self._handover.add(block, outputs)
        except USER_ERRORS as error:
            self._is_spoilt = attempt.is_cut_short
            match attempt.judge(error):
                case Unreadable(phase=phase, reason=reason):
                    self._reply(
                        BlockUnreadable(worker=self.name, epoch=self.epoch, block=block, phase=phase, reason=reason)
                    )
                case Failure() as failure if isinstance(error, OptionError):
                    self._reply(
                        BeginFailed(
                            worker=self.name, reason=failure.reason, traceback=failure.traceback, is_hopeless=True
                        )
                    )
                case Failure() as failure:
                    part = None if block.ranges is None else attempt.part
                    self._reply(
                        BlockFailed(worker=self.name, epoch=self.epoch, block=block, failure=failure, part=part)
                    )
        # Not when something of our own goes wrong: then the logbook goes on to tell what was in hand.
        self._apart.discard(block)
        attempt.end()

    def _probe(self, probe: Probe) -> None:
        """Do with a range all that is done with a block, and throw it away.

        A range that cannot be read is none on which the selector fails: the block itself will be reported unreadable.
        """
        if not self._is_fit():
            return
        first, stop = probe.part
        self._source.expect(probe.block.file, probe.identity)
        self._source.read_from(probe.block.file, probe.path)
        attempt = self._attempt(probe.block, ((probe.part,),))
        if stop - first == 1:
            self._reply(EventNamed(probe=probe.probe, event=attempt.event_name()))
        failure: Failure | None = None
        try:
            outputs = OutputState()
            outputs.add_ranges(probe.block, attempt.outputs())
            outputs.to_bytes()
        except USER_ERRORS as error:
            self._is_spoilt = attempt.is_cut_short
            verdict = attempt.judge(error)
            failure = verdict if isinstance(verdict, Failure) else None
        attempt.end()
        self._reply(RangeProbed(worker=self.name, epoch=self.epoch, probe=probe.probe, failure=failure))

    def _pieces(self, block: Block) -> Sequence[Sequence[Range]]:
        """Return what is computed in one go; cycles come in ranges only."""
        has_files = self._brief is not None and self._brief.dataset is not None
        return block.pieces if has_files else [(part,) for part in block.parts]

    def _attempt(self, block: Block, pieces: Sequence[Sequence[Range]], *, following: Sequence[Range] = ()) -> Attempt:
        assert self._selector is not None
        return Attempt(
            self._selector, self._source, block=block, pieces=pieces, following=following, logbook=self._logbook,
            prints=self._prints,
        )  # fmt: skip

    def _report_failed(self, block: Block, error: BaseException) -> None:
        self._reply(BlockFailed(worker=self.name, epoch=self.epoch, block=block, failure=failure_of(error)))

    def _reply(self, reply: Any, payload: bytes | None = None) -> None:
        self._emit(Letter(self._brief.query if self._brief else 0, reply, payload))
