"""What a site has written down for its users: options of engines, and which host serves which mount point."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from overproof.session.site.places import VARIABLE, site_places
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass

ENGINES: Final = ("dask", "htcondor", "slurm")
TABLES: Final = (*ENGINES, "mounts")
"""Tables that a site file may have; the last one is an array of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the site files say together.

    Attributes:
        sources: the files that were read.
        engines: options by engine, as they may be given to `Session`.
        mounts: rows on mount points and the hosts that serve them, as they are written, the user's first.
    """

    sources: tuple[str, ...]
    engines: Mapping[str, Mapping[str, Any]]
    mounts: tuple[Mapping[str, Any], ...]


def read_site(environment: Mapping[str, str] = os.environ) -> Site:
    """Read the site files: that of the user over that of the machine, key by key.

    Raises:
        OptionError: one cannot be read, or says what nobody understands.
    """
    sources: list[str] = []
    engines: dict[str, dict[str, Any]] = {engine: {} for engine in ENGINES}
    mounts: list[dict[str, Any]] = []
    for place in reversed(site_places(environment)):
        said = _read(place, must_be_there=VARIABLE in environment)
        if said is None:
            continue
        sources.append(place)
        for engine in ENGINES:
            engines[engine] |= said.get(engine, {})
        mounts = said.get("mounts", []) + mounts
    return Site(sources=tuple(sources), engines=engines, mounts=tuple(mounts))


def _read(place: str, *, must_be_there: bool) -> dict[str, Any] | None:
    """Read one file; None where there is none."""
    try:
        with open(place, "rb") as file:
            said = tomllib.load(file)
    except FileNotFoundError:
        if must_be_there:
            raise OptionError(f"{VARIABLE} names {place}, which is not there") from None
        return None
    except (OSError, ValueError) as error:
        raise OptionError(f"the site file {place} cannot be read: {error}") from error
    for name, table in said.items():
        if name not in TABLES:
            raise OptionError(f"the site file {place} has {name}: there are [{'], ['.join(ENGINES)}] and [[mounts]]")
        if name in ENGINES and not isinstance(table, dict):
            raise OptionError(f"the site file {place}: {name} is no table: write [{name}], and its keys below")
        if name == "mounts" and not (isinstance(table, list) and all(isinstance(row, dict) for row in table)):
            raise OptionError(f"the site file {place}: write [[mounts]] for each mount point, and its keys below")
    return said
