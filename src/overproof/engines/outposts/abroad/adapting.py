"""A brief as it must be on another machine than the user's."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from overproof.engines.messages import Brief
from overproof.engines.outposts.abroad.neighbours import neighbours_in, settle
from overproof.store.cache_place import CachePlace, choose_cache


def for_others(brief: Brief) -> Brief:
    """Leave out where Python keeps libraries on the user's machine; add the files that lie there beside the user's."""
    homes = {os.path.realpath(home) + os.sep for home in (sys.prefix, sys.base_prefix)}
    places = [place for place in brief.search_path if not _is_below(place, homes)]
    return replace(
        brief, search_path=tuple(places), neighbours=neighbours_in(places, modules=brief.modules)
    )  # fmt: skip


def adapted(brief: Brief, *, machine_bytes: int, directory: str) -> Brief:
    """Put in what is true here.

    Args:
        brief: as it came.
        machine_bytes: memory of this machine.
        directory: of this outpost alone: the user's files go there, behind the directories in which they are at home.
    """
    home = settle(brief.neighbours, directory) if brief.neighbours else None
    return replace(
        brief,
        cache=_cache(brief.cache, machine_bytes),
        search_path=brief.search_path if home is None else (*brief.search_path, home),
        neighbours=(),
    )


def _is_below(place: str, homes: set[str]) -> bool:
    return any((os.path.realpath(place) + os.sep).startswith(home) for home in homes)


def _cache(place: CachePlace | None, machine_bytes: int) -> CachePlace | None:
    """Return the place on this machine that is most like that of the user's."""
    if place is None:
        return None
    if not os.access(Path(place.directory).parent, os.W_OK):
        chosen = choose_cache(None, environment={})
        return None if chosen is None else chosen.sized(machine_bytes)
    here = CachePlace(directory=place.directory).sized(machine_bytes)
    return replace(here, limit_bytes=min(here.limit_bytes, place.limit_bytes or here.limit_bytes))
