"""Results as files: whole or not at all."""

from __future__ import annotations

import json
import os
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest
import uproot

from overproof.outputs.save import check_writable, save_outputs
from overproof.words.errors import OutputError


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    """A histogram and a number."""
    return {"h": hist.Hist.new.Reg(3, 0, 3, name="x").Weight().fill([0.5, 1.5], weight=2), "n": 3}


@pytest.mark.parametrize("suffix", [".root", ".json", ".pkl"])
def test_checking_leaves_nothing_behind(tmp_path: Path, suffix: str) -> None:
    """A place that can be written stays empty until there is something to write."""
    check_writable(tmp_path / f"result{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("x.txt", "format"), ("x", "format"), ("absent/x.json", "no directory"), ("there.json", "is a directory")],
)
def test_bad_places_are_found_before_the_work(tmp_path: Path, name: str, complaint: str) -> None:
    """The error says where, and what to do."""
    (tmp_path / "there.json").mkdir()
    with pytest.raises(OutputError, match=complaint):
        check_writable(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_protected_directories_are_found(tmp_path: Path) -> None:
    """No permission is found before the work."""
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot write"):
        check_writable(tmp_path / "x.json")


def test_json_and_pickle_hold_the_result(tmp_path: Path, outputs: dict[str, Any]) -> None:
    """What is read back is what was saved; the same result makes the same bytes."""
    for name in ("a.json", "b.json", "a.pkl", "b.pkl"):
        assert save_outputs(tmp_path / name, outputs) == []
    assert json.loads((tmp_path / "a.json").read_text())["outputs"]["h"]["contents"] == [0, 2, 2, 0, 0]
    assert pickle.loads((tmp_path / "a.pkl").read_bytes()) == outputs
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert (tmp_path / "a.pkl").read_bytes() == (tmp_path / "b.pkl").read_bytes()


def test_pickles_do_not_tell_which_strings_were_one_object(tmp_path: Path) -> None:
    """Equal results make equal bytes, also when one of them came through a pipe."""
    word = "".join(["mu", "on"])
    save_outputs(tmp_path / "a.pkl", {"l": [word, word]})
    save_outputs(tmp_path / "b.pkl", {"l": [word, "".join(["mu", "on"])]})
    assert (tmp_path / "a.pkl").read_bytes() == (tmp_path / "b.pkl").read_bytes()


def test_a_given_document_is_what_json_holds(tmp_path: Path, outputs: dict[str, Any]) -> None:
    """Account and exclusions travel in the document."""
    save_outputs(tmp_path / "a.json", outputs, document={"outputs": {}, "account": {"total": 5}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"outputs": {}, "account": {"total": 5}}


@pytest.mark.parametrize("bad", [{"f": Fraction(1, 2)}, {"f": object()}])
def test_a_failure_leaves_the_old_file(tmp_path: Path, bad: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Whole or not at all: the old result stays, and no part of the new one."""
    target = tmp_path / "a.json"
    save_outputs(target, outputs)
    before = target.read_bytes()
    with pytest.raises(OutputError, match="'f'"):
        save_outputs(target, bad)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_what_cannot_be_pickled_is_said(tmp_path: Path) -> None:
    """A result with an open file in it is refused, and leaves nothing."""
    with (tmp_path / "open").open("w") as handle, pytest.raises(OutputError, match="cannot be pickled"):
        save_outputs(tmp_path / "a.pkl", {"f": handle})
    assert not (tmp_path / "a.pkl").exists()


def test_root_files_hold_histograms_tables_and_arrays(tmp_path: Path, outputs: dict[str, Any]) -> None:
    """Histograms become TH1D with Sumw2 and flow bins, tables TTrees, dicts directories; the rest is told."""
    everything = outputs | {
        "table": ak.Array([{"pt": 1.5, "hits": [1, 2]}, {"pt": 2.5, "hits": []}]),
        "array": np.arange(4),
        "deep": {"2d": hist.Hist.new.Reg(2, 0, 2).StrCat([], growth=True).Double().fill([0.5, 9, 1], ["a", "b", "b"])},
        "profile": hist.Hist.new.Reg(2, 0, 2).Mean().fill([0.5, 0.5], sample=[1, 3]),
        "4d": hist.Hist.new.Reg(1, 0, 1).Reg(1, 0, 1).Reg(1, 0, 1).Reg(1, 0, 1).Double(),
    }
    left_out = save_outputs(tmp_path / "a.root", everything)
    assert [line.split(":")[0] for line in left_out] == ["n", "4d"]
    with uproot.open(tmp_path / "a.root") as file:
        assert file["h"].classname == "TH1D"
        assert file["h"].values(flow=True).tolist() == [0, 2, 2, 0, 0]
        assert file["h"].variances(flow=True).tolist() == [0, 4, 4, 0, 0]
        assert file["h"].member("fEntries") == 2
        assert file["deep/2d"].values(flow=True)[1:, 1:3].tolist() == [[1, 0], [0, 1], [0, 1]]
        assert file["deep/2d"].member("fYaxis").labels() == ["a", "b"]
        assert file["profile"].classname == "TProfile"
        assert file["profile"].values().tolist() == [2, 0]
        assert file["profile"].counts(flow=True).tolist() == [0, 2, 0, 0]
        assert file["profile"].errors(error_mode="s").tolist() == [1, 0]
        assert file["table"]["pt"].array().to_list() == [1.5, 2.5]
        assert file["table"]["hits"].array().to_list() == [[1, 2], []]
        assert file["array"]["value"].array().to_list() == [0, 1, 2, 3]
    assert [path.name for path in tmp_path.iterdir()] == ["a.root"]


def test_profiles_of_every_dimension_are_roots(tmp_path: Path) -> None:
    """Means become TProfile, TProfile2D or TProfile3D, whose contents, sums over sums, are the means exactly."""
    generator = np.random.default_rng(0)
    points, values, weights = generator.uniform(0, 2, (3, 50)), generator.normal(5, 1, 50), generator.uniform(0, 2, 50)
    profiles = {
        f"p{n}": hist.Hist(*[hist.axis.Regular(n + 1, 0, 2)] * n, storage=hist.storage.WeightedMean()).fill(
            *points[:n], sample=values, weight=weights
        )
        for n in (1, 2, 3)
    }
    assert save_outputs(tmp_path / "a.root", profiles) == []
    with uproot.open(tmp_path / "a.root") as file:
        for n, name in ((1, "TProfile"), (2, "TProfile2D"), (3, "TProfile3D")):
            profile, written = profiles[f"p{n}"], file[f"p{n}"]
            assert written.classname == name
            assert written.values(flow=True).tolist() == profile.values(flow=True).tolist()
            squares = profile.view(flow=True)["sum_of_weights_squared"]
            assert np.asarray(written.member("fBinSumw2")).tolist() == squares.T.reshape(-1).tolist()


def test_labels_and_edges_reach_root(tmp_path: Path) -> None:
    """Categories are labels of bins, and every kind of axis has the edges that it has here."""
    axes = {
        "bool": hist.axis.Boolean(),
        "integers": hist.axis.Integer(-2, 3),
        "decades": hist.axis.Regular(3, 1, 1000, transform=hist.axis.transform.log),
        "names": hist.axis.StrCategory(["mu", "e"], growth=True),
    }
    save_outputs(
        tmp_path / "a.root", {name: hist.Hist(axis, storage=hist.storage.Weight()) for name, axis in axes.items()}
    )
    with uproot.open(tmp_path / "a.root") as file:
        edges = {name: file[name].axis().edges().tolist() for name in axes}
        assert file["names"].axis().labels() == ["mu", "e"]
    assert edges == {name: axis.edges.tolist() for name, axis in axes.items()}


def test_a_directory_and_a_histogram_of_one_name_are_told(tmp_path: Path) -> None:
    """A ROOT file has one thing of each name: the first is there, the other is left out with the reason."""
    one, other = (hist.Hist.new.Reg(2, 0, 1).Double().fill(fills) for fills in ([0.1], [0.1, 0.2]))
    for outputs, kept in (
        ({"a": {"h": one}, "a/h": {"h": other}}, "a/h"),
        ({"a/h": {"h": other}, "a": {"h": one}}, "a/h/h"),
    ):
        (left_out,) = save_outputs(tmp_path / "out.root", outputs)
        assert "a directory and something else cannot have one name" in left_out
        with uproot.open(tmp_path / "out.root") as file:
            assert kept in file.keys(cycle=False)
