"""Laws of uploads: what workers find is what was uploaded, once a host, and conflicts are said."""

from __future__ import annotations

import io
import os
import threading
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from source_tree import CHECKOUT

import overproof as op
from overproof.engines.uploads import install, read_upload
from overproof.engines.uploads.upload import LOADED
from overproof.session.session import UploadWarning
from overproof.words.errors import EngineError, OptionError

BACKEND = """
import os, zipfile
def _write(directory):
    name = "opthing-1.5-py3-none-any.whl"
    with open(os.environ["BUILDS"], "a") as file: file.write("x")
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.writestr("opthing.py", open("opthing.py").read())
        wheel.writestr("opthing-1.5.dist-info/METADATA", "Metadata-Version: 2.1\\nName: opthing\\nVersion: 1.5\\n")
        tag = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("opthing-1.5.dist-info/WHEEL", tag)
        wheel.writestr("opthing-1.5.dist-info/RECORD", "")
    return name
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _write(wheel_directory)
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep uploads of one test from the next."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def package(place: Path, value: int, name: str = "opthing") -> Path:
    folder = place / name
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").write_text(f"from {name}.inner import VALUE\n")
    (folder / "inner.py").write_text(f"VALUE = {value}\n")
    return folder


def wheel(place: Path, name: str, version: str, *, module: str = "opthing", needs: str = "") -> Path:
    path = place / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    needed = f"Requires-Dist: {needs}\n" if needs else ""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{module}.py", f"VALUE = {version!r}\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    return path


def value(cycles: Any) -> dict[str, Any]:
    import opthing

    return {"values": [opthing.VALUE]}


def values_of(session: op.Session) -> set[Any]:
    return set(session.process(value, cycles=8, block_entries=2, journal=False)["values"])


def test_workers_find_what_was_uploaded_and_then_what_is_uploaded_next(tmp_path: Path) -> None:
    """A package of modules reaches all workers; another version of it takes its place, though it was imported."""
    with op.Session("local:2", progress=False) as session:
        session.upload(package(tmp_path, 1))
        assert values_of(session) == {1}
        session.upload(package(tmp_path, 2))
        assert values_of(session) == {2}


def test_a_script_finds_it_too(tmp_path: Path) -> None:
    """`exec` looks where queries do."""
    script = tmp_path / "script.py"
    script.write_text("import opthing\nopthing.VALUE\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "opthing.py").write_text("VALUE = 7\n")
    with op.Session("local:1", progress=False) as session:
        session.upload(tmp_path / "code")
        assert [each.value for each in session.exec(script)] == [7]


def test_a_wheel_is_installed_and_kept_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same content is installed once, whatever asks for it; another is another."""
    path = wheel(tmp_path, "opthing", "1.0")
    first = install(read_upload(path))
    assert (Path(first.path) / "opthing.py").read_text() == "VALUE = '1.0'\n"
    calls: list[Any] = []
    monkeypatch.setattr("overproof.engines.uploads.installing.unpack", lambda *said: calls.append(said))
    assert install(read_upload(path)) == first
    assert calls == []
    assert install(read_upload(wheel(tmp_path, "opthing", "1.1"))).path != first.path


def test_a_project_is_built_once_however_many_ask_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of one host wait for the first; the project's own way of building is used."""
    builds = tmp_path / "builds"
    monkeypatch.setenv("BUILDS", str(builds))
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (project / "backend.py").write_text(BACKEND)
    (project / "opthing.py").write_text("VALUE = 9\n")
    upload = read_upload(project)
    paths: list[str] = []
    threads = [threading.Thread(target=lambda: paths.append(install(upload).path)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(paths)) == 1
    assert len(paths) == 3
    assert (Path(paths[0]) / "opthing.py").read_text() == "VALUE = 9\n"
    assert 1 <= len(builds.read_text()) <= 2  # pip builds once to learn what is needed, and once to install


def test_another_version_of_what_workers_have_loaded_is_a_conflict(tmp_path: Path) -> None:
    """A package that wants another numpy, or brings one, cannot be used: both versions are named."""
    import numpy as np

    wants = wheel(tmp_path, "opthing", "1.0", needs=f"numpy!={np.__version__}")
    with pytest.raises(EngineError, match=r"the upload opthing-1.0.* cannot be used: (needs numpy|pip says)"):
        install(read_upload(wants))
    brings = package(tmp_path, 1, name="numpy")
    with pytest.raises(EngineError, match="it has numpy, which workers have loaded already"):
        install(read_upload(brings))


def test_what_takes_the_place_of_an_installed_version_is_said(tmp_path: Path) -> None:
    """The upload counts, and the user hears which version it replaces."""
    brings = package(tmp_path, 1, name="iniconfig")
    with op.Session("inline", progress=False) as session, pytest.warns(UploadWarning, match="takes the place of"):
        session.upload(brings)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no/such/directory", "no such file or directory, and no requirement"),
        ("nowhere.whl", "no such file or directory"),
        ("a b", "no such file or directory"),
        ("", "no such file or directory"),
        ("  ", "no such file or directory"),
    ],
)
def test_what_is_nothing_to_upload_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    """The error says that it is neither there nor a requirement."""
    with pytest.raises(OptionError, match=complaint):
        read_upload(text)


