"""Filesets of several datasets, processed: what is told of files is checked, and what lacks comes back."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.words.errors import InputError


class ByDataset(op.Selector):
    """What depends on the dataset, on the name of the file, and on the order of blocks."""

    def process(self, events: Any) -> dict[str, Any]:
        n = np.asarray(events.n)
        name = events.metadata["dataset"]
        return {name: {"n": len(n), "scaled": float(np.sum(n * events.metadata.get("xs", 1.0)))}, "order": n.tolist()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five files of 30 entries, 10 a basket: the place of a file in its hundreds."""
    for index in range(5):
        with uproot.recreate(tmp_path / f"f{index}.root") as file:
            file.mktree("Events", {"n": "int64"})
            for start in range(100 * index, 100 * index + 30, 10):
                file["Events"].extend({"n": np.arange(start, start + 10)})
    monkeypatch.chdir(tmp_path)
    return tmp_path


FILESET: dict[str, Any] = {
    "dy": {"files": {"f0.root": "Events", "./f1.root": "Events"}, "metadata": {"xs": 0.1}},
    "tt": {"files": ["f2.root", "f3.root", "f4.root"], "treename": "Events", "metadata": {"xs": np.float64(3)}},
}


def ask(session: op.Session, data: Any) -> Any:
    return session.process(ByDataset(), data, block_entries=10)


def described(path: Path, **told: Any) -> dict[str, Any]:
    """Describe a file as `preprocess` does."""
    with uproot.open(path) as file:
        known = {"object_path": "Events", "num_entries": file["Events"].num_entries, "uuid": str(file.file.uuid)}
    return {**known, "steps": None, **told}


def test_each_file_belongs_to_its_dataset(folder: Path) -> None:
    """Blocks know the name and the metadata of their dataset, also where a file stands in two of them."""
    with op.Session("inline", progress=False) as session:
        result = ask(session, {**FILESET, "again": ["f0.root"]})
    numbers = {index: np.arange(100 * index, 100 * index + 30) for index in range(5)}
    assert result["order"] == [int(n) for index in (0, 1, 2, 3, 4, 0) for n in numbers[index]]
    assert result["dy"]["n"] == 60
    assert result["tt"] == {"n": 90, "scaled": float(sum(numbers[index].sum() for index in (2, 3, 4)) * 3)}
    assert result["again"] == {"n": 30, "scaled": float(numbers[0].sum())}
    assert result.account.total == 180


def test_what_lacks_of_several_datasets_is_processed_again(folder: Path) -> None:
    """Files that were away come back by way of a document, and both results together are the whole, bit for bit."""
    with op.Session("inline", progress=False) as session:
        whole = ask(session, FILESET)
        for name in ("f1.root", "f3.root"):
            (folder / name).rename(folder / f"away-{name}")
        first = ask(session, FILESET)
        assert first.account.files_unknown == 2
        fileset = first.lacking.as_fileset()
        assert {name: list(each["files"]) for name, each in fileset.items()} == {
            "dy": [f"{folder}/f1.root"],
            "tt": [f"{folder}/f3.root"],
        }
        (folder / "lacking.json").write_text(json.dumps(fileset, default=float, sort_keys=True))
        for name in ("f1.root", "f3.root"):
            (folder / f"away-{name}").rename(folder / name)
        again = ask(session, "lacking.json")
        assert again.account.total == 60
        for second in (again, ask(session, first.missing), pickle.loads(pickle.dumps(again))):
            merged = first.merge(second)
            assert merged.is_complete
            assert dict(merged) == dict(whole)
            assert merged.accounts == whole.accounts
        with pytest.raises(InputError, match="different datasets"):
            first.merge(ask(session, {**FILESET, "tt": ["f2.root", "f3.root"], "ww": ["f4.root"]}))


def test_what_is_missing_can_be_added_and_entries_that_were_excluded_cannot(folder: Path) -> None:
    """Where an entry of each block failed too, the missing files are added, and the error says how."""

    class Failing(ByDataset):
        def process(self, events: Any) -> dict[str, Any]:
            if (folder / "fails").exists() and 205 in np.asarray(events.n):
                raise ValueError("no such muon")
            return super().process(events)

    with op.Session("inline", progress=False) as session:
        (folder / "f1.root").rename(folder / "away")
        (folder / "fails").touch()
        first = session.process(Failing(), FILESET, block_entries=10)
        (folder / "away").rename(folder / "f1.root")
        (folder / "fails").unlink()
        filesets = [gaps.as_fileset() for gaps in (first.missing, first.lacking)]
        missing, lacking = (session.process(Failing(), fileset, block_entries=10) for fileset in filesets)
    merged = first + missing
    assert (merged.account.processed, merged.account.excluded, merged.missing) == (149, 1, ())
    assert dict(missing)["dy"]["n"] == 30
    with pytest.raises(InputError, match=r"entries 0 to 9 is in both results; .*: process `\.missing` alone"):
        first.merge(lacking)


def test_a_query_over_datasets_is_resumed_and_replayed(folder: Path) -> None:
    """What is kept of a query knows its datasets, also metadata that no document can hold."""
    with op.Session("inline", progress=False) as session:
        whole = ask(session, FILESET)
        again = session.resume(whole.query_id)
        assert dict(again) == dict(whole)
        members = again.origin.dataset.members
        assert [(member.name, member.n_files, member.metadata["xs"]) for member in members] == [
            ("dy", 2, 0.1),
            ("tt", 3, np.float64(3)),
        ]
        assert [spec.written for spec in again.origin.dataset.files][:2] == ["f0.root", "./f1.root"]


