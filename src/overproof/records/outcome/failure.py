"""How a selector failed, and on which event."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from overproof.words.frozen import dataclass

FailureKind: TypeAlias = Literal["exception", "signal", "exit", "timeout", "memory"]
FAILURE_KINDS: tuple[FailureKind, ...] = get_args(FailureKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure of user code, in whatever process it happened.

    Attributes:
        kind: it raised, died by a signal, left with an exit code, took too long, or took too much memory.
        cause: what two failures share when they are the same: for an exception its type and its place in the user's
            code, for a signal its name, for an exit its code; never an entry or an address.
        reason: one line for people.
        traceback: of an exception; empty where there is none.
        host: machine on which it happened.
    """

    kind: FailureKind
    cause: str
    reason: str
    traceback: str = ""
    host: str = ""

    def is_like(self, other: Failure) -> bool:
        """Tell whether the other is the same failure once more."""
        return self.kind == other.kind and self.cause == other.cause


@dataclass(frozen=True, slots=True, kw_only=True)
class EventName:
    """What a physicist calls an event; None where the file does not say.

    Attributes:
        run: run number.
        luminosity_block: luminosity block within the run.
        event: event number.
    """

    run: int | None = None
    luminosity_block: int | None = None
    event: int | None = None
