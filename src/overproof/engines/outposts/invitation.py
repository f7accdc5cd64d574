"""What an outpost must know to find its session, and to be let in."""

from __future__ import annotations

import json
from dataclasses import asdict

from overproof.engines.wire import Credentials
from overproof.words.errors import EngineError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Where the session listens, and the credentials that open its door. Whoever has it belongs to the session.

    Attributes:
        hosts: names and addresses of the user's machine, the likeliest first.
        port: where it listens.
        credentials: of the session.
    """

    hosts: tuple[str, ...]
    port: int
    credentials: Credentials

    def to_text(self) -> str:
        """Write it on one line; to be handed over where nobody else reads along."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Invitation:
        """Read it.

        Raises:
            EngineError: this is no invitation.
        """
        try:
            fields = json.loads(text)
            return cls(
                hosts=tuple(fields["hosts"]), port=int(fields["port"]), credentials=Credentials(**fields["credentials"])
            )
        except (ValueError, KeyError, TypeError) as error:
            raise EngineError("an outpost was started without an invitation: sessions start them by themselves") from (
                error
            )
