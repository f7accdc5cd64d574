"""The wire: frames between machines, over TLS that both ends prove themselves by.

Lives here: `credentials.py`, made for one session; `connection.py`, one end of a connection; `exchange.py`, all
connections of a process, in a thread of their own, with room for one large payload at a time.
Comes in: messages with payloads. Goes out: the same at the other end, in order, or the news that it is gone. Whoever
cannot show the session's credentials is refused before a byte of his is looked at.
Start with `exchange.py`.
"""

from overproof.engines.wire.connection import Connection
from overproof.engines.wire.credentials import Credentials, fresh_credentials
from overproof.engines.wire.exchange import Arrival, Exchange

__all__ = ["Arrival", "Connection", "Credentials", "Exchange", "fresh_credentials"]
