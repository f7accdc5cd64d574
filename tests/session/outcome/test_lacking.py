"""A fileset of what lacks means the dataset of what lacks, whatever lacks."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from overproof.records.dataset import Dataset, FileGrid, FileSpec, Member
from overproof.records.outcome.gaps import Missing
from overproof.session.datasets.expanding import expand
from overproof.session.datasets.part import all_files
from overproof.session.outcome.gaps import name_missing

LENGTH = 20

lacks = st.one_of(
    st.just(()),
    st.just(None),
    st.lists(st.integers(0, LENGTH - 1), min_size=1, max_size=4, unique=True).map(
        lambda firsts: tuple((first, first + 1) for first in sorted(firsts))
    ),
)
"""Of one file: nothing, the whole of it, or some entries."""


@st.composite
def datasets(draw: Any) -> tuple[Dataset, list[Any]]:
    """Draw a dataset, of one or several members which may share files, and what lacks of each of its files."""
    n_files = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    files, members = [], []
    for number, count in enumerate(n_files):
        names = draw(st.permutations("abcdef"))[:count]
        files += [
            FileSpec(path=f"/{name}.root", tree="Events", written=f"~/{name}.root" if name in "ab" else "")
            for name in names
        ]
        members.append(Member(name=f"d{number}", n_files=count, metadata={"xs": number}))
    dataset = Dataset(name="all", files=tuple(files), members=tuple(members) if len(members) > 1 else ())
    return dataset, draw(st.lists(lacks, min_size=len(files), max_size=len(files)))


@given(drawn=datasets(), are_keys_sorted=st.booleans())
def test_files_steps_and_places_come_back(drawn: tuple[Dataset, list[Any]], are_keys_sorted: bool) -> None:
    """Through JSON, with keys in any order, each file is in its place and asked for what lacks of it."""
    dataset, lacking = drawn
    missing = [
        Missing(file=file, tree="Events", first=first, stop=stop, phase="read", reason="")
        for file, ranges in enumerate(lacking)
        for first, stop in ([(0, None)] if ranges is None else ranges)
    ]
    grids = {file: FileGrid(tree="Events", n_entries=LENGTH, stops=(LENGTH,)) for file in range(len(lacking))}
    gaps = name_missing(missing, dataset, grids)
    parts = expand(json.loads(json.dumps(gaps.as_fileset(), sort_keys=are_keys_sorted)))
    if not missing:
        assert parts == [] or not all_files(parts)
        return
    found = [(spec.path, spec.tree, spec.steps) for spec in all_files(parts)]
    assert found == [(spec.path, spec.tree, spec.steps) for spec in gaps.dataset.files]
    asked = [(spec.written, spec.n_entries) for spec in all_files(parts) if spec.steps != ()]
    assert asked == [(spec.written, LENGTH) for spec in gaps.dataset.files if spec.steps != ()]
    if dataset.members:
        assert [(part.name, len(part.files), part.metadata) for part in parts] == [
            (member.name, member.n_files, member.metadata) for member in dataset.members
        ]
