"""The outpost's side: it sends what the logs of its workers have grown by."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from overproof.words.clock import Clock
from overproof.words.frozen import dataclass
from overproof.words.units import MB

LOOK_S: Final = 1.0
"""Time between two looks at the files."""
MAX_SENT_BYTES: Final = 1 * MB
"""Of one file: a thousand workers that print a line an event must not fill the user's disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGrew:
    """A worker, or another process of a crew, has printed something.

    Attributes:
        query: for which.
        file: name of the file that has grown: a log, or the index of one.
        at: where in it.
        content: what is there now.
    """

    query: int
    file: str
    at: int
    content: bytes


class LogSender:
    """Looks at the files in a folder, while there is one.

    Args:
        host: name of this machine, for people.
        send: sends news.
        clock: of this process.
    """

    def __init__(self, host: str, *, send: Callable[[LogGrew], None], clock: Clock) -> None:
        self._host = host
        self._send = send
        self._clock = clock
        self._query = 0
        self._folder: Path | None = None
        self._sent: dict[str, int] = {}
        self._looked_s = clock.now()

    def begin(self, query: int, within: str) -> str:
        """Make a folder for the logs of a query, in place of the one before; return its path."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._query = query
        self._folder = Path(within, f"logs-{query}")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._sent.clear()
        return str(self._folder)

    def look(self) -> None:
        """Send news now and then; costs nothing in between."""
        now = self._clock.now()
        if self._folder is not None and now - self._looked_s >= LOOK_S:
            self._looked_s = now
            self.send_all()

    def send_all(self) -> None:
        """Send all news there is."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):  # somebody has removed the folder
            for entry in sorted(os.scandir(self._folder), key=lambda each: each.name):
                self._send_news(entry.name)

    def _send_news(self, name: str) -> None:
        assert self._folder is not None
        at = self._sent.get(name, 0)
        if at >= MAX_SENT_BYTES:
            return
        with open(self._folder / name, "rb") as file:
            file.seek(at)
            content = file.read(MAX_SENT_BYTES - at)
        if not content:
            return
        self._sent[name] = at + len(content)
        if self._sent[name] == MAX_SENT_BYTES and name.endswith(".log"):
            content += f"\noverproof: what more was printed on {self._host} was not sent\n".encode()
        self._send(LogGrew(query=self._query, file=name, at=at, content=content))
