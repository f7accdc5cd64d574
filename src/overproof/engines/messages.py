"""What master and workers say to each other: commands down, replies up.

A reply is a notice for the master, or one of the replies below, which the session asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from overproof.engines.limits import Limits
from overproof.records.block import Block, Delta, Packet, Range
from overproof.records.dataset import Dataset, FileGrid, FileSpec
from overproof.records.notices import Notice
from overproof.records.outcome.failure import EventName
from overproof.records.schema import Schema
from overproof.words.errors import OverproofError
from overproof.words.frozen import dataclass
from overproof.words.ids import FileIndex, WorkerId

if TYPE_CHECKING:
    from overproof.columns.credentials import Credential
    from overproof.store.cache_place import CachePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Everything a worker must know of a query.

    Attributes:
        query: number of the query in its session; messages of another query are dropped.
        selector: the selector, cloudpickled.
        dataset: the files; None for a query of cycles.
        block_entries: size to which clusters are merged.
        seed: root of all seeds.
        search_path: `sys.path` of the user, so that code next to the user's script is found.
        modules: the user's own modules, imported before the selector is loaded, for what they do when imported.
        delta_interval_s: a worker hands over what it has when this time has passed since the last time.
        log_directory: where workers write what user code prints; None: to the standard error that they inherited.
        cache: where columns that were read are kept for others; None: nowhere.
        schema: name of coffea's schema in which entries are shown, where it is one of coffea's own; empty: none is.
        neighbours: paths and contents of modules beside the user's, for machines that do not have them.
        settings: what the user has set on coffea's classes of schemas, cloudpickled; empty: nobody needs them.
        credentials: what files are read with.
    """

    query: int
    selector: bytes
    dataset: Dataset | None
    block_entries: int
    seed: int
    search_path: tuple[str, ...]
    modules: tuple[str, ...] = ()
    delta_interval_s: float = 1.0
    log_directory: str | None = None
    cache: CachePlace | None = None
    schema: str = ""
    settings: bytes = b""
    neighbours: tuple[tuple[str, bytes], ...] = ()
    credentials: tuple[Credential, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookInto:
    """Open a file and learn its grid: answered by `FileOpened` or `FileFailed`.

    Attributes:
        file: place of the file in the dataset.
        path: the replica to open; empty: the file where the dataset says it is.
    """

    file: FileIndex
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """Process a packet, after those already in hand.

    Attributes:
        packet: the blocks.
        identity: the version of the file that the blocks were cut from; empty where that cannot be told.
    """

    packet: Packet
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepApart:
    """Hand over a block that is in a packet at once and alone, when it is computed."""

    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Try the selector on a range of a block and throw the outputs away: answered by `RangeProbed`.

    Attributes:
        probe: number of the order.
        block: the block.
        part: the range.
        identity: the version of the file that the block was cut from; empty where that cannot be told.
        path: the replica to read; empty: the file where the dataset says it is.
    """

    probe: int
    block: Block
    part: Range
    identity: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCredentials:
    """Read files with these from now on; worker processes heed it at once, whatever they have in hand."""

    credentials: tuple[Credential, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits:
    """Say to an isolator what its blocks may cost."""

    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Offer what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A delta was taken or refused: forget it."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDelta:
    """Add a delta, its payload beside it, to what a merger has: answered by `DeltaPassed` or `DeltaNotPassed`.

    The next one is sent when this one is answered: a merger has room for one.
    """

    delta: Delta


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Drop the packets in hand after the block in work, and hand over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndQuery:
    """Forget the query: answered by `Ended`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Tell the schema of a file: answered by `Surveyed`."""

    spec: FileSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Tell the blocks of a file outside of a query: answered by `Measured`."""

    spec: FileSpec
    block_entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunScript:
    """Run a script: answered by `ScriptDone`."""

    source: str
    name: str
    arguments: tuple[str, ...]
    rank: int
    size: int
    search_path: tuple[str, ...]


Command: TypeAlias = (
    Brief
    | LookInto
    | Compute
    | KeepApart
    | Probe
    | SetLimits
    | TakeCredentials
    | HandOver
    | Settled
    | AddDelta
    | Halt
    | EndQuery
    | Survey
    | Measure
    | RunScript
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A worker process runs and listens; it may be given a brief."""

    worker: WorkerId
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginFailed:
    """A worker cannot start the query: the selector cannot be loaded, or `worker_begin` raised.

    Attributes:
        worker: the worker's name.
        reason: one line for people.
        traceback: of what was raised.
        is_hopeless: it did start, and asked this package in a block for what makes no sense whatever the events are:
            it cannot work anywhere.
    """

    worker: WorkerId
    reason: str
    traceback: str
    is_hopeless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A worker has forgotten the query.

    Attributes:
        worker: the worker's name.
        problem: what is wrong with `worker_end`, in one line; empty when nothing is.
        traceback: of the exception that it raised, if it did.
    """

    worker: WorkerId
    problem: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """The schema of a file, or why there is none."""

    worker: WorkerId
    schema: Schema | None
    error: OverproofError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The blocks of a file, or why nobody can tell them."""

    worker: WorkerId
    spec: FileSpec
    grid: FileGrid | None
    error: OverproofError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptDone:
    """What a script printed and returned on one worker.

    Attributes:
        worker: the worker's name.
        rank: its number among those that run the script.
        stdout: everything it printed.
        value: the value of its last expression, cloudpickled; None where it could not be pickled or has none.
        error: the traceback if it raised, else empty.
    """

    worker: WorkerId
    rank: int
    stdout: str
    value: bytes | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventNamed:
    """What the file calls the one event of a probe, said before it is tried, as nobody may live to tell afterwards."""

    probe: int
    event: EventName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaArrived:
    """The payload of a delta that was fetched, beside it."""

    delta: Delta


Reply: TypeAlias = Notice | DeltaArrived | Ready | BeginFailed | Ended | Surveyed | Measured | ScriptDone | EventNamed


class Letter(NamedTuple):
    """A reply with the query it belongs to and what travels beside it, opaque: the payload of a delta."""

    query: int
    reply: Reply
    payload: Any = None