def test_files_that_are_not_those_told_of_are_missing(folder: Path) -> None:
    """Another length or UUID, or steps behind the end: missing with the reason, also where the file is known."""
    good = described(folder / "f0.root", steps=[[5, 12], [20, 25]])
    assert good["uuid"]
    files = {
        "f0.root": good | {"uuid": good["uuid"].upper()},
        "f1.root": described(folder / "f1.root", num_entries=31),
        "f2.root": described(folder / "f2.root", uuid=good["uuid"]),
        "f3.root": described(folder / "f3.root", steps=[[0, 10], [25, 31]], num_entries=None),
    }
    with op.Session("inline", progress=False) as session:
        for _ in range(2):  # what was remembered of a file is compared too
            result = ask(session, {"dy": {"files": files}})
            assert result["order"] == [*range(5, 12), *range(20, 25)]
            assert result.account.files_unknown == 3
            assert [Path(gap.file).name for gap in result.missing] == ["f1.root", "f2.root", "f3.root"]
            lengths, uuids, steps = (gap.reason for gap in result.missing)
            assert "the fileset says that the tree Events has 31 entries, and it has 30" in lengths
            assert f"the fileset says that the UUID of the file is {good['uuid']}, and it is " in uuids
            assert "entries up to 31 are asked for, and the tree Events has 30" in steps
        again = session.resume(result.query_id)
        assert (again.account, again.missing) == (result.account, result.missing)
        # Told rightly, what was left out is processed, and added.
        rightly = result.missing.as_fileset()
        for name in ("f1.root", "f2.root"):
            rightly["dy"]["files"][f"{folder}/{name}"] = described(folder / name)
        merged = result + ask(session, rightly)
        assert merged["order"] == [*range(5, 12), *range(20, 25), *range(100, 130), *range(200, 230)]
        assert [Path(gap.file).name for gap in merged.missing] == ["f3.root"]
        assert merged.origin.dataset.files[2].uuid == described(folder / "f2.root")["uuid"]


def test_coffea_takes_what_lacks(folder: Path) -> None:
    """The fileset of what lacks is one of coffea's models, and its steps and its UUID are those of the file."""
    filespec = pytest.importorskip("coffea.dataset_tools.filespec")

    def failing(events: Any) -> dict[str, int]:
        if 205 in np.asarray(events.n):
            raise ValueError("no such muon")
        return {"n": len(events)}

    with op.Session("inline", progress=False) as session:
        result = session.process(failing, FILESET, block_entries=10, max_excluded=5)
        assert result.account.excluded == 1
        group = filespec.DataGroupSpec(result.lacking.as_fileset())
        ((path, told),) = group["tt"].files.items()
        assert isinstance(told, filespec.CoffeaROOTFileSpec)
        assert (path, told.steps, told.num_entries) == (f"{folder}/f2.root", [[5, 6]], 30)
        assert told.uuid == described(folder / "f2.root")["uuid"]
        again = session.process(lambda events: {"n": len(events)}, group)
        assert again["n"] == 1


def test_coffea_takes_a_missing_file_whose_tree_nobody_named(folder: Path) -> None:
    """Its models refuse a file without a tree: it has that of the others of its dataset."""
    filespec = pytest.importorskip("coffea.dataset_tools.filespec")
    with op.Session("inline", progress=False) as session:
        result = ask(session, {"dy": {"files": ["f0.root", "gone.root"], "metadata": {"xs": 1}}})
    ((path, told),) = filespec.DataGroupSpec(result.lacking.as_fileset())["dy"].files.items()
    assert (path, told.object_path, told.steps) == (f"{folder}/gone.root", "Events", None)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of coffea, about branches that it makes itself
def test_what_preprocess_wrote_is_processed(shared_file: Callable[[str], Path]) -> None:
    """Of real files: the steps that are asked for, and a tree without entries, for which processors are called once."""
    pytest.importorskip("coffea")

    class Calls:
        def process(self, events: Any) -> dict[str, Any]:
            metadata = events.metadata
            return {"calls": 1, metadata["dataset"]: len(events), "files": [(metadata["filename"], len(events))]}

        def postprocess(self, accumulator: Any) -> None:
            pass

    full, empty = str(shared_file("nano_dy.root")), str(shared_file("nano_dy_empty.root"))
    uuids = {full: "a9490124-3648-11ea-89e9-f5b55c90beef", empty: "f73b274c-da3c-11f0-b00b-2100a8c0beef"}
    told = {
        path: {"object_path": "Events", "steps": steps, "num_entries": length, "uuid": uuids[path], "format": "root"}
        for path, steps, length in ((full, [[0, 14], [14, 28]], 40), (empty, [[0, 0]], 0))
    }
    fileset = {"dy": {"files": told, "metadata": {}, "compressed_form": None, "did": None}, "again": {"files": [empty]}}
    with op.Session("inline", progress=False) as session:
        result = session.process(Calls(), fileset)
    assert dict(result) == {"calls": 3, "dy": 28, "again": 0, "files": [(full, 28), (empty, 0), (empty, 0)]}
    assert result.is_complete
