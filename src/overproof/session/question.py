"""What is asked of an engine: files or cycles, and how to run."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from overproof.records.dataset import Dataset
from overproof.records.query import QueryOptions


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: over a dataset, or over cycles without one.

    Attributes:
        query_id: the query's id.
        number: the query's number in its session.
        dataset: the files; None for cycles.
        cycles: number of cycles; None for a dataset.
        options: how to run it.
    """

    query_id: str
    number: int
    dataset: Dataset | None
    cycles: int | None
    options: QueryOptions

    @property
    def n_files(self) -> int:
        return len(self.dataset.files) if self.dataset else 1


def new_query_id() -> str:
    """Make an id that sorts by time and that two sessions of a user do not share."""
    letters = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(4))
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{letters}"
