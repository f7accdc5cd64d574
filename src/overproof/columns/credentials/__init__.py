"""Credentials: what files of others are read with.

Lives here: a token or proxy (`credential.py`), where the user's are found (`finding.py`), how long they are valid
(`expiry.py`), and how a worker on another machine gets to use them (`wallet.py`).
Comes in: the user's environment. Goes out: credentials, in memory only; never in a journal, a log or a message.
Start with `credential.py`.
"""

from overproof.columns.credentials.credential import Credential
from overproof.columns.credentials.finding import find_credentials
from overproof.columns.credentials.wallet import Wallet

__all__ = ["Credential", "Wallet", "find_credentials"]
