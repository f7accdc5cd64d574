"""Laws of filesets, in every form that coffea takes and emits."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from overproof.records.dataset import FileSpec
from overproof.session.datasets import EmptyDatasetWarning, resolve_dataset
from overproof.session.datasets.descriptions import OF_FILE
from overproof.session.datasets.expanding import expand
from overproof.session.datasets.filesets import RESERVED
from overproof.words.errors import DatasetError

PREPROCESSED = {
    "object_path": "Events",
    "steps": [[0, 14], [14, 28], [28, 40]],
    "num_entries": 40,
    "format": "root",
    "lfn": None,
    "pfn": None,
    "uuid": "a9490124-3648-11ea-89e9-f5b55c90beef",
    "num_selected_entries": 40,
}
"""What `coffea.dataset_tools.preprocess` 2026.9.0 says of a file."""


class Model:
    """A model of pydantic, as far as anybody here looks at it."""

    def __init__(self, content: dict[Any, Any]) -> None:
        self.content = content

    def model_dump(self) -> dict[Any, Any]:
        return self.content


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.root", "b1.root", "b2.root"):
        (tmp_path / name).write_bytes(b"root")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def named(data: Any, **options: Any) -> dict[str, list[tuple[str, str | None]]]:
    """Return the files of each dataset, and their trees."""
    dataset = resolve_dataset(data, **options)
    found: dict[str, list[tuple[str, str | None]]] = {member.name: [] for member in dataset.all_members}
    for place, spec in enumerate(dataset.files):
        found[dataset.member_of(place).name].append((spec.written or Path(spec.path).name, spec.tree))
    return found


FORMS: dict[str, Any] = {
    "lists": {"A": ["a.root"], "B": ["b1.root", "b2.root"]},
    "tree-of-dataset": {
        "A": {"files": ["a.root"], "treename": "Events"},
        "B": {"files": ["b1.root", "b2.root"], "treename": "Events", "preload": ["n"], "metadata": None},
    },
    "tree-of-file": {
        "A": {"files": {"a.root": "Events"}},
        "B": {"files": {"b1.root": "Events", "b2.root": "Events"}, "treename": "Other"},
    },
    "bare-mappings": {"A": {"a.root": "Events"}, "B": {"b1.root": "Events", "b2.root": "Events"}},
    "behind-a-colon": {"A": ["a.root:Events"], "B": {"files": ["b1.root:Events", "b2.root:Events"]}},
    "patterns": {"A": {"files": "a*.root"}, "B": {"files": {"b?.root": "Events"}}},
    "preprocessed": {
        "A": {
            "files": {"a.root": PREPROCESSED},
            "metadata": {},
            "format": "root",
            "compressed_form": "H4s",
            "did": None,
        },
        "B": {"files": {"b1.root": PREPROCESSED, "b2.root": PREPROCESSED}, "form": None},
    },
    "models": Model({"A": Model({"files": Model({Path("a.root"): "Events"})}), "B": {"files": ["b1.root", "b2.root"]}}),
    "lists-of-mappings": {"A": {"files": [{"a.root": "Events"}]}, "B": [{"b1.root": PREPROCESSED}, "b2.root"]},
    "list-of-filesets": [{"A": ["a.root"]}, {"B": ["b1.root"]}, {"B": ["b2.root"]}],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_means_the_same_files(folder: Path, form: str) -> None:
    """Lists, mappings, models and what `preprocess` wrote: two datasets, three files; a file's tree goes first."""
    expected = {"A": [("a.root", "Events")], "B": [("b1.root", "Events"), ("b2.root", "Events")]}
    assert named(FORMS[form], tree="Events") == expected


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_a_document_stands_for_what_is_in_it(folder: Path, suffix: str) -> None:
    """By its path alone or among others, packed or not; behind a colon stands a tree for the files without."""
    content = json.dumps(FORMS["lists"]).encode()
    (folder / f"set{suffix}").write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)
    expected = {"A": [("a.root", "T")], "B": [("b1.root", "T"), ("b2.root", "T")]}
    assert named(f"set{suffix}:T") == named([folder / f"set{suffix}"], tree="T") == expected
    (folder / "list.json").write_text('["a.root:T"]')
    assert named("list.json") == {"list": [("a.root", "T")]}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.json", None, "gone.json: cannot be read as a fileset .No such file"),
        ("text.json", b"no JSON", "text.json: is no fileset, which is JSON"),
        ("text.json.gz", b"no gzip", "text.json.gz: cannot be unpacked as gzip"),
        ("number.json", b"5", "number.json: is no fileset: it holds 5 and no dataset"),
        ("result.json", b'{"outputs": {}}', "result.json: is what a query gave, and no fileset"),
        ("bytes.json", b"\xff\xfe", "bytes.json: is no fileset, which is JSON"),
    ],
)
def test_a_document_that_is_no_fileset_is_said(folder: Path, name: str, content: bytes | None, said: str) -> None:
    """Absent, damaged, of another kind: an error before any work, with the path."""
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(DatasetError, match=said):
        resolve_dataset(name)


