"""The client of XRootD, told to give up in time."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType
from typing import Final

PATIENCE: Final = {
    "ConnectionWindow": 8,
    "ConnectionRetry": 2,
    "RequestTimeout": 40,
    "StreamTimeout": 20,
    "StreamErrorWindow": 30,
    "TimeoutResolution": 1,
}
"""Seconds, and times, after which the client gives a server up.

Left alone it waits 120 s for a connection, five times, and half an hour for an answer. A request must be given longer
than the 5 s after which a redirector wants to be asked again where a file is. What stands in the environment
(`XRD_REQUESTTIMEOUT` and so on) is the user's, and stays.
"""


@cache
def xrootd() -> ModuleType:
    """Load the client and set it; call it before anything else of it is used.

    Raises:
        ImportError: it is not installed.
    """
    client = importlib.import_module("XRootD.client")
    for name, value in PATIENCE.items():
        # Refused for what the environment has set: that counts.
        client.EnvPutInt(name, value)
    return client
