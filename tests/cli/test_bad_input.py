"""Bad input: one clear line, exit code 2, nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import uproot

INLINE = ("--engine", "inline", "--bins", "10,0,1000")


@pytest.fixture
def bad_files(tmp_path: Path, numbers: Path, truncated: Path) -> dict[str, object]:
    """Files of every sort of badness, by what is bad about them."""
    (tmp_path / "text.root").write_text("no ROOT file at all, but long enough to be looked at" * 10)
    with uproot.recreate(tmp_path / "two.root") as file:
        for tree in ("data", "mc"):
            file.mktree(tree, {"n": "int64"})
            file[tree].extend({"n": np.arange(3)})
    return {
        "missing": tmp_path / "nowhere.root",
        "directory": tmp_path,
        "truncated": truncated,
        "text": tmp_path / "text.root",
        "two": tmp_path / "two.root",
        "no tree": f"{numbers}:Event",
        "pattern": tmp_path / "*.nothing",
    }


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("missing", "no such file"),
        ("directory", "is a directory"),
        ("truncated", "cut short"),
        ("text", "not a ROOT file"),
        ("two", "two.root:mc"),
        ("no tree", "Events"),
        ("pattern", "no file matches"),
    ],
)
def test_a_bad_file_is_one_line(call: Callable, bad_files: dict[str, object], what: str, said: str) -> None:
    """A dataset with nothing in it that can be read is refused in one line, with exit code 2."""
    called = call("draw", bad_files[what], "n", *INLINE)
    assert called.code == 2
    assert said in called.err
    assert len(called.err.splitlines()) == 1
    assert called.out == ""


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("n +", "\n    n +\n       ^"),
        ("", "expression is empty"),
        ("nn", "nearest: `n`"),
        ("sqrt(n", "^"),
    ],
)
def test_a_bad_expression_shows_the_place(call: Callable, numbers: Path, expression: str, said: str) -> None:
    """An expression that cannot be understood is shown with a caret, or with the nearest names; exit code 2."""
    called = call("draw", numbers, expression, *INLINE)
    assert called.code == 2
    assert said in called.err
    assert "Traceback" not in called.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--workers", "0"), "0 workers"),
        (("--workers", "many"), "--workers"),
        (("--engine", "nowhere"), "no engine 'nowhere'"),
        (("--engine", "local:x"), "local:4"),
        (("--engine", ""), "--engine is empty"),
        (("--packetizer", "clever"), "clever"),
        (("--block-entries", "0"), "'--block-entries': 0 is not in the range x>=1"),
        (("--entries", "0"), "'--entries': 0 is not in the range x>=1"),
        (("--first", "-1"), "'--first': -1 is not in the range x>=0"),
        (("--files", "0"), "'--files': 0 is not in the range x>=1"),
        (("--bins", "ten"), "n, low, high"),
        (("--json", "out.txt"), ".json"),
        (("--json", "nowhere/out.json"), "no directory"),
        (("--root", "out.json"), ".root"),
        (("--root", "nowhere/out.root"), "no directory"),
        (("--root", ""), "--root is empty"),
        (("--json", ""), "--json is empty"),
        (("--plot", ""), "--plot is empty"),
        (("--plot", "out.gif"), ".png"),
        (("--plot", "nowhere/out.png"), "no directory"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_a_bad_option_is_one_line(
    call: Callable,
    numbers: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    """An option that makes no sense is refused before the work with what would make sense; nothing is written."""
    monkeypatch.chdir(tmp_path)
    engine = () if arguments[0] in ("--engine", "--workers") else INLINE[:2]
    bins = () if arguments[0] == "--bins" else ("--bins", "10,0,1000")
    called = call("draw", numbers, "n", *engine, *bins, *arguments)
    assert called.code == 2
    assert said in called.err
    assert "Traceback" not in called.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["draw", "run", "exec", "inspect"])
def test_what_is_missing_is_named(call: Callable, verb: str) -> None:
    """A verb without its arguments says which it misses, in one line, and where help is."""
    called = call(verb)
    assert called.code == 2
    assert "Missing argument" in called.err
    assert f"overproof {verb} --help" in called.err
    assert len(called.err.splitlines()) == 1


def test_an_unknown_verb_is_refused(call: Callable) -> None:
    """A verb that does not exist is bad usage."""
    called = call("drow")
    assert (called.code, "drow" in called.err) == (2, True)


def test_an_expression_with_a_minus_sign_is_explained(call: Callable, numbers: Path) -> None:
    """`-n` looks like an option: the error says how to draw it, and so it is drawn."""
    assert "put `--` before it" in call("draw", *INLINE, numbers, "-n").err
    assert call("draw", *INLINE, "--", numbers, "-n").code == 0


def test_a_protected_place_is_found_before_the_work(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """A directory in the place of an output is found before the selector is even imported."""
    (tmp_path / "out.root").mkdir()
    called = call("run", tmp_path / "nowhere.py", numbers, "-o", tmp_path / "out.root", "--engine", "inline")
    assert called.code == 2
    assert "is a directory" in called.err


def test_data_are_never_written_to(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """A place that is one of the files to read, by whatever name or pattern, is refused; the file is as it was."""
    data, link, other = tmp_path / "data.root", tmp_path / "link.root", tmp_path / "hard.root"
    data.write_bytes(numbers.read_bytes())
    link.symlink_to(data)
    other.hardlink_to(data)
    for files in (f"{data}:Events", link, other, tmp_path / "*.root"):
        called = call("draw", files, "n", *INLINE, "--root", data)
        assert called.code == 2
        assert (
            called.err.splitlines()[-1] == f"overproof: {data}: is one of the files to read; choose another place "
            "for the output"
        )
    assert data.read_bytes() == numbers.read_bytes()


def test_run_data_are_never_written_to(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """The places of `run` are judged before its selector is imported; an empty one is none."""
    data = tmp_path / "data.root"
    data.write_bytes(numbers.read_bytes())
    called = call("run", tmp_path / "nowhere.py", data, "-o", data, "--engine", "inline")
    assert (called.code, "one of the files to read" in called.err) == (2, True)
    assert "--output is empty" in call("run", tmp_path / "nowhere.py", data, "-o", "").err
    assert data.read_bytes() == numbers.read_bytes()


def test_a_histogram_named_as_in_root(call: Callable, numbers: Path) -> None:
    """`x>>h(10,0,100)` says name and binning; a shift of bits outside of parentheses is answered with both readings."""
    called = call("draw", numbers, "n >> h(10,0,100)", "--json", "-", "--engine", "inline")
    assert (called.code, json.loads(called.out)["name"]) == (0, "h")
    called = call("draw", numbers, "n >> 2", *INLINE)
    assert (called.code, "`(a >> b)` for a shift" in called.err) == (2, True)


def test_inspect_refuses_in_one_line(call: Callable, numbers: Path, truncated: Path, tmp_path: Path) -> None:
    """`inspect` of what is absent, cut or has no such tree is one line and exit code 2."""
    for file in (tmp_path / "nowhere.root", truncated, tmp_path, f"{numbers}:Runs"):
        called = call("inspect", file)
        assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1), called


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--on-error", "ignore", "isolate"),
        ("--max-excluded", "-1", "--max-excluded"),
        ("--max-excluded", "1%", "--max-excluded"),
        ("--block-timeout", "0", "--block-timeout"),
        ("--block-timeout", "nan", "block_timeout_s"),
        ("--memory-limit", "", "such as 2GB"),
        ("--memory-limit", "lots", "such as 2GB"),
        ("--memory-limit", "1kB", "memory_limit_bytes"),
        ("--delta-interval", "-1", "--delta-interval"),
        ("--delta-interval", "nan", "delta_interval_s"),
    ],
)
def test_limits_that_make_no_sense(call: Callable, numbers: Path, option: str, value: str, said: str) -> None:
    """What may fail, take time or take memory is given as a sensible number: else one line, exit code 2, no work."""
    called = call("draw", numbers, "n", *INLINE, option, value)
    assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1), called
    assert said in called.err


@pytest.mark.parametrize(
    ("engine", "option", "said"),
    [
        ("slurm:2", "nonsense=1", "slurm has no option nonsense"),
        ("slurm:2", "cores=-1", "cores=-1: give a whole number of at least 1"),
        ("htcondor:2", "cores=0", "cores=0: give a whole number of at least 1"),
        ("slurm:2", "worker_extra_args=--foo", "give a list of texts"),
        ("slurm:2", "ports=40000", "two are needed"),
        ("slurm:2", "ports=40099-40000", "the range goes backwards"),
        ("dask://127.0.0.1:1", "ports=70000", "ports go from 1 to 65535"),
    ],
)
def test_an_option_of_an_engine_that_cannot_be_is_one_line(
    call: Callable, numbers: Path, engine: str, option: str, said: str
) -> None:
    """It is refused before anything starts, in one short line that holds nothing else that the engine is given."""
    pytest.importorskip("dask_jobqueue", reason="the extra dask is not installed")
    called = call("draw", numbers, "n", "--engine", engine, "--engine-option", option, "--bins", "10,0,1000")
    assert called.code == 2
    assert said in called.err
    assert len(called.err.splitlines()) == 1
    assert len(called.err) < 300
