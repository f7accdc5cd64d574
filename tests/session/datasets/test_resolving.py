"""Laws of what a dataset may be written as."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from overproof.records.dataset import Dataset, FileSpec, Member
from overproof.session.datasets import DuplicateWarning, resolve_dataset, split_tree
from overproof.words.errors import DatasetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("f1.root", "f2.root", "f10.root"):
        (tmp_path / name).write_bytes(b"root")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a.root", ("a.root", None)),
        ("a.root:Events", ("a.root", "Events")),
        ("a.root:dir/tree;2", ("a.root", "dir/tree;2")),
        ("root://host:1094//store/a.root", ("root://host:1094//store/a.root", None)),
        ("root://host//store/a.root:Events", ("root://host//store/a.root", "Events")),
        ("https://host:8443/a.root:Events", ("https://host:8443/a.root", "Events")),
        ("file://a.root", ("file://a.root", None)),
        ("C:\\a.root", ("C:\\a.root", None)),
    ],
)
def test_the_tree_stands_behind_the_last_colon_that_is_no_urls(text: str, parts: tuple[str, str | None]) -> None:
    """A scheme, a port and a drive letter are not trees."""
    assert split_tree(text) == parts


def test_a_colon_in_the_name_of_an_existing_file_is_part_of_it(tmp_path: Path) -> None:
    """What exists is taken as it is."""
    path = tmp_path / "run:7"
    path.write_bytes(b"root")
    assert split_tree(str(path)) == (str(path), None)


def test_a_glob_sorts_numbers_as_numbers(folder: Path) -> None:
    """The order of entries is the order of files, and people count f9 before f10."""
    dataset = resolve_dataset(f"{folder}/*.root:Events")
    assert [Path(spec.path).name for spec in dataset.files] == ["f1.root", "f2.root", "f10.root"]
    assert {spec.tree for spec in dataset.files} == {"Events"}


def test_lists_nest_and_keep_their_order(folder: Path) -> None:
    """Paths, strings with trees and lists of them may be mixed."""
    dataset = resolve_dataset([folder / "f2.root", [f"{folder}/f1.root:A"]], tree="B")
    assert dataset.files == (
        FileSpec(path=f"{folder}/f2.root", tree="B"),
        FileSpec(path=f"{folder}/f1.root", tree="A"),
    )


def test_filesets_of_one_dataset_are_taken_in_both_forms(folder: Path) -> None:
    """Files of a fileset are a list with `treename`, or a mapping to trees."""
    path = f"{folder}/f1.root"
    listed = resolve_dataset({"zmumu": {"files": [path], "treename": "Events", "metadata": {}}})
    mapped = resolve_dataset({"zmumu": {"files": {path: "Events"}}})
    assert listed == mapped == Dataset(name="zmumu", files=(FileSpec(path=path, tree="Events"),))


def test_several_datasets_become_one_with_members(folder: Path) -> None:
    """Files stand one dataset after the other, as in the fileset; each member keeps its name and its metadata."""
    fileset = {
        "mc": {"files": {f"{folder}/f2.root": "Events", f"{folder}/f1.root": "Events"}, "metadata": {"xs": 2.5}},
        "data": [f"{folder}/f10.root:Events"],
    }
    dataset = resolve_dataset(fileset)
    assert [Path(spec.path).name for spec in dataset.files] == ["f2.root", "f1.root", "f10.root"]
    assert dataset.members == (Member(name="mc", n_files=2, metadata={"xs": 2.5}), Member(name="data", n_files=1))
    assert [dataset.member_of(file).name for file in range(3)] == ["mc", "mc", "data"]
    assert (dataset.name, dataset.metadata) == ("mc and data", {})
    assert resolve_dataset(dataset) == dataset


def test_the_same_file_in_two_datasets_is_counted_in_each(folder: Path) -> None:
    """What belongs to one dataset says nothing of another; twice in one is once, with all entries asked for."""
    path = f"{folder}/f1.root"
    dataset = resolve_dataset({"a": [path], "b": [path]})
    assert [spec.path for spec in dataset.files] == [path, path]
    listed = [{path: {"object_path": "T", "steps": [[0, 5]]}}, {path: {"object_path": "T", "steps": [[3, 9]]}}]
    with pytest.warns(DuplicateWarning):
        dataset = resolve_dataset({"a": {"files": listed}, "b": [path]})
    assert [(spec.steps, dataset.member_of(place).name) for place, spec in enumerate(dataset.files)] == [
        (((0, 9),), "a"),
        (None, "b"),
    ]


def test_a_path_is_kept_as_it_was_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers find the file wherever they are; processors see the path of the fileset."""
    monkeypatch.chdir(folder)
    (written,) = resolve_dataset({"a": {"files": {"./f1.root": "Events"}}}).files
    assert (written.path, written.written) == (f"{folder}/f1.root", "./f1.root")
    assert resolve_dataset(f"{folder}/f1.root").files[0].written == ""
    monkeypatch.setenv("HOME", str(folder))
    (written,) = resolve_dataset("~/f1.root").files
    assert (written.path, written.written) == (f"{folder}/f1.root", "~/f1.root")