def test_what_is_said_of_one_dataset_needs_no_name(folder: Path) -> None:
    """`{"files": ...}` alone is a dataset; so is one that is really called `files`, and metadata come along."""
    alone = {"files": {"a.root": "Events"}, "metadata": {"xs": 2}}
    assert resolve_dataset(alone).metadata == {"xs": 2}
    assert resolve_dataset([alone, Model({"files": ["b1.root"], "metadata": {"xs": 2}})]).metadata == {"xs": 2}
    assert named(alone) == named({"files": alone}) == {"files": [("a.root", "Events")]}
    assert named({"files": ["a.root:T"]}) == {"files": [("a.root", "T")]}
    assert named({"files": ["a.root:T"], "more": ["b1.root"]}) == {
        "files": [("a.root", "T")],
        "more": [("b1.root", None)],
    }


def test_what_preprocess_says_of_a_file_is_kept_to_be_checked(folder: Path) -> None:
    """Steps are asked for; the length and the UUID are what the file must have; an empty tree has a step of nothing."""
    asked = PREPROCESSED | {"steps": [[0, 14], [28, 40]]}
    empty = PREPROCESSED | {"steps": [[0, 0]], "num_entries": 0, "uuid": None}
    assert resolve_dataset({"A": {"files": {f"{folder}/a.root": asked, f"{folder}/b1.root": empty}}}).files == (
        FileSpec(
            path=f"{folder}/a.root",
            tree="Events",
            steps=((0, 14), (28, 40)),
            n_entries=40,
            uuid="a9490124-3648-11ea-89e9-f5b55c90beef",
        ),
        FileSpec(path=f"{folder}/b1.root", tree="Events", steps=((0, 0),), n_entries=0),
    )


def test_what_coffea_says_of_a_file_is_known() -> None:
    """Every word of its models, and those that its `preprocess` hands on, may stand there."""
    filespec = pytest.importorskip("coffea.dataset_tools.filespec")
    model = filespec.CoffeaROOTFileSpec
    handed_on = {"file", "form", "form_hash_md5"}
    assert {*model.model_fields, *model.model_computed_fields, *handed_on} <= OF_FILE


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words_in_metadata_are_refused(folder: Path, word: str) -> None:
    """Metadata must not hide what `events.metadata` says of a block: the words that coffea refuses too."""
    with pytest.raises(DatasetError, match=f"'A': {word} in its metadata"):
        resolve_dataset({"A": {"files": ["a.root"], "metadata": {word: 1}}})


def test_the_reserved_words_are_those_of_coffea() -> None:
    """What coffea reserves is reserved, no more."""
    executor = pytest.importorskip("coffea.processor.executor")
    assert RESERVED == executor._PROTECTED_NAMES


