"""What a processor gets of a block: its place in the file, its columns when touched, and whose fault a failure is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overproof.columns.events import ColumnMemory, Events, columns_of
from overproof.columns.nanoevents.schemas import find_schema, settings_of, take_settings
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError, ReadError, SelectorError

nanoevents = pytest.importorskip("coffea.nanoevents", reason="coffea is not installed")

pytestmark = [pytest.mark.filterwarnings(f"ignore:{begin}") for begin in ("Missing cross-reference", "Branch")]


@pytest.fixture(scope="module")
def block(shared_file: Callable[[str], Path]) -> Callable[..., tuple[Any, Events]]:
    """Give entries 10 to 30 of a file in a schema, and the lazy record below them."""
    from overproof.columns.nanoevents.block import nano_events
    from overproof.columns.nanoevents.forms import FormMemory

    readers, forms = ReaderCache(), FormMemory()

    def make(name: str = "nano_dy.root", **options: Any) -> tuple[Any, Events]:
        written = options.pop("written", "")
        schema = options.pop("schema", nanoevents.NanoAODSchema)
        metadata = options.pop("metadata", {"dataset": "dy"})
        reader = readers.get(FileSpec(path=str(shared_file(name)), tree="Events"))
        events = Events(reader, 10, 30, metadata=metadata, **options)
        return nano_events(columns_of(events), schema, forms=forms, metadata=metadata, written=written), events

    return make


def test_metadata_are_those_that_coffea_gives_to_a_chunk(block: Any, shared_file: Any) -> None:
    """Processors read the dataset, the file and the range from `events.metadata`, a plain dict in coffea's order."""
    events, _ = block(metadata={"dataset": "dy", "xsec": 6025.2}, written="store/nano_dy.root")

    assert type(events.metadata) is dict
    assert list(events.metadata.items()) == [
        ("dataset", "dy"),
        ("filename", "store/nano_dy.root"),
        ("treename", "Events"),
        ("entrystart", 10),
        ("entrystop", 30),
        ("fileuuid", "a9490124-3648-11ea-89e9-f5b55c90beef"),
        ("xsec", 6025.2),
        ("version", "latest"),
    ]


def test_nothing_is_read_before_it_is_touched(block: Any) -> None:
    """A block of 1,500 branches costs the branches in use."""
    events, record = block()
    assert record.touched == ()

    _ = events.MET.pt.to_numpy()
    assert record.touched == ("MET_pt",)


def test_what_a_block_touched_is_fetched_in_one_go_for_the_next(block: Any) -> None:
    """The memory of the columns serves NanoEvents as it serves plain records."""
    memory = ColumnMemory()
    events, _ = block(memory=memory)
    _ = (events.Muon.pt + events.MET.phi).to_list()

    _, record = block(memory=memory)
    assert set(memory.names) == {"nMuon", "Muon_pt", "MET_phi"}
    assert record.touched == ()


def test_a_form_is_made_once_for_all_files_of_one_shape(
    block: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared_file: Any
) -> None:
    """What costs 0.7 s for 1,500 branches is paid once, not once a block or file."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    from coffea.nanoevents.mapping import UprootSourceMapping

    from overproof.columns.nanoevents.block import nano_events
    from overproof.columns.nanoevents.forms import FormMemory

    made = []
    original = UprootSourceMapping._extract_base_form.__func__
    monkeypatch.setattr(
        UprootSourceMapping,
        "_extract_base_form",
        classmethod(lambda cls, tree, **rest: made.append(1) or original(cls, tree, **rest)),
    )
    copy = tmp_path / "same.root"
    copy.write_bytes(shared_file("nano_dy.root").read_bytes())
    forms, readers = FormMemory(), ReaderCache()
    for path in (shared_file("nano_dy.root"), copy):
        for first in (0, 20):
            events = Events(readers.get(FileSpec(path=str(path), tree="Events")), first, first + 20)
            shown = nano_events(columns_of(events), nanoevents.NanoAODSchema, forms=forms, metadata={})
            assert shown.metadata["filename"] == str(path)
            assert shown.metadata["entrystart"] == first
    assert len(made) == 1


def test_a_file_of_another_shape_gets_a_form_of_its_own(block: Any) -> None:
    """Nobody sees columns that are in another file."""
    simulated, _ = block("nano_dy.root")
    measured, _ = block("nano_dimuon.root")
    assert "GenPart" in simulated.fields
    assert "GenPart" not in measured.fields


def test_cross_references_lead_to_other_collections(block: Any) -> None:
    """Global indices are those of the block, as in coffea's chunks."""
    events, _ = block()
    indices, particles = events.Muon.genPartIdx.to_list(), events.GenPart.pdgId.to_list()
    expected = [[of[i] if i >= 0 else None for i in at] for at, of in zip(indices, particles, strict=True)]
    assert events.Muon.matched_gen.pdgId.to_list() == expected
    assert sum(each is not None for at in expected for each in at) > 0


def test_the_selectors_own_list_of_branches_holds(block: Any) -> None:
    """A branch that the list does not allow cannot be touched by way of a schema either."""
    events, record = block(branches=["Muon_*", "nMuon"])
    assert len(events.Muon.pt.to_list()) == 20
    with pytest.raises(AttributeError, match="not in the list of this selector"):
        events.MET.pt.to_list()
    assert record.failure is None