def test_a_file_named_twice_is_counted_once_with_a_warning(folder: Path) -> None:
    """The same file by two names is the same file."""
    twice = [f"{folder}/f1.root", f"{folder}/../{folder.name}/f1.root"]
    with pytest.warns(DuplicateWarning, match=r"1 of 2 files are repetitions"):
        dataset = resolve_dataset(twice)
    assert len(dataset.files) == 1
    assert len(resolve_dataset(twice, allow_duplicates=True).files) == 2


def test_a_file_without_a_tree_is_the_same_as_with_the_usual_one(folder: Path) -> None:
    """Which of its trees is meant is known then; with another one it is counted too, and that is said."""
    path = f"{folder}/f1.root"
    for twice in ([path, f"{path}:Events"], [f"{path}:Events", path]):
        with pytest.warns(DuplicateWarning, match="1 of 2 files are repetitions"):
            assert [spec.tree for spec in resolve_dataset(twice).files] == ["Events"]
    for both in ([path, f"{path}:Other"], [f"{path}:Other", path]):
        with pytest.warns(DuplicateWarning, match=r"f1\.root is named with the tree Other and without any"):
            assert sorted(spec.tree or "" for spec in resolve_dataset(both).files) == ["", "Other"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resolve_dataset([f"{path}:Events", f"{path}:Other"])


def test_files_limits_from_the_start(folder: Path) -> None:
    """`files=2` keeps the first two."""
    dataset = resolve_dataset(f"{folder}/*.root", files=2)
    assert [Path(spec.path).name for spec in dataset.files] == ["f1.root", "f2.root"]


def test_what_does_not_exist_is_said_with_what_is_near(folder: Path) -> None:
    """Absent files, directories and globs without matches are errors before any work."""
    with pytest.raises(DatasetError, match=r"f1\.rot: no such file; did you mean f1\.root"):
        resolve_dataset(f"{folder}/f1.rot")
    with pytest.raises(
        DatasetError, match=r"is a directory, not a ROOT file; to take all files in it say '.*/\*\.root'"
    ):
        resolve_dataset(folder)
    with pytest.raises(DatasetError, match="no file matches this pattern"):
        resolve_dataset(f"{folder}/*.dat")
    with pytest.raises(DatasetError, match="globs work on local paths only; list remote files one by one"):
        resolve_dataset("root://host//store/*.root:Events")
    with pytest.raises(DatasetError, match="the dataset is empty"):
        resolve_dataset([])
    with pytest.raises(DatasetError, match="the path of a file is empty"):
        resolve_dataset("")


def test_one_absent_file_among_others_is_left_to_the_account(folder: Path) -> None:
    """A dataset of which something exists is processed; what is absent is accounted for."""
    assert len(resolve_dataset([f"{folder}/f1.root", f"{folder}/gone.root"]).files) == 2


def test_a_file_named_with_and_without_its_tree_is_one_file(folder: Path) -> None:
    """Without a tree the only one is meant, so both names mean the same entries; two trees of a file are two."""
    path = f"{folder}/f1.root"
    with pytest.warns(DuplicateWarning):
        assert len(resolve_dataset([path, f"{path}:Events"]).files) == 1
    with pytest.warns(DuplicateWarning):
        assert len(resolve_dataset([f"{path}:Events", path]).files) == 1
    assert len(resolve_dataset([f"{path}:Events", f"{path}:Runs"]).files) == 2


def test_filesets_as_other_tools_emit_them_are_taken(folder: Path) -> None:
    """A list of files, and files with an object path, steps (neighbours become one) and a checksum."""
    path = f"{folder}/f1.root"
    assert resolve_dataset({"DY": [path]}, tree="Events").files == (FileSpec(path=path, tree="Events"),)
    described = {"DY": {"files": {path: {"object_path": "Events", "steps": None, "num_entries": 5, "uuid": "u"}}}}
    assert resolve_dataset(described).files == (FileSpec(path=path, tree="Events", n_entries=5, uuid="u"),)
    described["DY"]["files"][path] |= {"steps": [[5, 9], [0, 3], [3, 4]], "checksum": "adler32:0123abcd"}
    assert resolve_dataset(described).files == (
        FileSpec(path=path, tree="Events", steps=((0, 4), (5, 9)), checksum="adler32:0123abcd", n_entries=5, uuid="u"),
    )


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("steps", [[0, 5], [4, 9]], "no entry may be counted twice"),
        ("steps", [[5, 0]], "no range of entries"),
        ("steps", [[-1, 5]], "no range of entries"),
        ("steps", "all", "pairs of whole numbers"),
        ("steps", [[0.5, 1]], "pairs of whole numbers"),
        ("checksum", "0123", "adler32:0123abcd"),
        ("checksum", 5, "adler32:0123abcd"),
    ],
)
def test_descriptions_that_make_no_sense_are_refused(folder: Path, key: str, value: object, said: str) -> None:
    """Steps that overlap or are none, and checksums without an algorithm, are said with the path."""
    with pytest.raises(DatasetError, match=rf"f1\.root: .*{said}"):
        resolve_dataset({"DY": {"files": {f"{folder}/f1.root": {"object_path": "Events", key: value}}}})


