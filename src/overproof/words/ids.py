"""Names of things, as types."""

from __future__ import annotations

from typing import TypeAlias

WorkerId: TypeAlias = str
"""Name of a worker within one query, such as `w3`; never used again after it is lost."""

QueryId: TypeAlias = str
"""Name of a query, unique for a user: date, time and four random letters."""

FileIndex: TypeAlias = int
"""Place of a file in its dataset, from 0."""
