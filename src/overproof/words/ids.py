"""Names of things, as types."""

from __future__ import annotations

from typing import TypeAlias

WorkerId: TypeAlias = str
"""Name of a worker within one query, such as `w3`; never used again after it is lost."""

FileIndex: TypeAlias = int
"""Place of a file in its dataset, from 0."""
