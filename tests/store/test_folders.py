"""Laws of folders that outlive their process."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from overproof.store import Draft, Folder, Folders, NotOursError, RecordFile, read_records


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "queries")


def test_a_folder_appears_whole_private_and_held(folders: Folders) -> None:
    """A folder that is made has its files, is for its owner only, and is held by its maker."""
    folder = folders.make("a", {"x": b"1", "y": b"2"})
    assert folders.names() == ["a"]
    assert (folder.read("x"), folder.read("y"), folder.read("z")) == (b"1", b"2", None)
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.is_held
    folder.release()
    assert not folder.is_held


def test_a_folder_that_cannot_be_made_leaves_nothing(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk while a folder is made leaves neither the folder nor a part of it."""

    def full(self: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    folders.make("first", {}).release()
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        folders.make("a", {"x": b"1"})
    assert folders.names() == ["first"]
    assert [place.name for place in tmp_path.joinpath("queries").iterdir()] == ["first"]


def test_who_looks_at_a_folder_keeps_nobody_from_holding_it(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """A free folder can be held at every moment at which somebody looks whether it is."""
    folders.make("a", {}).release()
    folder = folders.find("a")
    assert folder is not None
    with (folder.path / "lock").open("rb") as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)
        waits = []

        def look_away(wait_s: float) -> None:
            waits.append(wait_s)
            if len(waits) == 3:
                fcntl.flock(looked_at, fcntl.LOCK_UN)

        monkeypatch.setattr("overproof.store.lock.time.sleep", look_away)
        assert folder.hold()
    assert len(waits) == 3
    folder.release()


def test_one_holds_a_folder_at_a_time(folders: Folders) -> None:
    """Who holds a folder keeps others of this process and of other processes from holding it."""
    folders.make("a", {})
    again = folders.find("a")
    assert again is not None
    assert not again.hold()
    code = (
        f"from pathlib import Path; from overproof.store import Folder; print(Folder(Path({str(again.path)!r})).hold())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_a_lock_ends_with_its_process(folders: Folders) -> None:
    """Killed without warning, a process holds nothing any more."""
    folders.make("a", {}).release()
    folder = folders.find("a")
    assert folder is not None
    code = (
        "import sys, time; from pathlib import Path; from overproof.store import Folder; "
        f"folder = Folder(Path({str(folder.path)!r})); print(folder.hold(), flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == b"True"
    assert folder.is_held
    assert not folder.hold()
    holder.kill()
    holder.communicate()
    assert folder.hold()


def test_a_folder_that_others_may_enter_is_refused(folders: Folders) -> None:
    """What others may read or write may hold anything: it is neither read nor written."""
    folder = folders.make("a", {"x": b"1"})
    folder.path.chmod(0o755)
    with pytest.raises(NotOursError, match="chmod 700"):
        folders.find("a")
    folder.path.chmod(0o700)
    folder.path.parent.chmod(0o777)
    with pytest.raises(NotOursError):
        folders.find("a")
    with pytest.raises(NotOursError):
        folders.make("b", {})


@pytest.mark.parametrize("name", ["", ".", "..", "../a", "a/b", ".new-x"])
def test_names_do_not_lead_out(folders: Folders, name: str) -> None:
    """A name is the name of a folder here, never a path to another place."""
    folders.make("a", {})
    assert folders.find(name) is None


def test_a_removed_folder_is_gone_and_a_held_one_stays(folders: Folders) -> None:
    """Only what nobody holds is removed; a lock taken on what was removed meanwhile is none."""
    folder = folders.make("a", {"x": b"1"})
    assert not folders.remove("a")
    folder.release()
    late = Folder(folder.path)
    assert folders.remove("a")
    assert folders.names() == []
    with pytest.raises(FileNotFoundError):
        late.hold()
    assert folders.remove("a")


def test_pruning_keeps_within_number_and_size(folders: Folders) -> None:
    """Those named first go first, as many as needed; those held stay and count not, and so do those not named."""
    for name in "abcdef":
        folder = folders.make(name, {"x": bytes(1000)})
        if name != "b":
            folder.release()
    assert folders.prune(list("abcdef"), max_folders=5, max_bytes=10**9) == []
    assert folders.prune(list("abcde"), max_folders=2, max_bytes=10**9) == ["a", "c"]
    assert folders.prune(["d", "b", "e"], max_folders=10, max_bytes=1_500) == ["d"]
    assert folders.names() == ["b", "e", "f"]


def test_what_a_crash_left_is_swept_away(folders: Folders, tmp_path: Path) -> None:
    """Half-made folders go when they are old; young ones may still be in the making."""
    folders.make("a", {}).release()
    old, young = (tmp_path / "queries" / name for name in (".new-old", ".new-young"))
    old.mkdir()
    young.mkdir()
    os.utime(old, (0, 0))
    folders.prune([], max_folders=10, max_bytes=10**9)
    assert not old.exists()
    assert young.exists()
    assert folders.names() == ["a"]


def test_a_draft_is_seen_whole_or_not_at_all(tmp_path: Path) -> None:
    """Until a draft is committed, and when it is discarded, what was there stays; nothing is left beside it."""
    place = tmp_path / "x"
    place.write_bytes(b"old")
    for ends, expected in ((Draft.discard, b"old"), (Draft.commit, b"new")):
        draft = Draft(place)
        draft.file.write(b"new")
        assert place.read_bytes() == b"old"
        ends(draft)
        assert place.read_bytes() == expected
    assert list(tmp_path.iterdir()) == [place]


def test_a_draft_on_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk cannot keep what was written, the old file stays and the draft goes."""
    place = tmp_path / "x"
    place.write_bytes(b"old")
    draft = Draft(place)
    draft.file.write(b"new")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        draft.commit()
    assert place.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [place]


def test_records_come_back_in_order(tmp_path: Path) -> None:
    """What is appended, also after the file was opened again, is read in order; an absent file has no records."""
    path = tmp_path / "journal"
    assert list(read_records(path)) == []
    for records in ([b"a", b""], [b"c" * 1000]):
        file = RecordFile(path)
        file.append(records)
        file.sync()
        file.close()
    assert list(read_records(path)) == [b"a", b"", b"c" * 1000]


def test_a_torn_tail_is_cut(tmp_path: Path) -> None:
    """Cut anywhere, the file gives the records before the cut, and takes new ones behind them."""
    path = tmp_path / "journal"
    file = RecordFile(path)
    file.append([b"first"])
    keep = path.stat().st_size
    file.append([b"second"])
    file.close()
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        n_whole = int(length >= keep)
        assert list(read_records(path)) == [b"first"][:n_whole]
        file = RecordFile(path)
        file.append([b"third"])
        file.close()
        assert list(read_records(path)) == [*[b"first"][:n_whole], b"third"]


def test_a_damaged_record_ends_the_journal(tmp_path: Path) -> None:
    """No flipped bit comes back as a record: what is read is a beginning of what was written."""
    path = tmp_path / "journal"
    file = RecordFile(path)
    file.append([b"first", b"second"])
    file.close()
    whole = path.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        found = list(read_records(path))
        assert found == [b"first", b"second"][: len(found)]
        assert len(found) < 2


def test_records_on_a_full_disk_are_all_or_nothing(tmp_path: Path) -> None:
    """An append that does not fit leaves the file as it was, and later ones may succeed."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "journal"
    code = f"""
import resource, signal
from pathlib import Path
from overproof.store import RecordFile, read_records
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path({str(path)!r})
file = RecordFile(path)
file.append([b"first"])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))
try:
    file.append([bytes(5000)])
except OSError as error:
    print(type(error).__name__)
file.append([b"small"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "OSError"
    assert list(read_records(path)) == [b"first", b"small"]
