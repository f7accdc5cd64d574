"""The session's side: it writes down what was printed elsewhere."""

from __future__ import annotations

import contextlib
import os
from typing import Final

from overproof.engines.outposts.logs.sending import LogGrew

MAX_QUERIES: Final = 16
"""So many queries are remembered: word of the last lines may come after the end."""


class LogWriter:
    """Knows where the logs of the latest queries are."""

    def __init__(self) -> None:
        self._directories: dict[int, str] = {}

    def begin(self, query: int, directory: str | None) -> None:
        """Note where logs of a query go; None: nowhere."""
        if directory is not None:
            self._directories[query] = directory
        while len(self._directories) > MAX_QUERIES:
            del self._directories[next(iter(self._directories))]

    def write(self, news: LogGrew) -> None:
        """Write down what a log has grown by; where the folder is gone, or the disk full, nobody wants it."""
        directory = self._directories.get(news.query)
        if directory is None or os.path.basename(news.file) != news.file:
            return
        with contextlib.suppress(OSError):
            descriptor = os.open(os.path.join(directory, news.file), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.pwrite(descriptor, news.content, news.at)
            finally:
                os.close(descriptor)
