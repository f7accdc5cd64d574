"""Try again for bytes that do not come: servers and networks have bad moments."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from dataclasses import field
from typing import TypeVar

from overproof.columns.files.damage import BytesError, one_line
from overproof.words.frozen import dataclass

T = TypeVar("T")

_TRANSIENT = frozenset(
    getattr(errno, name)
    for name in (
        "EIO", "ESTALE", "ETIMEDOUT", "ECONNRESET", "ECONNABORTED", "ECONNREFUSED", "EPIPE", "EHOSTUNREACH",
        "EHOSTDOWN", "ENETUNREACH", "ENETDOWN", "ENETRESET", "EAGAIN", "EINTR", "EREMOTEIO", "ENOTCONN", "ESHUTDOWN",
    )
    if hasattr(errno, name)
)  # fmt: skip
"""What may be over in a moment; a file that is not there or forbidden will not be."""

_LASTING = (BytesError, FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
_DROPPED = frozenset({"ClientConnectionError", "ClientPayloadError"})
"""What aiohttp, which need not be here, calls connections that end too early; these are no `OSError`."""

_BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""What servers of HTTP answer when they might answer otherwise later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often to try, and how long to wait in between.

    Attributes:
        attempts: the first one included.
        first_wait_s: before the second attempt.
        factor: by which each wait is longer than the one before.
        jitter: part of a wait that dice decide, so that many workers do not come back at once.
        limit_s: seconds after which nothing is tried again.
    """

    attempts: int = 4
    first_wait_s: float = 0.1
    factor: float = 2.0
    jitter: float = 0.5
    limit_s: float = 30.0

    def wait_s(self, n_failed: int, *, elapsed_s: float, dice: float) -> float | None:
        """Return how long to wait after `n_failed` failures, or None to give up.

        Args:
            n_failed: attempts so far, at least 1.
            elapsed_s: seconds since the first attempt began.
            dice: from 0 to 1.
        """
        wait_s = self.first_wait_s * self.factor ** (n_failed - 1) * (1 + self.jitter * (2 * dice - 1))
        return None if n_failed >= self.attempts or elapsed_s + wait_s > self.limit_s else wait_s


def _thrown() -> float:
    """Return a number from 0 to 1, 1 excluded."""
    return int.from_bytes(os.urandom(4), "big") / 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Tries by a policy, with a clock, a way to wait, and dice of its own: the user's seeds stay as they are."""

    policy: RetryPolicy = field(default_factory=RetryPolicy)
    sleep: Callable[[float], object] = time.sleep
    now: Callable[[], float] = time.monotonic
    dice: Callable[[], float] = _thrown

    def __call__(self, action: Callable[[], T], *, is_transient: Callable[[BaseException], bool]) -> T:
        """Do something until it works.

        Raises:
            BytesError: it failed every time; says how often.
            Exception: what `action` raised that will not be over in a moment.
        """
        started_s, n_failed = self.now(), 0
        while True:
            try:
                return action()
            except Exception as error:
                if not is_transient(error):
                    raise
                n_failed += 1
                elapsed_s = self.now() - started_s
                wait_s = self.policy.wait_s(n_failed, elapsed_s=elapsed_s, dice=self.dice())
                if wait_s is None:
                    raise BytesError(f"{one_line(error)} (tried {n_failed} times in {elapsed_s:.1f} s)") from error
            self.sleep(wait_s)


def is_transient_here(error: BaseException) -> bool:
    """Tell whether reading a file of this machine, or one mounted on it, may work in a moment."""
    return isinstance(error, OSError) and not isinstance(error, BytesError) and error.errno in _TRANSIENT


def is_transient_afar(error: BaseException) -> bool:
    """Tell whether a remote file may come in a moment; protocols often give no number with what they raise."""
    if isinstance(error, _LASTING):
        return False
    if isinstance(error, OSError | TimeoutError):
        return error.errno is None or error.errno in _TRANSIENT
    return getattr(error, "status", None) in _BUSY or any(each.__name__ in _DROPPED for each in type(error).__mro__)
