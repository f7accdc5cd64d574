"""A dataset as it is written, before it is looked at: several of them become one, with members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from overproof.records.dataset import Dataset, FileSpec, FriendChain, Member
from overproof.words.frozen import dataclass

N_NAMED = 3
"""So many datasets are named when one name must stand for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Files under one name.

    Attributes:
        name: given in a fileset, or made of the path.
        files: in order.
        metadata: what a fileset says about them.
        is_given: the name was given.
    """

    name: str
    files: tuple[FileSpec, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_given: bool = False


def parts_of(dataset: Dataset) -> list[Part]:
    """Return the datasets of which one is made."""
    parts, before = [], 0
    for member in dataset.all_members:
        files = dataset.files[before : before + member.n_files]
        parts.append(Part(name=member.name, files=files, metadata=member.metadata, is_given=True))
        before += member.n_files
    return parts


def all_files(parts: Iterable[Part]) -> list[FileSpec]:
    """Return the files of all parts, one after the other."""
    return [spec for part in parts for spec in part.files]


def with_files(parts: Iterable[Part], files: Sequence[FileSpec]) -> list[Part]:
    """Put other files in the places of those of the parts; where there are fewer, the last ones go."""
    changed, before = [], 0
    for part in parts:
        changed.append(replace(part, files=tuple(files[before : before + len(part.files)])))
        before += len(part.files)
    return changed


def as_dataset(parts: Sequence[Part], *, friends: tuple[FriendChain, ...] = ()) -> Dataset:
    """Return all parts, of which there is at least one, as one dataset."""
    files = tuple(all_files(parts))
    if len(parts) == 1:
        return Dataset(name=parts[0].name, files=files, metadata=dict(parts[0].metadata), friends=friends)
    members = tuple(Member(name=part.name, n_files=len(part.files), metadata=dict(part.metadata)) for part in parts)
    return Dataset(name=_name_of(parts), files=files, friends=friends, members=members)


def _name_of(parts: Sequence[Part]) -> str:
    names = [part.name for part in parts]
    if len(names) > N_NAMED:
        names = [*names[: N_NAMED - 1], f"{len(names) - N_NAMED + 1} more datasets"]
    return f"{', '.join(names[:-1])} and {names[-1]}"
