"""Compiled functions are kept for the next process, and what is not ours, or not whole, is never run."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from overproof.columns.machine import compiling, kept, memory
from overproof.columns.machine.machine import Machine
from overproof.columns.machine.writer import Writer
from overproof.store import FileMemory

N_BYTES_CUT = 7


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "kernels"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the texts that were compiled, one after the other."""
    texts: list[str] = []
    compile_text = compiling.compile_text

    def noted(text: str) -> bytes:
        texts.append(text)
        return compile_text(text)

    monkeypatch.setattr(kept, "compile_text", noted)
    return texts


def answer(number: int = 42) -> int:
    """Write, compile or fetch, and run a function that gives a number."""
    writer = Writer()
    writer.give(writer.plus(writer.number("given"), number))
    return Machine(writer)({"given": 0})


def files_in(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_a_function_is_compiled_once(home: Path, compiled: list[str]) -> None:
    """The second time a function comes from disk and does the same; another one is compiled."""
    assert [answer(), answer(), answer(43)] == [42, 42, 43]
    assert len(compiled) == 2


def test_it_serves_the_next_process(home: Path, compiled: list[str]) -> None:
    """What another process has compiled is not compiled here."""
    code = (
        "from overproof.columns.machine.machine import Machine; from overproof.columns.machine.writer import Writer\n"
        "w = Writer(); w.give(w.plus(w.number('given'), 42)); print(Machine(w)({'given': 0}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "42"
    assert answer() == 42
    assert compiled == []


def test_directories_are_private(home: Path) -> None:
    """Others can neither read nor write what is kept."""
    answer()
    made = [home, *(path for path in home.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "garbage"])
def test_a_damaged_one_is_never_loaded(home: Path, compiled: list[str], damage: str) -> None:
    """One that was cut, changed, emptied or overwritten is compiled again, and whole from then on."""
    answer()
    (path,) = files_in(home)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[:-N_BYTES_CUT]
    elif damage == "flip":
        content[len(content) // 2] ^= 1
    else:
        content = bytearray(b"" if damage == "empty" else b"\x7fELF" * 1000)
    path.write_bytes(content)
    assert answer() == 42
    assert len(compiled) == 2
    assert answer() == 42
    assert len(compiled) == 2


def test_one_under_another_name_is_never_loaded(home: Path, compiled: list[str]) -> None:
    """A whole one that was put in the place of another is not taken for it."""
    answer(42)
    (first,) = files_in(home)
    answer(43)
    (second,) = [path for path in files_in(home) if path != first]
    second.write_bytes(first.read_bytes())
    assert answer(43) == 43
    assert len(compiled) == 3


@pytest.mark.parametrize("openness", [0o770, 0o707, 0o755])
def test_a_directory_open_to_others_is_not_trusted(home: Path, compiled: list[str], openness: int) -> None:
    """What lies where others may look or write is not run, and nothing is put there."""
    answer()
    home.chmod(openness)
    before = files_in(home)
    assert [answer(), answer(43)] == [42, 43]
    assert len(compiled) == 3
    assert files_in(home) == before


def test_a_link_is_not_followed(home: Path, tmp_path: Path, compiled: list[str]) -> None:
    """A link in the place of the directory, or of a file in it, leads nowhere."""
    answer()
    (path,) = files_in(home)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert answer() == 42
    assert len(compiled) == 2
    home.rename(tmp_path / "moved")
    home.symlink_to(tmp_path / "moved")
    assert answer() == 42
    assert len(compiled) == 3


def test_one_of_somebody_else_is_not_loaded(home: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that belongs to another user is not run."""
    answer()
    me = os.getuid()
    looked_at = os.fstat

    def of_somebody(handle: int) -> os.stat_result:
        fields = list(looked_at(handle))
        fields[stat.ST_UID] = me + 1
        return os.stat_result(fields)

    monkeypatch.setattr(os, "fstat", of_somebody)
    assert answer() == 42
    assert len(compiled) == 2


def test_where_nothing_can_be_kept_it_is_compiled(
    home: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full, or cannot be written, and a user without a home do no harm."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("overproof.store.file_memory._replace", full)
        assert [answer(), answer()] == [42, 42]
    monkeypatch.setenv("OVERPROOF_HOME", "/dev/null")
    assert answer() == 42
    monkeypatch.setattr(memory, "home_directory", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert answer() == 42
    assert len(compiled) == 4


def test_the_oldest_are_thrown_away(home: Path) -> None:
    """No more is kept than there is room for; what was not used longest goes first."""
    bounded = FileMemory(home, limit_bytes=256 * 4_000)
    for number in range(2_000):
        bounded.put(str(number), bytes(1_000))
    n_kept, size_bytes = bounded.survey()
    assert size_bytes <= 256 * 4_000
    assert 0 < n_kept < 2_000
    assert bounded.get("1999") is not None


def test_other_processors_have_their_own(home: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where homes are shared, a function for one processor is not run on another, nor that of another compiler."""
    answer()
    monkeypatch.setattr(kept, "processor", lambda: "another one")
    answer()
    assert len(compiled) == 2
    assert len(files_in(home)) == 2


def test_what_is_kept_is_told_and_thrown_away(home: Path) -> None:
    """Without the compiler: how many functions are kept, and none after `clear`; another user's are none of ours."""
    assert memory.survey().n_functions == 0
    answer()
    told = memory.survey()
    assert (told.directory, told.n_functions) == (str(home), 1)
    home.chmod(0o755)
    assert (memory.survey().n_functions, memory.clear()) == (0, 0)
    home.chmod(0o700)
    assert memory.clear() == told.size_bytes > 0
    assert memory.survey().n_functions == 0
