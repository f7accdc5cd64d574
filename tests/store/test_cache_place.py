"""Where the cache lies follows what the user says, then the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from overproof.store import cache_place
from overproof.store.cache_place import CachePlace, choose_cache
from overproof.words.errors import OptionError

GB = 10**9


@pytest.fixture(autouse=True)
def shared_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Shared memory that is not that of the machine."""
    (tmp_path / "shm").mkdir()
    monkeypatch.setattr(cache_place, "SHARED_MEMORY", tmp_path / "shm")
    return tmp_path / "shm"


def parent_of(place: CachePlace | None) -> Path | None:
    if place is None:
        return None
    assert Path(place.directory).name == f"overproof-{os.getuid()}"
    return Path(place.directory).parent


@pytest.mark.parametrize(
    ("chosen", "said", "wanted"),
    [
        (None, "", "shm"),
        (None, "on", "shm"),
        (None, "off", None),
        (None, " OFF ", None),
        (None, "0", None),
        (None, "No", None),
        (None, "none", None),
        (None, "FALSE", None),
        (None, "1", "shm"),
        (None, "Yes", "shm"),
        (None, "true", "shm"),
        ("off", "DIR", None),
        ("OFF", "", None),
        ("0", "", None),
        ("none", "on", None),
        ("on", "off", "shm"),
        (True, "0", "shm"),
        (None, "DIR", "ssd"),
        (False, "DIR", None),
        (False, "", None),
        (True, "", "shm"),
        (True, "off", "shm"),
        (True, "DIR", "ssd"),
        ("DIR", "off", "ssd"),
        ("DIR", "", "ssd"),
    ],
)
def test_the_user_has_the_last_word(chosen: Any, said: str, wanted: str | None, tmp_path: Path) -> None:
    """What is said to the session counts more than the environment; nothing said is shared memory."""
    named = {"DIR": str(tmp_path / "ssd")}
    place = choose_cache(named.get(chosen, chosen), environment={"OVERPROOF_CACHE": named.get(said, said)})
    assert parent_of(place) == (None if wanted is None else tmp_path / wanted)


def test_without_shared_memory_there_is_no_cache(shared_memory: Path) -> None:
    """Where the system has none, nothing is kept unless a directory is named."""
    shared_memory.rmdir()
    assert choose_cache(None, environment={}) is None
    assert choose_cache(True, environment={}) is None


def test_the_budget_is_a_quarter_of_the_memory(tmp_path: Path) -> None:
    """Unless a size is said; never more than half of the file system."""
    place = choose_cache(tmp_path, environment={})
    assert place is not None
    assert place.sized(4 * GB).limit_bytes == GB
    status = os.statvfs(tmp_path)
    assert place.sized(10**18).limit_bytes == status.f_blocks * status.f_frsize // 2
    said = choose_cache(tmp_path / "absent" / "deep", environment={"OVERPROOF_CACHE_SIZE": "2GB"})
    assert said is not None
    assert said.sized(4 * GB).limit_bytes == 2 * GB


def test_who_says_a_size_may_have_more(tmp_path: Path) -> None:
    """A size that is said may be more than half of the file system, which is what shared memory has by default."""
    status = os.statvfs(tmp_path)
    disk_bytes = status.f_blocks * status.f_frsize
    for share, wanted in ((0.75, 0.75), (1.5, 15 / 16)):
        environment = {"OVERPROOF_CACHE_SIZE": f"{int(share * disk_bytes)}B"}
        place = choose_cache(tmp_path, environment=environment)
        assert place is not None
        assert place.sized(4 * GB).limit_bytes == int(wanted * disk_bytes)


@pytest.mark.parametrize(("chosen", "said"), [(False, ""), (None, "off"), ("no", "on")])
def test_a_size_matters_only_where_something_is_kept(chosen: Any, said: str) -> None:
    """A budget that is no size stops nobody who keeps nothing."""
    environment = {"OVERPROOF_CACHE": said, "OVERPROOF_CACHE_SIZE": "lots"}
    assert choose_cache(chosen, environment=environment) is None
    with pytest.raises(OptionError, match="OVERPROOF_CACHE_SIZE lots"):
        choose_cache(True, environment=environment)


def test_nothing_is_no_directory() -> None:
    """An empty text would be the directory in which somebody happens to be."""
    with pytest.raises(OptionError, match="give True, False, or a directory"):
        choose_cache("", environment={})


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    """The error says where it was said, and how to mend it."""
    (tmp_path / "file").touch()
    for chosen, said, source in (
        (str(tmp_path / "file"), "", "cache"),
        (None, str(tmp_path / "file"), "OVERPROOF_CACHE"),
    ):
        with pytest.raises(OptionError, match=rf"^{source}=.*: is no directory; name one for the cache, or say off"):
            choose_cache(chosen, environment={"OVERPROOF_CACHE": said})
