"""What hub, outposts and their neighbours say to each other, beside the letters of workers.

Up go the signals below and pairs of a query's number and a reply, with its payload; down go orders for a crew.
"""

from __future__ import annotations

from typing import TypeAlias

from overproof.engines.limits import Limits
from overproof.engines.messages import Brief, Command
from overproof.engines.uploads.upload import Upload
from overproof.records.block import Delta
from overproof.words.frozen import dataclass
from overproof.words.ids import WorkerId

DeltaKey: TypeAlias = tuple[int, WorkerId, int, int]
"""Query, worker, epoch and number: names a delta of a session."""


def key_of(query: int, delta: Delta) -> DeltaKey:
    """Name a delta."""
    return query, delta.worker, delta.epoch, delta.number


# -- up


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An outpost is there, and its workers will be.

    Attributes:
        name: nobody else's; before the names of its workers.
        host: the machine.
        n_workers: that it keeps up.
        peer_port: where it listens to other outposts.
        aliases: other names of the machine, and its addresses.
    """

    name: str
    host: str
    n_workers: int
    peer_port: int
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """These workers listen now, and no others."""

    workers: tuple[WorkerId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """An outpost cannot keep workers up."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A package is in place, or why it is not.

    Attributes:
        digest: of the upload.
        remarks: what the user should know.
        problem: empty: there is none.
    """

    digest: str
    remarks: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """All workers of before have ended, and what they had printed was sent."""


# -- down


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """Workers will need these modules soon."""

    libraries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provide:
    """Let workers find a package from now on: answered by `Provided`."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Give a query to all workers."""

    brief: Brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """End workers beyond these limits."""

    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Pass a command on to a worker."""

    worker: WorkerId
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismiss:
    """End a worker, and start another one in its place."""

    worker: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepIsolator:
    """Keep an isolator up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepMerger:
    """Keep one merger more up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPayloads:
    """Send no payload with an offer: it may go to a merger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Send the payload of a delta."""

    delta: Delta


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn:
    """Get a delta for a merger of yours.

    Attributes:
        delta: offered by a worker.
        merger: one of yours.
        place: host and port of the outpost of that worker; None: it is you.
    """

    delta: Delta
    merger: WorkerId
    place: tuple[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Let workers end the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """End all workers at once, and start others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """The session is over: end everything."""


Signal: TypeAlias = (
    Expect
    | Begin
    | Watch
    | Tell
    | Dismiss
    | KeepIsolator
    | KeepMerger
    | KeepPayloads
    | Fetch
    | PassOn
    | End
    | Kill
    | Go
)

# -- between outposts


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Send me the payload of this delta: answered by `Here` or `Gone`."""

    key: DeltaKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The payload that was wanted, beside it."""

    key: DeltaKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Nobody has that payload any more."""

    key: DeltaKey
