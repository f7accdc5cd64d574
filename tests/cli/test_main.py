"""The entry point: exit codes, one line for every error, and how little is imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from overproof.cli.exit_codes import ExitCode, exit_code_of
from overproof.cli.main import VERBS, main
from overproof.cli.verbs import inspect as inspect_verb
from overproof.records.account import Account
from overproof.words import errors
from overproof.words.states import QueryState

PROGRAM = (sys.executable, "-m", "overproof")


def raising(error: BaseException) -> Callable[..., None]:
    def check(*_: object) -> None:
        raise error

    return check


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.OptionError("no"), 2),
        (errors.ExpressionError("no", text="x", position=0), 2),
        (errors.ReadError("no", file="f", phase="open"), 2),
        (errors.UserCodeError("no"), 4),
        (errors.MergeError("no"), 4),
        (errors.EngineError("no"), 1),
        (errors.InvariantError("no"), 1),
        (errors.AbortedError("no"), 130),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("no"), 1),
    ],
)
def test_every_error_has_its_exit_code(
    call: Callable, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    """Whatever a verb raises becomes one message without a traceback, and the exit code of its kind."""
    monkeypatch.setattr(inspect_verb, "check_json", raising(error))
    called = call("inspect", "f.root")
    assert called.code == code
    assert called.err.startswith("overproof: ")
    assert "Traceback" not in called.err


@pytest.mark.parametrize("error", [ZeroDivisionError("two\nlines"), errors.InvariantError("broken")])
def test_our_own_faults_ask_for_a_report(call: Callable, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """A defect of ours is one line that asks for a report; the traceback comes with OVERPROOF_DEBUG."""
    monkeypatch.setattr(inspect_verb, "check_json", raising(error))
    plain = call("inspect", "f.root")
    assert len(plain.err.splitlines()) == 1
    assert "please report" in plain.err
    monkeypatch.setenv("OVERPROOF_DEBUG", "1")
    assert "Traceback" in call("inspect", "f.root").err


@pytest.mark.parametrize(
    ("state", "account", "code"),
    [
        (QueryState.FINISHED, Account(processed=1, total=1), 0),
        (QueryState.FINISHED, Account(processed=1, missing=1, total=2), 3),
        (QueryState.FINISHED, Account(processed=1, excluded=1, total=2), 3),
        (QueryState.FINISHED, Account(processed=1, total=1, files_unknown=1), 3),
        (QueryState.STOPPED, Account(processed=1, unread=1, total=2), 4),
        (QueryState.STOPPED, Account(processed=1, total=1), 4),
        (QueryState.FAILED, Account(processed=1, excluded=1, total=2), 4),
    ],
)
def test_a_result_has_its_exit_code(state: QueryState, account: Account, code: int) -> None:
    """Complete is 0, complete but for something is 3, stopped or failed is 4."""
    assert exit_code_of(state, is_complete=account.is_complete) == code


def test_help_names_every_verb(call: Callable) -> None:
    """`overproof` alone, and with --help, lists the verbs; every verb has help."""
    for called in (call(), call("--help")):
        assert called.code == 0
        assert all(f"  {verb} " in called.out for verb in VERBS)
    for verb in VERBS:
        assert call(verb, "--help").code == 0


def test_the_version_is_told(call: Callable) -> None:
    """`--version` tells the version of the package."""
    import overproof

    assert call("--version").out == f"overproof {overproof.__version__}\n"


def test_the_entry_point_is_light() -> None:
    """Neither the entry point nor the verbs load numpy, rich or anything heavier before they are called."""
    code = (
        "import sys; from overproof.cli.main import main; main(['draw', '--help']); main(['run', '--help']);"
        "heavy = {'awkward', 'cloudpickle', 'hist', 'matplotlib', 'numba', 'numpy', 'rich', 'uproot'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away_is_no_error(numbers: Path) -> None:
    """`overproof inspect ... | head` ends quietly, as programs of the shell do."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, "inspect", str(numbers)], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=30
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.BROKEN_PIPE, b"")


SLOW = """
import sys, threading
print("imported", file=sys.stderr, flush=True)

def slow(block):
    print("computing", file=sys.stderr, flush=True)
    threading.Event().wait(0.4)
    return {"n": len(block)}
"""


@pytest.mark.chaos
@pytest.mark.parametrize(("n_interrupts", "code", "said"), [(1, 4, "stopped"), (2, 130, "aborted")])
def test_interrupts_stop_and_abort(tmp_path: Path, n_interrupts: int, code: int, said: str) -> None:
    """Ctrl-C once stops and keeps what is done; twice throws it away."""
    (tmp_path / "slow_cycles.py").write_text(SLOW)
    asked = (f"{tmp_path}/slow_cycles.py:slow", "--cycles", "100000", "--engine", "inline")
    with subprocess.Popen(
        [*PROGRAM, "run", *asked], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        assert program.stdout is not None
        lines = []
        for line in program.stdout:
            lines.append(line)
            if line.startswith("computing") and len(lines) == 3:
                program.send_signal(signal.SIGINT)
            if line.startswith("stopping") and n_interrupts == 2:
                program.send_signal(signal.SIGINT)
    assert program.returncode == code, "".join(lines)
    assert said in lines[-1]
    assert not any("Traceback" in line for line in lines)


def test_main_returns_plain_numbers(call: Callable) -> None:
    """The shell gets a number, whatever the verb returned."""
    assert isinstance(main(["--version"]), int)
