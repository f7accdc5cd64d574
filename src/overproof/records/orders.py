"""What comes out of the master: things to be done by the driver."""

from __future__ import annotations

from typing import TypeAlias

from overproof.records.block import Block, Delta, Packet, Range
from overproof.words.frozen import dataclass
from overproof.words.ids import FileIndex, WorkerId
from overproof.words.states import QueryState


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """Look into a file: answered by `FileOpened` or `FileFailed`.

    Attributes:
        worker: who is asked.
        file: place of the file in the dataset.
        path: the replica to open; empty: the file where the dataset says it is.
    """

    worker: WorkerId
    file: FileIndex
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPacket:
    """Give a packet to a worker: answered by `PacketDone`, and by deltas."""

    worker: WorkerId
    packet: Packet


@dataclass(frozen=True, slots=True, kw_only=True)
class SetApart:
    """Let a worker hand over a block that it has in a packet at once and alone, when it is computed.

    A second worker has it too, and one of the two will be refused. Too late, it changes nothing.
    """

    worker: WorkerId
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIsolator:
    """Get an isolator up, and keep one up until the query ends: answered by `WorkerJoined`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRange:
    """Let an isolator try the selector on a range of a block: answered by `RangeProbed`, or by the isolator's loss.

    Attributes:
        worker: the isolator.
        probe: number of the order.
        block: the block.
        part: the range.
        path: the replica to read; empty: the file where the dataset says it is.
    """

    worker: WorkerId
    probe: int
    block: Block
    part: Range
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissWorker:
    """End a worker, which the master has struck off already, and start another one in its place."""

    worker: WorkerId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDelta:
    """Ask a worker to hand over what it has, now: answered by `DeltaOffered` if it has anything."""

    worker: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDelta:
    """Merge the payload, then say `DeltaMerged`; then tell the worker that it may forget it."""

    delta: Delta


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseDelta:
    """Throw the payload away: one of its blocks is not the worker's any more."""

    delta: Delta
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetDelta:
    """Tell a worker that it may forget a delta: a merger has it."""

    delta: Delta


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMerger:
    """Start a merger: answered by `MergerJoined`.

    Attributes:
        host: where; one of those that workers named when they joined.
    """

    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassDelta:
    """Let a merger get the payload of an offered delta from its worker, and add it to what it has.

    Answered by `DeltaPassed` or `DeltaNotPassed`, or by the merger's loss; never by the worker, whose loss settles
    nothing as long as the merger lives.
    """

    delta: Delta
    merger: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltWorker:
    """Let a worker drop its packets after the block in hand and hand over what it has.

    Answered by `DeltaOffered` if it has anything, then by one `PacketDone` for each packet in hand, the one not begun
    included (with `n_blocks=0`).
    """

    worker: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseQuery:
    """End the query in this final state; the last order of every query."""

    state: QueryState


Order: TypeAlias = (
    OpenFile
    | SendPacket
    | SetApart
    | CallIsolator
    | ProbeRange
    | DismissWorker
    | CallDelta
    | TakeDelta
    | RefuseDelta
    | ForgetDelta
    | CallMerger
    | PassDelta
    | HaltWorker
    | CloseQuery
)
