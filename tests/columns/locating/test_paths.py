"""Laws of where paths lie, and of what a site writes down of its disks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from overproof.columns.locating import Mount, Place, mounts_of
from overproof.columns.locating import paths as paths_room
from overproof.columns.locating.paths import place_of
from overproof.words.errors import OptionError

MOUNTS = mounts_of(
    [
        {"path": "/data", "host": "lead"},
        {"path": "/data/disk1", "host": "one", "server": "raid"},
        {"server": "10.0.0.1:1094", "host": "two"},
    ]
)


def test_what_the_site_says_of_a_path() -> None:
    """The deepest mount point above a path says its host, and what its readers share."""
    assert place_of("/data/disk1/a.root", MOUNTS) == Place(holder="one", server="raid")
    assert place_of("/data/disk2/a.root", MOUNTS) == Place(holder="lead", server="lead:/data")
    assert place_of("file:///data/a.root", MOUNTS) == Place(holder="lead", server="lead:/data")


def test_links_are_followed(tmp_path: Path) -> None:
    """A link to a mount point lies there."""
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "link").symlink_to(disk)
    mounts = (Mount(path=str(disk.resolve()), host="one"),)
    place = place_of(str(tmp_path / "link" / "a.root"), mounts)
    assert place is not None
    assert place.holder == "one"


def test_paths_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody says anything of lies on this machine; on the disks of another one, its host is not guessed."""
    assert place_of("/nowhere/a.root", MOUNTS) == Place(holder="localhost")
    monkeypatch.setattr(paths_room, "is_afar", lambda path: True)
    monkeypatch.setattr(paths_room, "server_of", lambda path: "files.example.org")
    assert place_of("/users/anna/a.root", MOUNTS) == Place(server="files.example.org")


def test_urls_lead_elsewhere() -> None:
    """A URL is no path of this machine."""
    assert place_of("root://lead//data/disk1/a.root", MOUNTS) is None


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"path": "/data", "hosts": "one"}, "there is no hosts, only path, host, server"),
        ({"path": "/data", "host": 1}, "write every value as text"),
        ({"host": "one"}, "say the path of a mount point, or a server"),
        ({"path": "data", "host": "one"}, "begins with /"),
        ({"path": "/data"}, "say the host that has it"),
    ],
)
def test_rows_that_nobody_understands(row: dict[str, Any], text: str) -> None:
    """A row that is wrong is shown with what is wrong."""
    with pytest.raises(OptionError, match=text) as caught:
        mounts_of([row])
    assert str(next(iter(row.values()))) in str(caught.value)