def test_a_file_without_steps_need_not_exist(folder: Path) -> None:
    """Files of which nothing is asked for are never opened; a dataset of which nothing asked for exists is an error."""
    described = {
        f"{folder}/gone.root": {"object_path": "Events", "steps": []},
        f"{folder}/f1.root": {"object_path": "Events", "steps": [[0, 1]]},
    }
    assert [spec.steps for spec in resolve_dataset({"DY": {"files": described}}).files] == [(), ((0, 1),)]
    described[f"{folder}/gone.root"]["steps"], described[f"{folder}/f1.root"]["steps"] = [[0, 1]], []
    with pytest.raises(DatasetError, match="no such file"):
        resolve_dataset({"DY": {"files": described}})
    described[f"{folder}/gone.root"]["steps"] = []
    with pytest.raises(DatasetError, match="no entries are asked for"):
        resolve_dataset({"DY": {"files": described}})


def test_a_dataset_is_named_after_what_it_is(folder: Path) -> None:
    """One file gives its name, a pattern that of its directory; several give none."""
    names = {
        f"{folder}/f1.root:Events": "f1",
        f"{folder}/*.root": folder.name,
        (f"{folder}/f1.root",): "f1",
        (f"{folder}/f1.root", f"{folder}/f2.root"): "files",
    }
    assert {data: resolve_dataset(data).name for data in names} == names
