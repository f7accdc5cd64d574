"""Who goes when there is no room: the rule, without any file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from overproof.words.frozen import dataclass

MARGIN = 1.25
"""So much better a newcomer must be: times are measured, and no two measurements agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What speaks for a file.

    Attributes:
        name: of the file.
        size_bytes: what it takes.
        score: seconds that it takes to get a byte of it again, times uses of the last hour.
        group: of files that belong together; empty: none.
        is_common: the others of the group are of no use without it.
    """

    name: str
    size_bytes: int
    score: float
    group: str = ""
    is_common: bool = False


def choose_leaving(
    kept: Sequence[Standing], *, needed_bytes: int, slack_bytes: int, score: float, n_needed: int = 0
) -> list[Standing]:
    """Choose the files that make room: those with the least score, each clearly less than that of the newcomer.

    Somebody who reads more than there is room for, again and again, would else throw away everything before it is used:
    who is no better than what is there is not let in.

    Args:
        kept: all files but the newcomer's own.
        needed_bytes: what must become free.
        slack_bytes: what may become free beyond that, so that not everybody who comes has to ask.
        score: of the newcomer.
        n_needed: how many must go at least.

    Returns:
        The files that go, none where they could not make room.
    """
    leaving: list[Standing] = []
    freed_bytes = 0
    for each in sorted(_lifted(kept), key=lambda each: (each.score, each.is_common, each.name)):
        is_enough = freed_bytes >= needed_bytes + slack_bytes and len(leaving) >= n_needed
        if is_enough or each.score * MARGIN >= score:
            break
        leaving.append(each)
        freed_bytes += each.size_bytes
    return leaving if freed_bytes >= needed_bytes and len(leaving) >= n_needed else []


def _lifted(kept: Sequence[Standing]) -> list[Standing]:
    """Let what a group has in common stand no lower than the best of the group: it goes last of all of them."""
    best: dict[str, float] = {}
    for each in kept:
        best[each.group] = max(best.get(each.group, 0.0), each.score)
    return [replace(each, score=best[each.group]) if each.is_common else each for each in kept]
