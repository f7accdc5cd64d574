"""The question that `session.map` asks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from overproof.columns.cycles import items_in_block
from overproof.query.packetizers.table import SINGLE
from overproof.session.keywords import QueryKeywords
from overproof.session.question import Question, check_number, make_question
from overproof.words.errors import OptionError


def checked_items(function: Callable[[Any], Any], items: Iterable[Any]) -> tuple[Any, ...]:
    """Return the items, of a function and items that come in this order.

    Raises:
        OptionError: the first cannot be called, or the second cannot be gone through.
    """
    if not callable(function):
        raise OptionError(f"map: {type(function).__name__} cannot be called; write map(function, items)")
    try:
        walk = iter(items)
    except TypeError as error:
        hint = ", a single item as a list of one" if items is not None else ""
        raise OptionError(f"map: {type(items).__name__} holds no items; write map(function, items){hint}") from error
    return tuple(walk)


def map_question(
    n_items: int,
    *,
    number: int,
    retries: int,
    timeout_s: float | None,
    memory_limit_bytes: int | None,
    journal: bool,
) -> Question:
    """Check what is said about a map, and bundle it.

    Items are independent and may take as long as they like: one is given out at a time and its value handed over before
    the next begins, none is computed twice because it is late, and any number of them may fail.

    Raises:
        OptionError: something makes no sense.
    """
    check_number("retries", retries, at_least=0)
    keywords = QueryKeywords(packetizer=SINGLE, max_excluded=n_items, journal=journal, delta_interval_s=0.0)
    keywords["block_timeout_s"] = math.inf if timeout_s is None else timeout_s
    if memory_limit_bytes is not None:
        keywords["memory_limit_bytes"] = memory_limit_bytes
    question = make_question("map", None, keywords, number=number, cycles=n_items)
    timeout_of_block_s = math.inf if timeout_s is None else timeout_s * items_in_block(n_items)
    return replace(question, options=replace(question.options, block_timeout_s=timeout_of_block_s, speculates=False))
