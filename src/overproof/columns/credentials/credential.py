"""One token or proxy of the user."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What proves to servers who reads; its content is never shown.

    Attributes:
        kind: a bearer token, or a proxy certificate of X.509 with its key.
        content: of the file, as it is.
        expires_at_s: seconds since 1970 from which on nobody accepts it; None where that cannot be told.
        origin: where it was found, for people.
    """

    kind: Literal["token", "proxy"]
    content: bytes = field(repr=False)
    expires_at_s: float | None = None
    origin: str = ""

    def is_valid(self, now_s: float) -> bool:
        """Tell whether it may be accepted at a time, in seconds since 1970."""
        return self.expires_at_s is None or now_s < self.expires_at_s