@pytest.mark.parametrize(
    ("fileset", "said"),
    [
        ({"A": ["a.root"], "B": "b1.root"}, "dataset 'B' of the fileset is 'b1.root': give a list of files"),
        ({"A": {"files": ["a.root"], "metadata": 5}}, "dataset 'A': its metadata are 5"),
        ({"A": {"files": ["a.root"], "format": "parquet"}}, "'A' is of format 'parquet': only ROOT files"),
        ({"A": {"files": {"a.root": {"format": "parquet"}}}}, "'a.root' is of format 'parquet'"),
        ({"A": {"files": {"a.root": {"object_path": 5}}}}, "'a.root': expected the name of a tree, got 5"),
        ({"A": {"files": {"a.root": {"num_entries": -1}}}}, "`num_entries` must be a whole number, at least 0: -1"),
        ({"A": {"files": {"a.root": {"num_entries": "4"}}}}, "`num_entries` must be a whole number"),
        ({"A": {"files": {"a.root": {"uuid": 5}}}}, "`uuid` must be a text: 5"),
        ({"A": {"files": {5: "Events"}}}, "5 is no path"),
        ({"A": {"files": [5]}}, "dataset 'A': 5 is no dataset"),
        ({"A": {"files": 5}}, "dataset 'A': 5 is no dataset"),
        ({"A": {"files": {"a.root": {"step": [[0, 5]]}}}}, "a.root: `step` is nothing .*: did you mean `steps`?"),
        ({"A": {"files": {"a.root": {"object_path": "T", "treename": "T"}}}}, "`treename` .*: known are object_path"),
        ({1: ["a.root"], "1": ["b1.root"]}, "two datasets of the fileset are called '1'"),
        ([{"A": ["a.root"]}, "b1.root"], "b1 belongs to no dataset, and stands in a list with datasets"),
        (
            [{"A": {"files": ["a.root"], "metadata": {"x": x}}} for x in (1, 2)],
            "dataset 'A' is named twice, with different metadata",
        ),
        (
            [{"files": [name], "metadata": {"x": name}} for name in ("a.root", "b1.root")],
            "its metadata differ, {'x': 'a.root'} and {'x': 'b1.root'}: give each a name",
        ),
        ([{"files": ["a.root"], "metadata": {"x": 1}}, "b1.root"], "its metadata differ, {'x': 1} and {}"),
        ({"A": {"files": ["a.root"], "whole": {"A": ["a.root"]}}}, "`whole` of the fileset is .* leave it out"),
    ],
)
def test_what_makes_no_sense_is_said_with_the_place(folder: Path, fileset: Any, said: str) -> None:
    """Nothing is guessed at: each error names the dataset or the file."""
    with pytest.raises(DatasetError, match=said):
        resolve_dataset(fileset)


def test_a_dataset_without_files_is_left_out_with_a_warning(folder: Path) -> None:
    """What names no file cannot be processed; if all are so, nothing can."""
    with pytest.warns(EmptyDatasetWarning, match="names no files of B, C"):
        assert named({"A": ["a.root"], "B": [], "C": {"files": {}}}) == {"A": [("a.root", None)]}
    with pytest.raises(DatasetError, match="the dataset is empty"):
        resolve_dataset({"A": [], "B": []})


def test_many_datasets_have_a_short_name(folder: Path) -> None:
    """One name stands for all; beyond three it counts the others."""
    fileset = {name: ["a.root"] for name in ("dy", "tt", "ww", "zz")}
    assert resolve_dataset(fileset).name == "dy, tt and 2 more datasets"
    assert resolve_dataset({name: fileset[name] for name in ("dy", "tt", "ww")}).name == "dy, tt and ww"


