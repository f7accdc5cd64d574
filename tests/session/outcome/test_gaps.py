"""What a result lacks, as a dataset."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import pytest

from overproof.records.account import MissingRange
from overproof.records.dataset import Dataset, FileGrid, FileSpec, Member
from overproof.records.outcome.failure import Failure
from overproof.records.outcome.gaps import Excluded, Missing, Split
from overproof.session.datasets import resolve_dataset
from overproof.session.datasets.expanding import expand
from overproof.session.outcome.gaps import Gaps, name_excluded, name_missing, name_splits
from overproof.words.errors import DatasetError

FILES = (
    FileSpec(path="/a.root", tree="Events"),
    FileSpec(path="/b.root", checksum="adler32:00000001"),
    FileSpec(path="/c.root", tree="Events"),
)
DATASET = Dataset(name="DY", files=FILES, metadata={"xs": 6.0})
FAILURE = Failure(
    kind="exception", cause="ValueError at a.py:3", reason="ValueError: x", traceback="Traceback", host="h"
)


def missing(file: int, first: int = 0, stop: int | None = None) -> Missing:
    return Missing(file=file, tree=None if stop is None else "Events", first=first, stop=stop, phase="read", reason="x")


def test_gaps_are_a_tuple() -> None:
    """What lacks can be compared, counted and pickled like any tuple, and keeps its dataset when pickled."""
    gaps = name_missing([missing(0, 5, 9)], DATASET)
    assert gaps == (MissingRange(file="/a.root", tree="Events", first=5, stop=9, phase="read", reason="x"),)
    again = pickle.loads(pickle.dumps(gaps))
    assert again == gaps
    assert again.dataset == gaps.dataset
    assert Gaps() == ()


def test_the_dataset_of_what_lacks_has_every_file_in_its_place() -> None:
    """Ranges become steps, neighbours one; a file of unknown length is asked for whole; what lacks nothing, not."""
    gaps = name_missing([missing(0, 5, 9), missing(0, 9, 12), missing(0, 20, 30), missing(1)], DATASET)
    assert gaps.dataset == Dataset(
        name="DY",
        files=(
            FileSpec(path="/a.root", tree="Events", steps=((5, 12), (20, 30))),
            FileSpec(path="/b.root", checksum="adler32:00000001"),
            FileSpec(path="/c.root", tree="Events", steps=()),
        ),
        metadata={"xs": 6.0},
    )


def test_a_file_that_stands_twice_lacks_where_it_lacks() -> None:
    """Places, not paths, tell which of two equal names lacks something."""
    twice = Dataset(name="twice", files=(FILES[0], FILES[0]))
    assert [spec.steps for spec in name_missing([missing(1, 5, 9)], twice).dataset.files] == [(), ((5, 9),)]
    with pytest.raises(DatasetError, match="is twice in one dataset"):
        name_missing([missing(1, 5, 9)], twice).as_fileset()


def test_two_trees_of_a_file_are_told_apart() -> None:
    """What lacks of one of them comes back in its place; of both, a fileset cannot say; where nothing lacks, it may."""
    names = ("Events", "Other")
    twice = Dataset(name="twice", files=tuple(FileSpec(path="/a.root", tree=tree) for tree in names))
    for place, tree in enumerate(names):
        gaps = name_missing([replace(missing(place, 5, 9), tree=tree)], twice)
        (part,) = expand(json.loads(json.dumps(gaps.as_fileset())))
        assert [(spec.tree, spec.steps) for spec in part.files] == [
            (each, ((5, 9),) if each == tree else ()) for each in names
        ]
    with pytest.raises(DatasetError, match="put the two into two datasets of a fileset"):
        name_missing([missing(0, 5, 9), missing(1, 5, 9)], twice).as_fileset()
    assert name_missing([], twice).as_fileset() == {}


@pytest.mark.parametrize("name", ["/br[2].root", "/what?.root", "root://host//a.root?key=1", "/run:1.root"])
def test_what_lacks_is_found_by_its_name_while_it_is_away(name: str) -> None:
    """No letter in it makes a pattern of it, or a tree."""
    away = Dataset(name="d", files=(FileSpec(path=name, tree="Events"), FILES[0]))
    (part,) = expand(json.loads(json.dumps(name_missing([missing(0)], away).as_fileset())))
    assert [spec.path for spec in part.files] == [name, "/a.root"]
    alone = Dataset(name="d", files=away.files[:1])
    grids = {0: FileGrid(tree="Events", n_entries=9, stops=(9,))}
    (part,) = expand(name_missing([missing(0, 0, 9)], alone, grids).as_fileset())
    assert [(spec.path, spec.steps) for spec in part.files] == [(name, ((0, 9),))]


def test_a_tree_that_nobody_named_is_that_of_the_other_files() -> None:
    """Coffea takes no file without a tree; here one that nobody could look into is asked for as it was."""
    unnamed = Dataset(name="d", files=tuple(FileSpec(path=f"/{name}.root") for name in "abc"))
    for grids, tree in (({}, "Events"), ({1: FileGrid(tree="Delphes", n_entries=5, stops=(5,))}, "Delphes")):
        fileset = name_missing([missing(0)], unnamed, grids).as_fileset()
        assert fileset["d"]["files"]["/a.root"]["object_path"] == tree
        (part,) = expand(fileset)
        assert part.files[0].tree == (None if tree == "Events" else tree)


def test_a_fileset_of_what_lacks_has_coffeas_form() -> None:
    """Files that lack something have steps, and what is known of them; of the others only their places are told."""
    grids = {0: FileGrid(tree="Events", n_entries=12, stops=(12,), uuid="u-1")}
    fileset = name_missing([missing(0, 5, 9), missing(1)], DATASET, grids).as_fileset()
    assert fileset == {
        "DY": {
            "files": {
                "/a.root": {"object_path": "Events", "steps": [[5, 9]], "num_entries": 12, "uuid": "u-1"},
                "/b.root": {"object_path": "Events", "steps": None, "checksum": "adler32:00000001"},
            },
            "metadata": {"xs": 6.0},
            "whole": [
                {
                    "name": "DY",
                    "files": [{"/a.root": "Events"}, {"/b.root": None}, {"/c.root": "Events"}],
                    "metadata": {"xs": 6.0},
                }
            ],
        }
    }
    alone = replace(DATASET, files=FILES[:1])
    assert "whole" not in name_missing([missing(0)], alone).as_fileset()["DY"]
    assert name_missing([], DATASET).as_fileset() == {}


def test_what_lacks_of_several_datasets_is_a_fileset_of_these() -> None:
    """Each dataset that lacks something has its own files and metadata in it; the same file in two lacks in one."""
    members = (
        Member(name="a", n_files=2, metadata={"xs": 1}),
        Member(name="b", n_files=1),
        Member(name="c", n_files=1),
    )
    dataset = Dataset(name="all", files=(FILES[0], FILES[2], FILES[0], FILES[1]), members=members)
    gaps = name_missing([missing(2, 5, 9), missing(3, 0, 7)], dataset)
    fileset = gaps.as_fileset()
    assert {name: list(each["files"]) for name, each in fileset.items()} == {"b": ["/a.root"], "c": ["/b.root"]}
    assert [each["name"] for each in fileset["b"]["whole"]] == ["a", "b", "c"]
    parts = expand(json.loads(json.dumps(fileset, sort_keys=True)))
    assert [(part.name, [spec.steps for spec in part.files], part.metadata) for part in parts] == [
        ("a", [(), ()], {"xs": 1}),
        ("b", [((5, 9),)], {}),
        ("c", [((0, 7),)], {}),
    ]
    same_names = replace(dataset, members=(members[0], Member(name="a", n_files=2)))
    with pytest.raises(DatasetError, match="two datasets are called 'a'"):
        name_missing([missing(3, 0, 7)], same_names).as_fileset()


def test_missing_and_excluded_are_lacking_together() -> None:
    """Ranges of both stand in the order of files and entries, and make one dataset."""
    failed = name_excluded([Excluded(file=0, tree="Events", first=7, stop=8, failure=FAILURE)], DATASET)
    both = name_missing([missing(0, 2, 3), missing(2, 5, 9)], DATASET) + failed
    assert [(gap.file, gap.first) for gap in both] == [("/a.root", 2), ("/a.root", 7), ("/c.root", 5)]
    assert [spec.steps for spec in both.dataset.files] == [((2, 3), (7, 8)), (), ((5, 9),)]


def test_filesets_and_gaps_resolve_to_the_same(tmp_path: object) -> None:
    """`session.process` takes what lacks itself, its dataset, and its fileset."""
    files = tuple(FileSpec(path=f"{tmp_path}/{name}.root", tree="Events") for name in "ab")
    for spec in files:
        open(spec.path, "wb").close()
    gaps = name_missing([missing(1, 5, 9)], Dataset(name="DY", files=files))
    assert resolve_dataset(gaps) == resolve_dataset(gaps.dataset) == resolve_dataset(gaps.as_fileset()) == gaps.dataset
    with pytest.raises(DatasetError, match="nothing lacks"):
        resolve_dataset(name_missing([], Dataset(name="DY", files=files)))


def test_cycles_have_no_dataset() -> None:
    """What lacks of cycles is told, and cannot be processed as files."""
    gaps = name_excluded([Excluded(file=0, tree="", first=3, stop=4, failure=FAILURE)], None)
    assert (gaps[0].file, gaps[0].tree, gaps[0].host) == ("cycles", None, "h")
    with pytest.raises(DatasetError, match="cycles"):
        _ = gaps.dataset


def test_splits_are_named() -> None:
    """A range computed in two has its path and the reason why."""
    (named,) = name_splits([Split(file=1, tree="T", first=0, at=5, stop=10, failure=FAILURE)], DATASET)
    assert (named.file, named.first, named.at, named.stop, named.reason) == ("/b.root", 0, 5, 10, "ValueError: x")
