"""Axes of texts."""

from __future__ import annotations

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories:
    """An axis with a bin for each text.

    Attributes:
        labels: the texts, in the order of their first appearance; known at the end.
    """

    labels: tuple[str, ...] = ()
