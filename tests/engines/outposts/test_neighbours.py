"""Laws of neighbours: modules beside the user's are found where the user's directories are not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from overproof.engines.outposts.abroad import neighbours
from overproof.engines.outposts.abroad.neighbours import neighbours_in, settle

SCRIPT = """
import overproof as op
from overproof.engines.outposts import OutpostCrew, ProcessStarter
from overproof.session import connection
connection.hire_crew = lambda *_, **__: OutpostCrew(ProcessStarter(1))

def late(cycles):
    import beside
    from package.inner import deep
    return {"answer": beside.ANSWER * len(cycles), "deep": deep.value() * len(cycles)}

if True:
    import sys
    from overproof.engines.outposts.abroad import adapting
    gone = "/gone/from/here"
    whole = adapting.for_others
    from overproof.engines.outposts import crew
    from dataclasses import replace
    def without_directories(brief):
        made = whole(brief)
        return replace(made, search_path=(gone,))
    crew.for_others = without_directories
    with op.Session(progress=False) as session:
        print(dict(session.process(late, cycles=10)))
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "package" / "inner").mkdir(parents=True)
    (tmp_path / "beside.py").write_text("ANSWER = 42\n")
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "inner" / "__init__.py").write_text("")
    (tmp_path / "package" / "inner" / "deep.py").write_text("def value():\n    return 7\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "no_package.py").write_text("")
    (tmp_path / "notes.txt").write_text("not for workers")
    return tmp_path


def test_modules_and_packages_travel_and_nothing_else(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files of Python, also in packages, are written down as they were; other files stay where they are."""
    found = neighbours_in([str(place)], modules=())
    assert [name for name, _ in found] == [
        "beside.py",
        "package/__init__.py",
        "package/inner/__init__.py",
        "package/inner/deep.py",
    ]
    home = Path(settle(found, str(tmp_path_factory.mktemp("there"))))
    for name, text in found:
        assert (home / name).read_bytes() == text == (place / name).read_bytes()


def test_loaded_modules_of_the_user_come_from_their_own_place(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that is loaded is found by its full name, wherever it lies."""
    monkeypatch.syspath_prepend(str(place))
    __import__("package.inner.deep")
    try:
        names = [name for name, _ in neighbours_in(["/nowhere"], modules=["package.inner.deep"])]
        assert "package/inner/deep.py" in names
        assert "beside.py" in names
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "package"]:
            del sys.modules[name]


def test_what_is_too_much_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than so many files and bytes travel."""
    monkeypatch.setattr(neighbours, "MAX_FILES", 2)
    assert len(neighbours_in([str(place)], modules=())) == 2
    monkeypatch.setattr(neighbours, "MAX_BYTES", 11)
    assert [name for name, _ in neighbours_in([str(place)], modules=())] == []


def test_a_selector_imports_what_lies_beside_it(place: Path) -> None:
    """On a machine without the user's directories, modules are imported that nothing refers to before."""
    (place / "analysis.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "analysis.py"], cwd=place, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("{'answer': 420, 'deep': 70}\n", 0), done.stderr
