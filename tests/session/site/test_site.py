"""Laws of the site file."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_tree import CHECKOUT

from overproof.session.site import read_site, site_places
from overproof.words.errors import OptionError


def test_without_a_site_file_there_is_nothing(tmp_path: Path) -> None:
    """Where nobody has written one, the site says nothing, and that is no error."""
    site = read_site({"XDG_CONFIG_HOME": str(tmp_path), "OVERPROOF_SITE": ""})
    assert site.sources == ()
    assert all(not options for options in site.engines.values())
    assert site.mounts == ()


def test_the_user_is_heard_before_the_machine(tmp_path: Path) -> None:
    """The user's own file comes first, then that of the machine; the variable names the only one."""
    own = str(tmp_path / "overproof" / "site.toml")
    assert site_places({"XDG_CONFIG_HOME": str(tmp_path)}) == (own, "/etc/overproof/site.toml")
    assert site_places({"HOME": "/somewhere"})[0] == "/somewhere/.config/overproof/site.toml"
    assert site_places({"XDG_CONFIG_HOME": str(tmp_path), "OVERPROOF_SITE": "/x.toml"}) == ("/x.toml",)


def test_keys_of_the_user_go_over_those_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two files both are read, key by key."""
    machine, own = tmp_path / "machine.toml", tmp_path / "overproof" / "site.toml"
    own.parent.mkdir()
    machine.write_text('[slurm]\nqueue = "long"\ncores = 4\n[[mounts]]\npath = "/data/a"\n')
    own.write_text('[slurm]\nqueue = "short"\n[[mounts]]\npath = "/data/b"\n')
    monkeypatch.setattr("overproof.session.site.places.OF_MACHINE", str(machine))
    site = read_site({"XDG_CONFIG_HOME": str(tmp_path)})
    assert site.engines["slurm"] == {"queue": "short", "cores": 4}
    assert site.mounts == ({"path": "/data/b"}, {"path": "/data/a"})
    assert site.sources == (str(machine), str(own))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[slurm\n", "cannot be read: .*line 1"),
        ("[cloud]\nx = 1\n", "has cloud: there are"),
        ("slurm = 5\n", "slurm is no table"),
        ("[mounts]\n'/data' = 5\n", "write \\[\\[mounts\\]\\]"),
    ],
)
def test_what_nobody_understands_is_said_with_the_file(tmp_path: Path, text: str, complaint: str) -> None:
    """A site file that makes no sense is an error that names it."""
    place = tmp_path / "site.toml"
    place.write_text(text)
    with pytest.raises(OptionError, match=complaint) as caught:
        read_site({"OVERPROOF_SITE": str(place)})
    assert str(place) in str(caught.value)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    """Who names a file by the variable hears when it is not there."""
    with pytest.raises(OptionError, match="which is not there"):
        read_site({"OVERPROOF_SITE": str(tmp_path / "none.toml")})


def test_the_site_file_on_the_page_is_one(tmp_path: Path) -> None:
    """What the page for sites shows is read, and each of its options stands in the table below."""
    page = (CHECKOUT / "docs" / "site" / "running-on-dask.md").read_text(encoding="utf-8")
    place = tmp_path / "site.toml"
    place.write_text(page.partition("```toml\n")[2].partition("```")[0])
    site = read_site({"OVERPROOF_SITE": str(place)})
    assert all(site.engines.values())
    assert site.mounts
    rows = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    assert {name for options in site.engines.values() for name in options if f"`{name}`" not in rows} == set()