def test_a_requirement_travels_as_it_is_written() -> None:
    """What looks like one is one; nothing is resolved on the user's machine."""
    for text in ("particle", "particle==0.25.3", "a.b-c[extra]>=1,<2"):
        upload = read_upload(text)
        assert (upload.kind, upload.content.decode()) == ("requirement", text)


def test_a_requirement_that_is_there_already_needs_nothing() -> None:
    """What is installed on the host is not installed again, nor shadowed."""
    installed = install(read_upload("pytest"))
    assert [each.name for each in Path(installed.path).iterdir() if each.suffix != ".json"] == []


def test_directories_without_code_are_refused_and_leavings_left_out(tmp_path: Path) -> None:
    """Caches and version control do not travel; the same files are the same upload, whenever they were written."""
    with pytest.raises(OptionError, match="there is no module in it"):
        read_upload(tmp_path)
    folder = package(tmp_path, 1)
    before = read_upload(folder).digest
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "inner.pyc").write_text("x")
    os.utime(folder / "inner.py", (1, 1))
    assert read_upload(folder).digest == before
    (folder / "inner.py").write_text("VALUE = 3\n")
    assert read_upload(folder).digest != before


def test_uploads_are_kept_where_nobody_else_writes(own_home: Path, tmp_path: Path) -> None:
    """What is put before the path of workers is code: a directory that others may write to is not used."""
    install(read_upload(package(tmp_path, 1)))
    assert (own_home / "uploads").stat().st_mode & 0o077 == 0
    (own_home / "uploads").chmod(0o777)
    with pytest.raises(EngineError, match="others may write to it"):
        install(read_upload(package(tmp_path, 2)))


def test_the_list_of_what_workers_load_has_all_that_we_depend_on() -> None:
    """Every dependency of ours is among the modules that an upload may not bring."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {line.partition(">")[0].replace("-", "_") for line in project["dependencies"]}
    assert names
    assert names - LOADED == set()


def names_in(folder: Path) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(read_upload(folder).content)) as archive:
        return sorted(archive.namelist())


def test_parts_of_a_package_travel_whatever_they_are_called(tmp_path: Path) -> None:
    """Sub-packages named as leavings are, and what links lead to, go along; an environment of Python's does not."""
    folder = package(tmp_path, 1)
    for name in ("build", "dist", "venv", "deep/build"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").touch()
    (folder / "env").mkdir()
    (folder / "env" / "pyvenv.cfg").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "there.py").touch()
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    parts = ("__init__.py", "inner.py", *(f"{each}/__init__.py" for each in ("build", "deep/build", "dist", "venv")))
    assert names_in(folder) == sorted(f"opthing/{name}" for name in (*parts, "linked/there.py"))


def test_what_building_leaves_beside_a_project_stays(tmp_path: Path) -> None:
    """Directories `build` and `dist` of a project are left out, unless they are packages."""
    folder = tmp_path / "project"
    for name in ("build", "dist", "src/build"):
        (folder / name).mkdir(parents=True)
        (folder / name / "code.py").touch()
    (folder / "dist" / "__init__.py").touch()
    (folder / "pyproject.toml").touch()
    assert names_in(folder) == ["dist/__init__.py", "dist/code.py", "pyproject.toml", "src/build/code.py"]


def test_a_link_that_leads_back_is_refused(tmp_path: Path) -> None:
    """Nobody walks in circles: the error names the link."""
    folder = package(tmp_path, 1)
    (folder / "back").symlink_to(folder)
    with pytest.raises(OptionError, match="opthing/back: is a link that leads back"):
        read_upload(folder)


def test_what_is_needed_beside_is_asked_anew_where_other_packages_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one Python had already another one lacks: the same wheel is installed for each with what it needs there."""
    needed: list[str] = []
    monkeypatch.setattr("overproof.engines.uploads.installing.needed_beside", lambda what: (needed.append(what), []))
    monkeypatch.setattr("overproof.engines.uploads.installing.unpack", lambda *_: None)
    upload = read_upload(wheel(tmp_path, "opthing", "1.0", needs="opother"))
    info = tmp_path / "site" / "opother-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: opother\nVersion: 1.0\n")
    alone = install(upload).path
    assert install(upload).path == alone
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    beside = install(upload).path
    assert beside != alone
    assert len(needed) == 2
    monkeypatch.syspath_prepend(beside)  # what was uploaded does not count
    assert install(upload).path == beside
    monkeypatch.setattr("sys.prefix", "/other")
    assert install(upload).path not in (alone, beside)
