"""The memory on disk forgets, but never lies."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overproof.store import FileMemory

MB = 1_000_000


@pytest.fixture
def memory(tmp_path: Path) -> FileMemory:
    return FileMemory(tmp_path / "home", limit_bytes=64 * MB)


def files_in(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.text(max_size=50), payload=st.binary(max_size=2_000))
def test_what_was_put_is_got(tmp_path: Path, key: str, payload: bytes) -> None:
    """Any bytes under any key come back as they were, also to another memory on the same directory."""
    FileMemory(tmp_path / "home", limit_bytes=64 * MB).put(key, payload)
    assert FileMemory(tmp_path / "home", limit_bytes=64 * MB).get(key) == payload


def test_unknown_key_gives_nothing(memory: FileMemory) -> None:
    """A key that was never put gives None, before and after the directory exists."""
    assert memory.get("a") is None
    memory.put("b", b"1")
    assert memory.get("a") is None


def test_last_put_wins(memory: FileMemory) -> None:
    """A second put under the same key takes the place of the first."""
    memory.put("a", b"1")
    memory.put("a", b"22")
    assert memory.get("a") == b"22"


def test_directories_are_private(memory: FileMemory, tmp_path: Path) -> None:
    """Every directory that the memory makes is readable by its owner only."""
    memory.put("a", b"1")
    made = [tmp_path / "home", *(path for path in (tmp_path / "home").rglob("*") if path.is_dir())]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700, 0o700]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "garbage"])
def test_damaged_entry_is_forgotten(memory: FileMemory, tmp_path: Path, damage: str) -> None:
    """An entry that was cut, changed, emptied or overwritten is as good as absent, and can be put again."""
    memory.put("a", b"x" * 1000)
    (path,) = files_in(tmp_path / "home")
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[:-1],
            "flip": content[:500] + bytes([content[500] ^ 1]) + content[501:],
            "empty": b"",
            "garbage": b"\0" * 2000,
        }[damage]
    )
    assert memory.get("a") is None
    memory.put("a", b"again")
    assert memory.get("a") == b"again"


def test_entry_under_the_wrong_name_is_forgotten(memory: FileMemory, tmp_path: Path) -> None:
    """An entry moved to the place of another key is not given out for it."""
    memory.put("a", b"of a")
    (entry,) = files_in(tmp_path / "home")
    memory.put("b", b"of b")
    (other,) = [path for path in files_in(tmp_path / "home") if path != entry]
    other.write_bytes(entry.read_bytes())
    assert memory.get("b") is None


def test_size_is_bounded(tmp_path: Path) -> None:
    """However much is put, what lies on disk stays within the limit, and the newest entry is there."""
    memory = FileMemory(tmp_path / "home", limit_bytes=256 * 1_000)
    for number in range(1_500):
        memory.put(f"key {number}", b"x" * 400)
        assert memory.get(f"key {number}") is not None
    assert sum(path.stat().st_size for path in files_in(tmp_path / "home")) <= 256 * 1_000


def test_oversized_entry_is_not_kept(tmp_path: Path) -> None:
    """An entry larger than its share of the limit is not kept, and nothing is thrown out for it."""
    memory = FileMemory(tmp_path / "home", limit_bytes=256 * 1_000)
    memory.put("small", b"1")
    memory.put("large", b"x" * 2_000)
    assert memory.get("large") is None
    assert memory.get("small") == b"1"


def test_place_that_cannot_be_used_is_survived(tmp_path: Path) -> None:
    """A home that is a file, or lies below one, forgets everything without a word."""
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        memory = FileMemory(place, limit_bytes=MB)
        memory.put("a", b"1")
        assert memory.get("a") is None


def test_a_disk_that_is_read_only_gives_what_it_has(memory: FileMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    """That an entry was used cannot be noted there; it is whole all the same."""

    def refuse(path: Path) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    memory.put("a", b"1")
    monkeypatch.setattr(os, "utime", refuse)
    assert memory.get("a") == b"1"


def test_directory_open_to_others_is_not_trusted(memory: FileMemory, tmp_path: Path) -> None:
    """Entries in a directory into which others may write are neither read nor written."""
    memory.put("a", b"1")
    shelf = files_in(tmp_path / "home")[0].parent
    shelf.chmod(0o777)
    assert memory.get("a") is None
    shelf.chmod(0o700)
    assert memory.get("a") == b"1"


def test_many_processes_share_one_directory(tmp_path: Path) -> None:
    """Processes that write the same keys at the same time leave whole entries, and no litter."""
    code = (
        "import sys; from pathlib import Path; from overproof.store import FileMemory\n"
        "memory = FileMemory(Path(sys.argv[1]), limit_bytes=64_000_000)\n"
        "for turn in range(40):\n"
        "    for key in 'abc':\n"
        "        memory.put(key, key.encode() * 5000)\n"
        "        assert memory.get(key) == key.encode() * 5000\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "home")]) for _ in range(3)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0]
    assert len(files_in(tmp_path / "home")) == 3


def test_home_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`$OVERPROOF_HOME` wins; an absolute `$XDG_CACHE_HOME` comes next, a relative one is ignored."""
    from overproof.store import home_directory

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(tmp_path))
    monkeypatch.setenv("OVERPROOF_HOME", "/elsewhere")
    assert home_directory() == Path("/elsewhere")
    monkeypatch.delenv("OVERPROOF_HOME")
    assert home_directory() == tmp_path / "overproof"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert home_directory() == Path.home() / ".cache" / "overproof"


def test_directories_above_are_private_too(tmp_path: Path) -> None:
    """What is missing above the memory is made for its owner only; what is there stays as it is."""
    tmp_path.chmod(0o755)
    FileMemory(tmp_path / "home" / "deep" / "files", limit_bytes=64 * MB).put("a", b"1")
    made = [tmp_path, tmp_path / "home", tmp_path / "home" / "deep", tmp_path / "home" / "deep" / "files"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o755, 0o700, 0o700, 0o700]


def test_what_is_kept_is_counted_and_cleared(memory: FileMemory) -> None:
    """The memory tells how many entries it has and what they take; `clear` forgets all of them."""
    assert memory.survey() == (0, 0)
    memory.put("a", bytes(1_000))
    memory.put("b", bytes(2_000))
    n_entries, size_bytes = memory.survey()
    assert n_entries == 2
    assert 3_000 < size_bytes < 3_500
    assert memory.clear() == size_bytes
    assert memory.survey() == (0, 0)
    assert memory.get("a") is None


def test_a_link_in_place_of_an_entry_is_forgotten(memory: FileMemory, tmp_path: Path) -> None:
    """A link leads out of the directory that is ours: what is there is not taken for an entry."""
    memory.put("a", b"1")
    (path,) = files_in(tmp_path / "home")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert memory.get("a") is None
