"""`overproof queries`, `logs` and `replay`: what can be asked of a query that has ended."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uproot

import overproof as op
from overproof.cli.main import main
from overproof.session.afterwards import read_logs
from overproof.session.keeping import find_query
from overproof.words.errors import QueryError

SELECTOR = """
import overproof as op


class Picky(op.Selector):
    def process(self, events):
        print("from", int(events.n[0]))
        limit = self.params["limit"]
        for n in events.n:
            if n in (300, 800):
                raise ValueError(f"{n} is not below {limit}")
        return {"entries": len(events)}
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, numbers: Path) -> Path:
    """A home with two queries: `Picky`, of four blocks of which two fail and are skipped, then a whole draw."""
    home = tmp_path_factory.mktemp("kept")
    selector = home / "picky.py"
    selector.write_text(SELECTOR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OVERPROOF_HOME", str(home))
        asked = ["--block-entries", "250", "--engine", "local:1", "--quiet"]
        assert main(["run", str(selector), str(numbers), "--param", "limit=99", "--on-error", "skip", *asked]) == 3
        assert main(["draw", str(numbers), "x", "--bins", "5, 0, 500", "--name", "half", *asked]) == 0
    return home


@pytest.fixture(autouse=True)
def _in_that_home(kept: Path, _own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERPROOF_HOME", str(kept))


@pytest.fixture
def picky(call: Callable) -> str:
    """The id of the query of `Picky`."""
    queries = json.loads(call("queries", "--json", "-").out)["queries"]
    return next(query["id"] for query in queries if query["selector"] == "Picky")


def test_queries_are_listed(call: Callable, picky: str) -> None:
    """One line a query, the newest first, with state, entries and what was asked; the same as a document."""
    lines = call("queries").out.splitlines()
    assert len(lines) == 3
    assert "500 of 1000" in lines[2]
    assert "Picky over numbers" in lines[2]
    listed = json.loads(call("queries", "--json", "-").out)["queries"]
    assert [query["kind"] for query in listed] == ["draw", "process"]
    assert {query["state"] for query in listed} == {"finished"}
    assert listed[1]["account"]["excluded"] == 500
    assert listed[1]["parameters"] == {"limit": "99"}


def test_a_query_is_shown(call: Callable, picky: str) -> None:
    """Part of an id is enough; the call, the account, each failure and the ways on are there."""
    said = call("queries", "show", picky[-4:]).out
    for text in ("Picky", "limit=99", "500 processed + 500 excluded", "ValueError"):
        assert text in said
    assert f"overproof replay {picky} --failure 1" in said
    document = json.loads(call("queries", "show", picky, "--json", "-").out)
    assert [failed["first"] for failed in document["excluded"]] == [250, 750]
    (disk,) = document["servers"]
    assert (disk["server"], disk["files"]) == ("", 1)
    assert disk["read_bytes"] == disk["local_bytes"] > 0


def test_a_result_is_fetched(call: Callable, picky: str, tmp_path: Path) -> None:
    """The result comes again in every form, with the exit code that the query had."""
    place = tmp_path / "again.pkl"
    fetched = call("queries", "fetch", picky, "--json", "-", "-o", place)
    assert fetched.code == 3
    document = json.loads(fetched.out)
    assert document["outputs"] == pickle.loads(place.read_bytes()) == {"entries": 500}
    assert document["account"]["excluded"] == 500


def test_a_histogram_is_fetched(call: Callable, tmp_path: Path) -> None:
    """A draw comes again as a histogram, at the top of the document and in a ROOT file."""
    fetched = call("queries", "fetch", "last", "--json", "-", "--root", tmp_path / "again.root")
    assert fetched.code == 0
    assert json.loads(fetched.out)["contents"] == [0] + [200] * 5 + [0]
    with uproot.open(tmp_path / "again.root") as file:
        assert file["half"].values().tolist() == [200] * 5


def test_queries_are_removed(call: Callable, numbers: Path, kept: Path) -> None:
    """All that were named go, or none if one is not there."""
    assert call("draw", numbers, "n", "--bins", "1, 0, 1", "--engine", "inline", "-q").code == 0
    (victim,) = {query["id"] for query in json.loads(call("queries", "--json", "-").out)["queries"][:1]}
    refused = call("queries", "remove", victim, "nowhere")
    assert (refused.code, "no query nowhere" in refused.err) == (2, True)
    assert call("queries", "remove", "last", victim).out == f"removed     {victim}\n"
    assert not (kept / "queries" / victim).exists()
    assert len(json.loads(call("queries", "--json", "-").out)["queries"]) == 2


@pytest.mark.parametrize(
    "verb", [["queries", "show"], ["queries", "fetch"], ["queries", "remove"], ["logs"], ["replay"]]
)
def test_a_query_that_is_not_there(call: Callable, verb: list[str]) -> None:
    """An id that nobody has is one line and exit code 2."""
    called = call(*verb, "nowhere")
    assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
    assert "there is no query nowhere" in called.err


def test_without_queries(call: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nothing is kept the list is empty, and there is no last one."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path))
    assert call("queries").out == "no queries are kept on disk\n"
    assert json.loads(call("queries", "--json", "-").out) == {"queries": []}
    assert "no query on disk yet" in call("logs", "last").err


def test_a_damaged_query_is_listed_as_such(
    call: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, numbers: Path
) -> None:
    """A folder that cannot be read is said, and hides no other query; it can be removed."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path))
    call("draw", numbers, "n", "--bins", "1, 0, 1", "--engine", "inline", "-q")
    (folder,) = (tmp_path / "queries").iterdir()
    (folder / "query.json").write_text("{}")
    assert "damaged" in call("queries").out
    shown = json.loads(call("queries", "show", "last", "--json", "-").out)
    assert (shown["state"], shown["call"]) == ("damaged", None)
    assert "query.json" in shown["problem"]
    assert call("queries", "remove", "last").code == 0


# -- logs


def test_what_was_printed_is_shown(call: Callable, picky: str) -> None:
    """Each line comes with its worker."""
    said = call("logs", picky)
    assert {line.partition(": ")[2] for line in said.out.splitlines()} == {f"from {n}" for n in (0, 250, 500, 750)}


def test_logs_of_a_block(call: Callable, picky: str) -> None:
    """A block is named by the place or the name of its file, and its index."""
    for block in ("0:2", "numbers.root:2"):
        document = json.loads(call("logs", picky, "--block", block, "--json", "-").out)
        (passage,) = (passage for worker in document["workers"] for passage in worker["passages"])
        assert (passage["first"], passage["stop"], passage["text"]) == (500, 750, "from 500\n")


def test_logs_of_a_worker(picky: str) -> None:
    """A worker is named by its name or by the number in it."""
    query = find_query(picky)
    (log,) = read_logs(query)
    assert read_logs(query, worker=log.worker) == read_logs(query, worker=log.worker.removeprefix("w")) == [log]
    with pytest.raises(QueryError, match=f"no log of a worker 77: there are {log.worker}"):
        read_logs(query, worker="77")


@pytest.mark.parametrize(
    ("block", "said"), [("2", "such as 0:3"), ("other.root:2", "no file of the query has this name"), ("7:1", "0 to 0")]
)
def test_blocks_that_are_not_there(call: Callable, picky: str, block: str, said: str) -> None:
    """What is wrong with the name of a block is said with an example."""
    called = call("logs", picky, "--block", block)
    assert (called.code, said in called.err) == (2, True)


def test_nothing_printed(call: Callable) -> None:
    """A query that printed nothing says so, not on standard output."""
    called = call("logs", "last")
    assert (called.code, called.out, called.err) == (0, "", "nothing was printed\n")


# -- replay


def test_a_failure_is_replayed(call: Callable, picky: str) -> None:
    """Just the entries of that failure run again here, with the parameters of then; exit code 4, and the traceback."""
    called = call("replay", picky, "--failure", "2")
    assert called.code == 4
    assert "from 750" in called.out
    assert "ValueError: 800 is not below 99" in called.out
    assert "Traceback" in called.err
    assert 'raise ValueError(f"{n} is not below {limit}")' in called.err
    assert "session/afterwards" not in called.err


def test_a_replay_as_a_document(call: Callable, picky: str) -> None:
    """What the selector prints does not stand in the document."""
    document = json.loads(call("replay", picky, "--json", "-").out)
    assert document["failure"] == 1
    assert document["then"]["first"] == 250
    assert document["now"]["fails"]
    assert document["now"]["reason"].startswith("ValueError: 300")


def test_a_replay_under_the_debugger(call: Callable, picky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--pdb` opens the debugger in the frame that raised, with its variables."""
    monkeypatch.setattr("sys.stdin", io.StringIO("p ('here', int(n), limit)\nwhere\nq\n"))
    called = call("replay", picky, "--pdb")
    assert called.code == 4
    assert "('here', 300, 99)" in called.out
    assert "cli/verbs" not in called.out


def test_the_debugger_does_not_spoil_a_document(call: Callable, picky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the document on standard output, the debugger speaks on standard error."""
    monkeypatch.setattr("sys.stdin", io.StringIO("p ('here', int(n), limit)\nq\n"))
    called = call("replay", picky, "--pdb", "--json", "-")
    assert json.loads(called.out)["now"]["fails"]
    assert "('here', 300, 99)" in called.err


def test_a_replay_from_python(picky: str) -> None:
    """`overproof.replay` raises what the selector raises."""
    with pytest.raises(ValueError, match="800 is not below 99"):
        op.replay(picky, failure=2)
    with pytest.raises(QueryError, match="no failure 3: it has failures 1 to 2"):
        op.replay(picky, failure=3)
    with pytest.raises(QueryError, match="nothing was excluded"):
        op.replay()


def test_a_replay_of_what_does_not_fail_here(
    call: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, numbers: Path
) -> None:
    """A selector that does not fail this time says what it returns; exit code 0."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path))
    selector = tmp_path / "moody.py"
    selector.write_text(
        "import os\n\ndef moody(events):\n    if os.environ.get('MOOD') == 'bad':\n        raise KeyError('mood')\n"
        "    return {'entries': len(events)}\n"
    )
    monkeypatch.setenv("MOOD", "bad")
    asked = ("--entries", "5", "--engine", "local:1", "--on-error", "skip", "-q")
    assert call("run", f"{selector}:moody", numbers, *asked).code in (3, 4)
    monkeypatch.setenv("MOOD", "good")
    called = call("replay", "last")
    assert (called.code, "returns: entries" in called.out) == (0, True)


def test_a_replay_that_dies_says_where(tmp_path: Path, picky: str, kept: Path) -> None:
    """What kills a worker kills the replay too; before that it is said what runs, and Python tells the place."""
    code = (
        "import os, signal, sys\n"
        "from overproof.cli.main import main\n"
        "from overproof.session.conduct.resumption import Resumption\n"
        "from overproof.analysis.selector import FunctionSelector\n"
        "def die(events):\n    os.kill(os.getpid(), signal.SIGSEGV)\n"
        "Resumption.selector = lambda self: FunctionSelector(die)\n"
        f"sys.exit(main(['replay', {picky!r}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"OVERPROOF_HOME": str(kept)}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -11
    assert "replaying failure 1" in done.stderr
    assert "Segmentation fault" in done.stderr
    assert "in die" in done.stderr
