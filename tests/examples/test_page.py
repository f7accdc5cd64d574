"""The page of the gallery shows each example, with a command that works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from overproof.testing import write_gallery

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "examples"
PAGE = (CHECKOUT / "docs" / "physicist" / "gallery.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\| `((?:python|overproof) [^`]+)` \|", PAGE, flags=re.MULTILINE)


def test_each_example_is_shown() -> None:
    """The page names each script of the gallery, and none that is not there."""
    there = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py")}
    linked = set(re.findall(r"\]\(\.\./\.\./examples/([\w/]+\.py)\)", PAGE))
    assert linked == there - {"demo.py", "gallery.py"}


def test_each_example_is_short() -> None:
    """Nobody reads more than a screen or two: no script has more than 90 lines."""
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in EXAMPLES.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 90} == {}


@pytest.mark.nightly
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: re.sub(r"\W+", "-", command))
def test_a_command_of_the_page_works(command: str, tmp_path: Path) -> None:
    """Each command ends well, and writes the picture that it names."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    write_gallery(tmp_path / "demo" / "gallery")
    environment = os.environ | {
        "OVERPROOF_HOME": str(tmp_path / "home"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        command.split(), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in re.findall(r"\w+\.png", command):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