@pytest.mark.parametrize("said", ["NanoAODSchema", "NanoAOD", "nanoaod"])
def test_schemas_are_found_by_name(said: str) -> None:
    """On the command line there are names only."""
    assert find_schema(said) is nanoevents.NanoAODSchema


def test_a_schema_that_is_none_is_said_with_those_that_there_are() -> None:
    """A slip of the pen costs no look into the documentation."""
    with pytest.raises(SelectorError, match=r"'NanoAODShema': did you mean NanoAODSchema\? there are BaseSchema, "):
        find_schema("NanoAODShema")
    with pytest.raises(SelectorError, match="give a class of coffea's schemas, such as NanoAODSchema, or its name"):
        find_schema(dict)


def test_another_process_finds_the_form_on_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared_file: Callable[[str], Path]
) -> None:
    """A worker that takes the place of another, or a trial in isolation, does not make it out again; one of another
    version of coffea does.
    """
    import coffea

    from overproof.columns.nanoevents.block import nano_events
    from overproof.columns.nanoevents.forms import FormMemory

    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path))
    reader = ReaderCache().get(FileSpec(path=str(shared_file("nano_dy.root")), tree="Events"))

    def types() -> str:
        columns = columns_of(Events(reader, 0, 5))
        events = nano_events(columns, nanoevents.NanoAODSchema, forms=FormMemory(), metadata={})
        return str([str(events[each].type) for each in sorted(events.fields)])

    made = types()
    monkeypatch.setattr("overproof.columns.nanoevents.forms.uproot.open", None)
    assert types() == made
    monkeypatch.setattr(coffea, "__version__", "0")
    with pytest.raises(ReadError, match="uproot, for coffea's schema"):
        types()


def test_the_whole_array_is_the_one_that_awkward_builds(block: Any) -> None:
    """Fields that are made later are fields as any other: for slices, masks, new fields, buffers and forms."""
    import awkward as ak

    events, _ = block("nano_dimuon.root")
    assert events.layout.form == ak.forms.from_dict(events.attrs["@form"])
    mask = events.MET.pt > 20
    some = events[["run", "event", "MET", "Muon"]]
    for each in (some[mask], some[3:5], some[[1, 0]]):
        assert len(each.Muon.pt) == len(each)
    assert some[mask].event.to_list() == some.event[mask].to_list()
    events["twice"] = 2 * events.MET.pt
    assert events.twice.to_list() == (2 * events.MET.pt).to_list()
    assert len(events.layout.contents) == len(events.fields)
    again = ak.from_buffers(*ak.to_buffers(ak.materialize(some)))
    assert again.Muon.pt.to_list() == some.Muon.pt.to_list()
    assert copy.deepcopy(some.layout).form == some.layout.form


def written(path: Path, title: str = "", **columns: Any) -> FileSpec:
    """Write a small file of NanoAOD; every branch has the title, if there is one."""
    import numpy as np
    import uproot

    ids = {"run": np.ones(3, np.uint32), "luminosityBlock": np.ones(3, np.uint32), "event": np.arange(3, dtype="u8")}
    with uproot.recreate(path) as file:
        file.mktree("Events", {name: each.dtype for name, each in (columns or ids).items()}, title=title)
        file["Events"].extend(columns or ids)
    return FileSpec(path=str(path), tree="Events")


def test_files_with_other_titles_have_forms_of_their_own(tmp_path: Path) -> None:
    """What NanoEvents tell as `__doc__` is that of the file, also where a file of the same branches came before."""
    from overproof.columns.nanoevents.block import nano_events
    from overproof.columns.nanoevents.forms import FormMemory

    forms, readers = FormMemory(), ReaderCache()
    for title in ("one", "another", "one"):
        spec = written(tmp_path / f"{title}.root", title)
        columns = columns_of(Events(readers.get(spec), 0, 3))
        events = nano_events(columns, nanoevents.NanoAODSchema, forms=forms, metadata={})
        assert events.layout.parameters["__doc__"] == title


def test_a_tree_that_a_schema_cannot_show_is_said_once(tmp_path: Path) -> None:
    """No entry is to blame: coffea's own words are the reason why the file is missing."""
    import numpy as np

    from overproof.columns.nanoevents.block import nano_events
    from overproof.columns.nanoevents.forms import FormMemory

    reader = ReaderCache().get(written(tmp_path / "bare.root", MET_pt=np.ones(3), MET_phi=np.ones(3)))
    with pytest.raises(DatasetError, match=r"bare\.root: NanoAODSchema cannot show Events: There are missing event ID"):
        nano_events(columns_of(Events(reader, 0, 3)), nanoevents.NanoAODSchema, forms=FormMemory(), metadata={})


def test_what_is_set_on_a_schema_reaches_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switches of coffea are attributes of classes, which another process has as coffea made them."""
    monkeypatch.setattr(nanoevents.NanoAODSchema, "error_missing_event_ids", False)
    settings = settings_of(nanoevents.PFNanoAODSchema)
    assert settings["NanoAODSchema"]["error_missing_event_ids"] is False

    monkeypatch.setattr(nanoevents.NanoAODSchema, "error_missing_event_ids", True)
    assert take_settings(settings)
    assert nanoevents.NanoAODSchema.error_missing_event_ids is False
    assert not take_settings(settings)
