"""Files of any protocol that fsspec knows: HTTP, S3 and so on."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import fsspec

from overproof.columns.files.damage import BytesError
from overproof.columns.files.requests import Range


class FsspecSource:
    """Asks fsspec.

    Args:
        url: of the file.

    Attributes:
        server: the host that the URL names.

    Raises:
        ValueError: no such protocol, or not a URL of it.
        ImportError: a package is missing to reach it.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._system, self._name = fsspec.core.url_to_fs(url)
        # Of a chain, as `simplecache::https://...`, the last part names the server.
        self.server = urlsplit(url.rpartition("::")[2]).netloc.rpartition("@")[2]

    def size(self) -> int | None:
        size: int | None = self._system.size(self._name)
        return size

    def ask(self, spans: Sequence[Range]) -> list[bytes]:
        if len(spans) == 1:
            answers = [self._system.cat_file(self._name, start=spans[0][0], end=spans[0][1])]
        else:
            starts, stops = [start for start, _ in spans], [stop for _, stop in spans]
            answers = self._system.cat_ranges([self._name] * len(spans), starts, stops, on_error="raise")
        for (start, stop), data in zip(spans, answers, strict=True):
            # Some systems give an error in place of bytes.
            if isinstance(data, BaseException):
                raise data
            if len(data) > stop - start:
                raise BytesError(
                    "the server gives the whole file where a part of it was asked for: copy the file to this machine, "
                    f"or write simplecache::{self._url}"
                )
        return list(answers)

    def leave(self) -> None:
        """Nothing to do: fsspec looks after forks itself."""

    def close(self) -> None:
        """Nothing to do: connections belong to fsspec."""
