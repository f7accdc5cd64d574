"""Laws of logs: what user code prints is kept by worker and block, and never does any harm."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from overproof.engines.worker.logs import attribute_rest, index_path, log_path, read_index
from overproof.records.block import Block

PRELUDE = """
import ctypes, os, sys
from overproof.engines.worker.logs import PrintLog, capture
from overproof.records.block import Block

def block(index):
    return Block(file=2, index=index, first=100 * index, stop=100 * index + 100)

def during(index, *texts):
    prints.start()
    for text in texts:
        text() if callable(text) else print(text)
    prints.note(block(index), (100 * index, 100 * index + 100))

prints = PrintLog("w0")
"""


def run(code: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, whose streams are led away."""
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + code, str(directory)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip


def texts(directory: Path) -> dict[int, str]:
    """Return what each block printed, by its index."""
    data = log_path(directory, "w0").read_bytes()
    return {each.index: data[each.from_byte : each.to_byte].decode() for each in read_index(directory, "w0")}


def test_prints_go_to_the_log_and_are_found_by_block(tmp_path: Path) -> None:
    """Python, C and the bare descriptors, standard output and error: all is in the log, under its block."""
    done = run(
        """
print("before")
prints.open(sys.argv[1])
during(0, "python")
during(1)
during(2, lambda: ctypes.CDLL(None).printf(b"from C\\n"), lambda: os.write(1, b"bare\\n"))
during(3, lambda: print("error", file=sys.stderr))
prints.close()
print("after")
""",
        tmp_path,
    )
    assert done.stdout == "before\nafter\n"
    assert done.stderr == ""
    found = {index: set(text.splitlines()) for index, text in texts(tmp_path).items()}
    assert found == {0: {"python"}, 2: {"bare", "from C"}, 3: {"error"}}
    (first, *_) = read_index(tmp_path, "w0")
    assert (first.file, first.index, first.first, first.stop) == (2, 0, 0, 100)


def test_silent_blocks_leave_nothing(tmp_path: Path) -> None:
    """A selector that prints nothing leaves no file."""
    run("prints.open(sys.argv[1]); during(0); during(1); prints.close()", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_log_is_bounded_and_says_so(tmp_path: Path) -> None:
    """What comes after the last byte allowed is lost, and the last line tells."""
    run(
        """
capture.MAX_LOG_BYTES = 1000
prints.open(sys.argv[1])
during(0, *["x" * 99] * 9)
during(1, *["y" * 99] * 9)
during(2, *["z" * 99] * 9)
prints.close()
""",
        tmp_path,
    )
    text = log_path(tmp_path, "w0").read_text()
    assert len(text) <= 1000
    assert text.endswith("what came after is lost\n")
    assert "z" * 99 not in text
    assert [each.index for each in read_index(tmp_path, "w0")] == [0, 1]


def test_a_log_that_is_opened_again_goes_on(tmp_path: Path) -> None:
    """The next process of the same name writes behind the first, and offsets are those of the whole file."""
    for index in (0, 1):
        run(f'prints.open(sys.argv[1]); during({index}, "text {index}"); prints.close()', tmp_path)
    assert texts(tmp_path) == {0: "text 0\n", 1: "text 1\n"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_does_not_make_a_selector_fail_that_prints(tmp_path: Path) -> None:
    """Printing into a log that takes nothing raises nothing."""
    log_path(tmp_path, "w0").symlink_to("/dev/full")
    done = run(
        """
prints.open(sys.argv[1])
during(0, "x" * 100_000, lambda: sys.stderr.write("y" * 100_000))
prints.close()
print("fine")
""",
        tmp_path,
    )
    assert done.stdout == "fine\n"


def test_a_directory_that_is_not_there_leaves_the_streams_alone(tmp_path: Path) -> None:
    """Where no log can be, prints go where they went before."""
    done = run('prints.open(sys.argv[1]); during(0, "text"); prints.close()', tmp_path / "gone")
    assert done.stdout == "text\n"


def test_a_selector_may_take_the_streams_away(tmp_path: Path) -> None:
    """User code may close or replace its streams; the log goes on."""
    run(
        """
prints.open(sys.argv[1])
during(0, lambda: sys.stdout.close())
during(1, lambda: os.write(1, b"still here\\n"))
sys.stdout = None
during(2, lambda: os.write(2, b"here too\\n"))
prints.close()
""",
        tmp_path,
    )
    assert texts(tmp_path) == {1: "still here\n", 2: "here too\n"}


def test_what_a_dead_process_printed_is_found_too(tmp_path: Path) -> None:
    """What was in the log and not yet in the index belongs to the range that was in hand."""
    log_path(tmp_path, "w0").write_text("beginning\nblock 0\nlast words\n")
    index_path(tmp_path, "w0").write_text("2 0 0 100 10 18\n")
    attribute_rest(str(tmp_path), "w0", block=Block(file=2, index=1, first=100, stop=200), part=(100, 150), since=10)
    assert texts(tmp_path) == {0: "block 0\n", 1: "last words\n"}
    attribute_rest(str(tmp_path), "w0", block=Block(file=2, index=2, first=200, stop=300), part=(200, 300), since=29)
    assert len(read_index(tmp_path, "w0")) == 2


def test_a_torn_line_of_an_index_is_passed_over(tmp_path: Path) -> None:
    """A process may die in the middle of a line."""
    index_path(tmp_path, "w0").write_text("2 0 0 100 0 5\n2 1 10")
    assert [each.index for each in read_index(tmp_path, "w0")] == [0]
    assert read_index(tmp_path, "nobody") == []


def test_logs_are_for_their_owner_alone(tmp_path: Path) -> None:
    """What is printed is nobody else's business."""
    run('prints.open(sys.argv[1]); during(0, "secret"); prints.close()', tmp_path)
    assert os.stat(log_path(tmp_path, "w0")).st_mode & 0o077 == 0
