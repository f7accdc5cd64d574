"""Weights of datasets: said by name, or by their metadata."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from overproof.records.dataset import Dataset, Member
from overproof.words.errors import OptionError

Weights: TypeAlias = "Mapping[str, float] | str | None"
"""A number for each dataset by its name, or the name of their metadata that has it."""


def weights_of(said: Weights, dataset: Dataset) -> tuple[float, ...] | None:
    """Return the weight of each member of a dataset; None: nobody said any.

    Raises:
        OptionError: one has no weight, or none that is a finite number, or there is no dataset of a name.
    """
    if said is None:
        return None
    members = dataset.all_members
    if isinstance(said, str):
        return tuple(_of_metadata(member, said) for member in members)
    if not isinstance(said, Mapping):
        raise OptionError(f"weights={said!r}: give a number for each dataset by its name, or the name of a metadata")
    names = [member.name for member in members]
    for name in said:
        if name not in names:
            near = difflib.get_close_matches(str(name), names, n=1)
            hint = f": did you mean {near[0]!r}?" if near else f": there are {', '.join(names)}"
            raise OptionError(f"weights: there is no dataset {name!r}{hint}")
    if lacking := [name for name in names if name not in said]:
        raise OptionError(f"weights: nothing is said of {', '.join(lacking)}: give each dataset a weight, such as 1")
    return tuple(_number(said[name], f"weights: that of {name}") for name in names)


def _of_metadata(member: Member, key: str) -> float:
    if key not in member.metadata:
        there = ", ".join(map(str, member.metadata)) or "none"
        raise OptionError(f"weights={key!r}: dataset {member.name} has no such metadata (it has: {there})")
    return _number(member.metadata[key], f"weights: the metadata {key!r} of {member.name}")


def _number(value: Any, what: str) -> float:
    try:
        number = math.nan if isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise OptionError(f"{what} is {value!r}: give a finite number")
    return number
