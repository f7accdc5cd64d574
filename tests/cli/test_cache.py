"""`overproof cache`, and queries without it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, for files that were written just now too."""
    monkeypatch.setenv("OVERPROOF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OVERPROOF_CACHE_SIZE", "10MB")
    monkeypatch.setattr("overproof.columns.cache.version.FINE_S", 0.0)
    return tmp_path / "cache"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.root"
    with uproot.recreate(path) as file:
        file.mktree("Events", {"n": "int64"})
        file["Events"].extend({"n": np.arange(10_000)})
    return path


def draw(call: Callable[..., Any], sample: Path, *options: str) -> dict[str, Any]:
    called = call(
        "draw",
        f"{sample}:Events",
        "n",
        "--bins",
        "10,0,10000",
        "--engine",
        "inline",
        "--stats",
        "--json",
        "-",
        *options,
    )
    assert called.code == 0, called.err
    document: dict[str, Any] = json.loads(called.out)
    return document


def test_columns_are_shown_and_cleared(call: Callable[..., Any], place: Path, sample: Path) -> None:
    """A query keeps what it reads; `cache` lists it, `clear` throws it away."""
    assert "none yet" in call("cache").out
    first = draw(call, sample)
    shown = call("cache", "show").out
    assert str(place) in shown
    assert "of 10.00 MB" in shown
    assert f"{sample}:Events" in shown
    again = draw(call, sample)
    assert again["contents"] == first["contents"]
    assert first["statistics"]["read_bytes"] > again["statistics"]["read_bytes"] == 0
    document = json.loads(call("cache", "show", "--json", "-").out)["cache"]
    (column,) = document["columns"]
    assert (column["path"], column["tree"], column["column"]) == (str(sample), "Events", "n")
    assert document["used_bytes"] == column["size_bytes"] > 80_000
    assert column["uses"] == 2
    assert "cleared" in call("cache", "clear").out
    assert json.loads(call("cache", "show", "--json", "-").out)["cache"]["columns"] == []
    assert draw(call, sample)["statistics"]["read_bytes"] > 0


def test_no_cache_reads_everything(call: Callable[..., Any], place: Path, sample: Path) -> None:
    """With `--no-cache` nothing is kept, and nothing that is kept is used."""
    draw(call, sample, "--no-cache")
    assert not place.exists()
    draw(call, sample)
    assert draw(call, sample, "--no-cache")["statistics"]["read_bytes"] > 0


def test_off_is_off(call: Callable[..., Any], place: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`OVERPROOF_CACHE=off` keeps nothing, and the command says so."""
    monkeypatch.setenv("OVERPROOF_CACHE", "off")
    draw(call, sample)
    assert draw(call, sample)["statistics"]["read_bytes"] > 0
    for verb in (["show"], ["clear"], []):
        assert "off" in call("cache", *verb).out
    assert "OVERPROOF_CACHE=on" in call("cache", "clear").out
    assert json.loads(call("cache", "show", "--json", "-").out)["cache"] is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OVERPROOF_CACHE", "FILE", "is no directory; name one for the cache, or say off"),
        ("OVERPROOF_CACHE_SIZE", "much", "give a size with its unit, such as 2GB, 500MB or 1.5GiB"),
    ],
    ids=["place", "size"],
)
def test_bad_places_are_refused(
    name: str,
    value: str,
    said: str,
    call: Callable[..., Any],
    place: Path,
    sample: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cache that cannot be is bad input, for every verb, before anything is computed."""
    monkeypatch.setenv(name, str(sample) if value == "FILE" else value)
    for arguments in (("cache",), ("count", f"{sample}:Events", "--engine", "inline")):
        called = call(*arguments)
        assert called.code == 2
        assert name in called.err
        assert said in called.err


def test_a_directory_of_others_is_told(call: Callable[..., Any], place: Path, sample: Path) -> None:
    """A directory that others may enter is not used: queries go on without, and the command says why."""
    draw(call, sample)
    (own,) = place.iterdir()
    own.chmod(0o755)
    assert draw(call, sample)["statistics"]["read_bytes"] > 0
    assert "does not belong to you alone" in call("cache").out
    cleared = call("cache", "clear")
    assert cleared.code == 2
    assert "does not belong to you alone" in cleared.out
    assert "cleared" not in cleared.out


@pytest.mark.parametrize("verb", ["show", "clear"])
def test_a_place_that_cannot_be_made_is_told(
    verb: str, call: Callable[..., Any], sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queries go on without, and the command says why nothing is kept; where it can be made, nothing is made."""
    monkeypatch.setenv("OVERPROOF_CACHE", "/proc/absent")
    draw(call, sample)
    assert "problem     it cannot be made" in call("cache", verb).out
    place = sample.parent / "deep" / "cache"
    monkeypatch.setenv("OVERPROOF_CACHE", str(place))
    assert "problem" not in call("cache", verb).out
    assert not place.parent.exists()


def test_a_place_that_cannot_be_written_is_told(
    call: Callable[..., Any], place: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory of one's own may be closed to oneself, or lie on a disk that is read only."""
    draw(call, sample)
    (own,) = place.iterdir()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != own)
    assert "you may not write there" in call("cache").out


def test_compiled_functions_are_told_and_thrown_away(
    call: Callable[..., Any], place: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a draw was compiled to is counted by `show`, kept for the next draw, and gone after `clear`."""
    monkeypatch.setenv("OVERPROOF_PATH", "compiled")
    assert draw(call, sample)["statistics"]["path"] == "compiled"
    first = json.loads(call("cache", "show", "--json", "-").out)["compiled"]
    assert first["n_functions"] >= 1
    draw(call, sample)
    assert f"{first['n_functions']} functions" in call("cache", "show").out
    assert "of functions thrown away" in call("cache", "clear").out
    assert json.loads(call("cache", "show", "--json", "-").out)["compiled"]["n_functions"] == 0


def test_functions_in_a_directory_that_others_can_enter_are_told(
    call: Callable[..., Any], place: Path, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of a home is often open to others: nothing in it is run, and the command says why."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "copy"))
    monkeypatch.setenv("OVERPROOF_PATH", "compiled")
    draw(call, sample)
    assert "problem" not in call("cache", "show").out
    (tmp_path / "copy" / "kernels").chmod(0o755)
    shown = call("cache", "show", "--json", "-").out
    assert "chmod 700" in json.loads(shown)["compiled"]["problem"]
    assert "problem     it does not belong to you alone" in call("cache", "show").out
    cleared = call("cache", "clear")
    assert "problem     it does not belong to you alone" in cleared.out
    assert cleared.code == 2
    (tmp_path / "copy" / "kernels").chmod(0o700)
    assert json.loads(call("cache", "show", "--json", "-").out)["compiled"]["n_functions"] >= 1


def test_no_home_for_functions_is_told(call: Callable[..., Any], place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts of services have no home: functions are compiled each time."""
    monkeypatch.setattr("overproof.columns.machine.memory.place", lambda: None)
    assert "name one (OVERPROOF_HOME)" in call("cache", "show").out
