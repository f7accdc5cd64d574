"""`overproof exec`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

SCRIPT = "import sys\nimport overproof as op\nprint('I am', op.rank, 'of', op.size, sys.argv[1:])\nop.rank * 10\n"


def test_every_worker_answers(call: Callable, tmp_path: Path) -> None:
    """What each worker printed and the value of the last expression come back, by worker."""
    (tmp_path / "who.py").write_text(SCRIPT)
    called = call("exec", "--workers", "2", "--json", "-", tmp_path / "who.py", "-v", "3")
    workers = json.loads(called.out)["workers"]
    assert called.code == 0
    assert [each["value"] for each in workers] == [0, 10]
    assert [each["stdout"] for each in workers] == [f"I am {rank} of 2 ['-v', '3']\n" for rank in range(2)]


def test_text_is_marked_by_worker(call: Callable, tmp_path: Path) -> None:
    """Each line on the terminal has its worker's name before it; values too large for JSON types are shown."""
    (tmp_path / "who.py").write_text("print('a')\nprint('b')\n{1, 2}\n")
    called = call("exec", "--engine", "inline", tmp_path / "who.py")
    name = called.out.partition(":")[0]
    assert called.out == f"{name}: a\n{name}: b\n{name}: -> {{1, 2}}\n"


def test_a_value_without_json_form_is_shown_as_text(call: Callable, tmp_path: Path) -> None:
    """What JSON cannot hold is written as Python shows it."""
    (tmp_path / "odd.py").write_text("3 + 4j if False else range(3)\n")
    called = call("exec", "--engine", "inline", "--json", "-", tmp_path / "odd.py")
    assert json.loads(called.out)["workers"][0]["value"] == "range(0, 3)"


def test_a_script_that_raises(call: Callable, tmp_path: Path) -> None:
    """The traceback of the script is shown by worker, and the exit code is 4."""
    (tmp_path / "bad.py").write_text("print('before')\n1 / 0\n")
    called = call("exec", "--engine", "inline", tmp_path / "bad.py")
    assert called.code == 4
    assert "before" in called.out
    assert "ZeroDivisionError" in called.err


def test_a_script_that_is_not_there(call: Callable, tmp_path: Path) -> None:
    """A script that cannot be read is bad input, in one line."""
    called = call("exec", "--engine", "inline", tmp_path / "nowhere.py")
    assert (called.code, len(called.err.splitlines())) == (2, 1)


def test_what_is_uploaded_is_found(call: Callable, tmp_path: Path) -> None:
    """`--upload` puts code within the reach of the script; what is nothing to upload is bad input, in one line."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "opfound.py").write_text("VALUE = 7\n")
    (tmp_path / "use.py").write_text("import opfound\nopfound.VALUE\n")
    called = call("exec", "--workers", "1", "--upload", tmp_path / "code", "--json", "-", tmp_path / "use.py")
    assert [each["value"] for each in json.loads(called.out)["workers"]] == [7]
    called = call("exec", "--engine", "inline", "--upload", tmp_path / "none" / "there", tmp_path / "use.py")
    assert (called.code, len(called.err.splitlines())) == (2, 1)


def test_an_option_of_an_engine_that_has_none(call: Callable, tmp_path: Path) -> None:
    """`--engine-option` is refused where the engine does not know it, in one line."""
    (tmp_path / "use.py").write_text("1\n")
    called = call("exec", "--engine", "inline", "--engine-option", "queue=short", tmp_path / "use.py")
    assert (called.code, called.err.strip()) == (2, "overproof: the engine 'inline' has no option queue")
