"""What an item raised, on its way from a worker to the user: the exceptions themselves where they can travel."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import NamedTuple

import cloudpickle

from overproof.engines.worker.failure import USER_ERRORS, describe_failure
from overproof.words.errors import UserCodeError
from overproof.words.frozen import dataclass

MAX_LINKS = 20
"""Exceptions of one chain that travel: it may turn in a circle."""


class Link(NamedTuple):
    """One exception of a chain.

    Attributes:
        payload: the exception, cloudpickled.
        is_cause: the one after it was raised from it; else while it was being handled.
    """

    payload: bytes
    is_cause: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception that a function raised for an item.

    Attributes:
        reason: one line: type, message, place in the user's code.
        traceback: without our own frames.
        host: where it happened.
        links: the exception, then those that it came from; those left out that cannot travel.
    """

    reason: str
    traceback: str
    host: str
    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, error: BaseException) -> Raised:
        """Take an exception down."""
        reason, text = describe_failure(error)
        return cls(reason=reason, traceback=text, host=platform.node(), links=tuple(_links(error)))

    def exception(self) -> BaseException | None:
        """Return the exception as it was raised, with those that it came from; None where none of them could travel."""
        later: BaseException | None = None
        first: BaseException | None = None
        is_cause = False
        for link in self.links:
            if (error := _loaded(link.payload)) is None:
                continue
            if later is None:
                first = error
            elif is_cause:
                later.__cause__ = error
            else:
                later.__context__ = error
            later, is_cause = error, link.is_cause
        return first

    def error(self, item: int) -> UserCodeError:
        """Return what the user gets to see for an item."""
        error = UserCodeError(self.reason, where=f"item {item}", traceback=self.traceback)
        error.__cause__ = self.exception()
        return error


def _links(error: BaseException) -> Iterator[Link]:
    """Pickle an exception and those that it came from."""
    each: BaseException | None = error
    for _ in range(MAX_LINKS):
        if each is None:
            return
        is_cause = each.__cause__ is not None
        try:
            payload = cloudpickle.dumps(each)
        except USER_ERRORS:
            pass  # what it says goes as text
        else:
            yield Link(payload, is_cause)
        each = each.__cause__ if is_cause or each.__suppress_context__ else each.__context__


def _loaded(payload: bytes) -> BaseException | None:
    """Return an exception; None for one of a class that is not here, or that cannot be made of what it keeps."""
    try:
        error = cloudpickle.loads(payload)
    except USER_ERRORS:
        return None
    return error if isinstance(error, BaseException) else None
