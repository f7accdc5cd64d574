"""Titles of branches, as one short text that is another one when any of them is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def digest_of_titles(titles: Iterable[str]) -> str:
    """Return a digest of titles in their order."""
    digest = hashlib.blake2b(digest_size=16)
    for title in titles:
        digest.update(title.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()
