"""What a crew and its stem say to each other."""

from __future__ import annotations

from typing import Final

from overproof.words.frozen import dataclass

MAX_REQUEST_BYTES: Final = 16_384
N_DESCRIPTORS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bear:
    """Fork a process that runs a module as `python -m` would; three descriptors travel beside it.

    Attributes:
        number: of the process in this crew.
        module: what it runs.
        name: its first argument; the descriptors follow.
        directory: where it works.
        in_haste: load nothing before: it is one of the first, and somebody waits for its first block.
    """

    number: int
    module: str
    name: str
    directory: str
    in_haste: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Load modules before the first process is forked; afterwards it comes too late, and nothing is done.

    Attributes:
        names: of modules of ours.
    """

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bury:
    """Give the number of a dead process back to the system."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A process runs."""

    number: int
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A process has ended: with an exit code as of `subprocess`, or None and the reason why it never began."""

    number: int
    exit_code: int | None
    reason: str = ""