def test_files_limits_all_datasets_together(folder: Path) -> None:
    """`files=2` keeps the first two of all; a dataset of which none is left is left out."""
    assert named(FORMS["lists"], files=2) == {"A": [("a.root", None)], "B": [("b1.root", None)]}
    assert named(FORMS["lists"], files=1) == {"A": [("a.root", None)]}


def test_expanding_needs_no_files() -> None:
    """Which files data name can be told where none of them is."""
    (part,) = expand({"A": {"files": {"/nowhere.root": None}}})
    assert part.files == (FileSpec(path="/nowhere.root"),)


def test_pieces_of_files_are_taken(folder: Path) -> None:
    """What coffea's `Runner.preprocess` gives: each file once, with the entries of its pieces, of the right dataset."""
    work_item = pytest.importorskip("coffea.processor.executor").WorkItem
    uuid = "a9490124-3648-11ea-89e9-f5b55c90beef"
    pieces = [
        work_item("B", "b1.root", "T", 0, 5, UUID(uuid).bytes, {"xs": 2}),
        work_item("A", "a.root", "T", 0, 0, uuid),
        work_item("B", "b2.root", "T", 7, 9, uuid, {"xs": 2}),
        work_item("B", "b1.root", "T", 5, 8, uuid, {"xs": 2}),
    ]
    first, second = expand(iter(pieces))
    assert (first.name, first.metadata, second.name, second.metadata) == ("B", {"xs": 2}, "A", {})
    assert [(spec.path, spec.tree, spec.steps, spec.uuid) for spec in (*first.files, *second.files)] == [
        ("b1.root", "T", ((0, 8),), uuid),
        ("b2.root", "T", ((7, 9),), uuid),
        ("a.root", "T", ((0, 0),), uuid),
    ]
    assert expand(pieces[2])[0].files == first.files[1:]
    other = work_item("B", "b2.root", "T", 9, 12, uuid, {})
    with pytest.raises(DatasetError, match="pieces of dataset 'B' have different metadata"):
        expand([*pieces, other])
    with pytest.raises(DatasetError, match="overlap"):
        resolve_dataset([*pieces, pieces[0]])
    with pytest.raises(DatasetError, match=r"'a\.root' stands among pieces of files"):
        resolve_dataset([*pieces, "a.root"])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (lambda: 1, r"of type function, .*workers: \w+Error: .*<lambda>"),
        (
            {"deep": [Model({})]},
            r"of type dict, .*: Model is written in the module \S*test_filesets, which workers do not",
        ),
        (Model, r"of type type, .*: Model is written in the module \S*test_filesets"),
        (open, ""),
        ({"xsec": 1.5, 3: [None, (b"x", {1 + 2j})]}, ""),
        ([UUID(int=5), np.arange(3), np.float32(1), Path("a")], ""),
    ],
    ids=["lambda", "object", "class", "builtin", "plain", "installed"],
)
def test_metadata_that_workers_cannot_read_are_refused(tmp_path: Path, value: Any, said: str) -> None:
    """Dataset and key are named, and how to mend it; what is installed is everywhere."""
    (tmp_path / "a.root").touch()
    fileset = {"dy": {"files": [str(tmp_path / "a.root")], "metadata": {"fine": 1, "scale": value}}}
    if said:
        with pytest.raises(DatasetError, match=rf"dataset 'dy': its metadata 'scale', {said}.*give numbers, texts"):
            resolve_dataset(fileset)
    else:
        assert resolve_dataset(fileset).metadata["scale"] is value


def test_metadata_of_classes_of_a_script_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of `__main__` can be pickled, and found by nobody else."""
    (tmp_path / "a.root").touch()
    monkeypatch.setattr(Model, "__module__", "__main__")
    monkeypatch.setattr(sys.modules["__main__"], "Model", Model, raising=False)
    with pytest.raises(DatasetError, match="Model is written in this script or notebook"):
        resolve_dataset({"dy": {"files": [str(tmp_path / "a.root")], "metadata": {"m": Model({})}}})
