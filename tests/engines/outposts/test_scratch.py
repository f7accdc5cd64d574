"""Laws of scratch: private, gone with its outpost, and swept by the next one where that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from overproof.engines.outposts.abroad.scratch import Scratch

KILLED = """
import os, signal
from overproof.engines.outposts.abroad.scratch import Scratch
print(Scratch().path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_what_the_killed_left_is_swept(temporary: Path) -> None:
    """The directory of a killed process goes when the next one begins; that of one that lives stays."""
    alive = Scratch()
    killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False, timeout=60)
    left = Path(killed.stdout.strip())
    (left / "neighbours").mkdir()
    (temporary / "overproof-outpost-just-being-made").mkdir()
    another = Scratch()
    assert not left.exists()
    assert Path(alive.path).is_dir()
    assert (temporary / "overproof-outpost-just-being-made").is_dir()
    for each in (alive, another):
        assert os.stat(each.path).st_mode & 0o777 == 0o700
        each.remove()
        assert not Path(each.path).exists()
