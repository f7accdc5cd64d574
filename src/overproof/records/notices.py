"""What goes into the master: things that have happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from overproof.records.block import Block, BlockKey, Delta, Range
from overproof.records.dataset import FileGrid, Replica
from overproof.records.outcome.access import FileAccess
from overproof.records.outcome.failure import EventName, Failure
from overproof.records.outcome.standing import Standing
from overproof.words.errors import Phase
from overproof.words.frozen import dataclass
from overproof.words.ids import FileIndex, WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryStarted:
    """The query was given to an engine: the first notice of every query; one without files closes on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRestored:
    """The query goes on from where an earlier run of it stood; comes before the first worker, once."""

    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePassed:
    """Nothing else has happened for a while; comes about twice a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerJoined:
    """A worker is ready for orders.

    Attributes:
        worker: its name.
        epoch: told in everything that it says.
        host: the machine it runs on.
        is_isolator: it computes each packet in a fresh process and can probe ranges; it survives what user code does.
    """

    worker: WorkerId
    epoch: int
    host: str = "localhost"
    is_isolator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLost:
    """A worker is gone, or is given up; whatever it held waits again.

    Attributes:
        worker: its name.
        reason: one line.
        block: file and index of what it was computing; None when nothing, or when nobody can tell.
        failure: why, when user code may have done it (a signal, an exit, a limit); None when it was simply lost.
        read_failure: why, when the columns of the block were being read, such as "not read within 60 s": the file may
            have done it, and the failure is None then; empty when not.
        opening: the file that it was looking into, when that may have ended it; None when not.
    """

    worker: WorkerId
    reason: str = ""
    block: BlockKey | None = None
    failure: Failure | None = None
    read_failure: str = ""
    opening: FileIndex | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStrained:
    """The memory of a worker has grown near its limit: it should hand over and be replaced."""

    worker: WorkerId
    epoch: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOpened:
    """A file was looked into. `worker` is None when the grid was remembered."""

    file: FileIndex
    grid: FileGrid
    worker: WorkerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFailed:
    """A file could not be opened: nobody can tell how many entries it has."""

    file: FileIndex
    reason: str
    phase: Phase = "open"
    worker: WorkerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketDone:
    """A worker has computed every block of a packet (or reported it failed) and wants another.

    Attributes:
        compute_s: seconds from the first block's start to the last block's end.
        read_bytes: compressed bytes read.
        cached_bytes: bytes of columns that came out of the cache instead.
        n_blocks: blocks computed or reported, counted from the packet's first; a packet dropped after `HaltWorker`
            tells how far it came, so that nothing computed is lost. None: all of them, or, after `HaltWorker`,
            those offered so far.
        accesses: what was read meanwhile, of which file and from which server.
    """

    worker: WorkerId
    epoch: int
    packet: int
    compute_s: float
    read_bytes: int = 0
    cached_bytes: int = 0
    n_blocks: int | None = None
    accesses: tuple[FileAccess, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockUnreadable:
    """The columns of a block could not be read."""

    worker: WorkerId
    epoch: int
    block: Block
    phase: Phase
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFailed:
    """The selector failed on a block.

    Attributes:
        worker: who says so.
        epoch: its epoch.
        block: the block.
        failure: how.
        part: the range of the block on which it failed; None: the whole block, or nobody can tell.
    """

    worker: WorkerId
    epoch: int
    block: Block
    failure: Failure
    part: Range | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeProbed:
    """An isolator has tried the selector on a range, in a process in which nothing had failed, and kept nothing of it.

    Attributes:
        worker: the isolator.
        epoch: its epoch.
        probe: number of the order.
        failure: how the selector failed; None when it did not.
        event: what the file calls the event, when a range of one entry failed.
    """

    worker: WorkerId
    epoch: int
    probe: int
    failure: Failure | None
    event: EventName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaOffered:
    """A worker, or a merger, has outputs to hand over; the payload waits until the master takes or refuses.

    Attributes:
        delta: its label.
        size_bytes: of the payload; 0 where nobody says.
    """

    delta: Delta
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaMerged:
    """The payload of a taken delta was merged: its blocks count from now on.

    Attributes:
        merge_s: seconds that merging took.
    """

    delta: Delta
    merge_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaLost:
    """The payload of a taken delta will not come: whoever had it is gone; its blocks wait again."""

    delta: Delta
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergerJoined:
    """A merger is ready for deltas; it is lost as a worker is.

    Attributes:
        merger: its name, among those of the workers.
        epoch: told in everything that it says.
        host: the machine it runs on.
    """

    merger: WorkerId
    epoch: int
    host: str = "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaPassed:
    """A merger has added the outputs of a delta to its own: it holds the blocks from now on."""

    merger: WorkerId
    epoch: int
    delta: Delta


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaNotPassed:
    """A merger could not get a delta, or could not add it: nothing of it is in what the merger has."""

    merger: WorkerId
    epoch: int
    delta: Delta
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesLocated:
    """It became known where copies of files lie; of files not named here nothing is said.

    Attributes:
        replicas: of each file, all that are known, in the order of preference where nothing else speaks for one.
        is_final: nobody will say more; who may read only what lies near waits for that before a file is given up.
    """

    replicas: Mapping[FileIndex, tuple[Replica, ...]]
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialExpired:
    """What workers read files with is valid no more: nothing is handed out any more, and what is computed is kept."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequested:
    """The user wants what there is, now."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortRequested:
    """The user wants nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFailed:
    """The engine gives up (workers cannot be started, outputs cannot be added); what was merged is kept."""

    reason: str


Notice: TypeAlias = (
    QueryStarted
    | WorkRestored
    | TimePassed
    | WorkerJoined
    | WorkerLost
    | WorkerStrained
    | FileOpened
    | FileFailed
    | PacketDone
    | BlockUnreadable
    | BlockFailed
    | RangeProbed
    | DeltaOffered
    | DeltaMerged
    | DeltaLost
    | MergerJoined
    | DeltaPassed
    | DeltaNotPassed
    | FilesLocated
    | CredentialExpired
    | StopRequested
    | AbortRequested
    | EngineFailed
)
