"""NanoEvents over our readers are those that coffea's own factory gives, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import pytest

from overproof.columns.events import Events, columns_of
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec
from overproof.testing import write_gallery

nanoevents = pytest.importorskip("coffea.nanoevents", reason="coffea is not installed")

FILES = {
    "NanoAOD": ("nano_dy.root", "Events", "NanoAODSchema"),
    "NanoAOD of 2025": ("nano_tt_v15.root", "Events", "NanoAODSchema"),
    "NanoAOD in an RNTuple": ("nano_dy_rntuple.root", "Events", "NanoAODSchema"),
    "NanoAOD without entries": ("nano_dy_empty.root", "Events", "NanoAODSchema"),
    "PHYSLITE": ("PHYSLITE_example.root", "CollectionTree", "PHYSLITESchema"),
    "TreeMaker": ("treemaker.root", "PreSelection", "TreeMakerSchema"),
    "TreeMaker in an RNTuple": ("treemaker_rntuple.root", "PreSelection", "TreeMakerSchema"),
    "plain lists": ("uproot-HZZ.root", "events", "BaseSchema"),
    "plain numbers": ("uproot-Zmumu.root", "events", "BaseSchema"),
}
METADATA = {"dataset": "some", "weight": 0.5}


SLOW = {"NanoAOD in an RNTuple", "NanoAOD of 2025", "PHYSLITE"}
"""To open the first takes uproot three seconds each time, and the last five; the second has 2,000 columns."""

pytestmark = pytest.mark.filterwarnings(
    "ignore:Skipping", "ignore:Missing cross-reference", "ignore:Found duplicate", "ignore:Branch"
)


@pytest.mark.parametrize("case", [case for case in FILES if case not in SLOW])
def test_some_columns_are_those_of_coffea(case: str, shared_file: Callable[[str], Path]) -> None:
    """Whatever the schema and the format, a column has the type, the values and the parameters of coffea's."""
    compare(case, shared_file, every=60)


def test_columns_of_a_small_file_of_physlite_are_those_of_coffea(tmp_path: Path) -> None:
    """A file that has electrons and muons only has them as coffea does."""
    path = write_gallery(tmp_path, n_events=40).physlite
    n_compared, wrong = differing(str(path), "CollectionTree", nanoevents.PHYSLITESchema, every=1)
    assert wrong == []
    assert n_compared > 8


@pytest.mark.nightly
@pytest.mark.parametrize("case", FILES)
def test_every_column_is_that_of_coffea(case: str, shared_file: Callable[[str], Path]) -> None:
    """What holds for some columns holds for all of them."""
    compare(case, shared_file, every=1)


def compare(case: str, shared_file: Callable[[str], Path], *, every: int) -> None:
    name, tree, schema = FILES[case]
    n_compared, wrong = differing(str(shared_file(name)), tree, getattr(nanoevents, schema), every=every)
    # Links that are stored member by member, and what follows them, are wrong in uproot, and so in coffea.
    assert [each for each in wrong if case != "PHYSLITE" or not each[0].startswith("METAssoc_")] == []
    assert n_compared > 1


def differing(path: str, tree: str, schema: Any, *, every: int) -> tuple[int, list[tuple[str, Any, Any]]]:
    """Count the columns that are compared, and list those that are not as coffea's."""
    ours, theirs = both(path, tree, schema)
    n_compared, wrong = 0, []
    assert sorted(ours.fields) == sorted(theirs.fields)
    for column, mine, expected in columns(ours, theirs, every=every):
        n_compared += 1
        if mine != expected:
            wrong.append((column, mine, expected))
    return n_compared, wrong


def both(path: str, tree: str, schema: Any) -> tuple[Any, Any]:
    """Return the same entries as ours and as coffea's own."""
    from overproof.columns.nanoevents.block import nano_events
    from overproof.columns.nanoevents.forms import FormMemory

    reader = ReaderCache().get(FileSpec(path=path, tree=tree))
    first, stop = min(3, reader.n_entries), min(30, reader.n_entries)
    theirs = nanoevents.NanoEventsFactory.from_root(
        {path: tree}, schemaclass=schema, metadata=dict(METADATA), entry_start=first, entry_stop=stop, mode="virtual"
    ).events()
    events = Events(reader, first, stop, metadata=METADATA)
    return nano_events(columns_of(events), schema, forms=FormMemory(), metadata=METADATA), theirs


def columns(ours: Any, theirs: Any, *, every: int) -> Iterator[tuple[str, Any, Any]]:
    """Give some columns by name, each with what it is for us and for coffea: a table of it, or its kind of failure."""
    names = []
    for field in sorted(theirs.fields):
        inside = outcome(lambda field=field: theirs[field].fields)
        names += [(field, each) for each in inside] if isinstance(inside, list) and inside else [(field, None)]
    for field, inside in names[:: every if len(names) > 100 else 1]:

        def read(events: Any, field: str = field, inside: str | None = inside) -> Any:
            column = events[field] if inside is None else events[field][inside]
            column = ak.materialize(column)
            return str(column.layout.form), ak.to_list(ak.nan_to_none(column)) if ak.fields(column) == [] else None

        yield f"{field}.{inside}", outcome(lambda read=read: read(ours)), outcome(lambda read=read: read(theirs))


def outcome(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - coffea's failures are compared with ours, whatever they are
        return type(error)
