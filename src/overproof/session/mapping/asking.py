"""The question that `session.map` asks."""

from __future__ import annotations

import math
from dataclasses import replace

from overproof.columns.cycles import items_in_block
from overproof.query.packetizers.table import SINGLE
from overproof.session.keywords import QueryKeywords
from overproof.session.question import Question, check_number, make_question


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
