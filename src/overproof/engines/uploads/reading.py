"""From what a user names to what travels."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from overproof.engines.uploads.upload import Upload
from overproof.words.errors import OptionError

LEFT_OUT: Final = frozenset({"__pycache__", ".git", ".venv", ".tox", ".mypy_cache", ".pytest_cache"})
LEFT_OUT_OF_PROJECTS: Final = frozenset({"build", "dist"})
"""What building leaves beside the code; a package of such a name is code."""
MAX_BYTES: Final = 256 * 2**20
REQUIREMENT: Final = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\s*(\[[^\]]*\])?\s*([<>=!~].*)?$")
EARLY: Final = (1980, 1, 1, 0, 0, 0)
"""The same time for all files, so that the same content is the same archive."""


def read_upload(package: str | os.PathLike[str]) -> Upload:
    """Read a directory, a wheel or a module of this machine, or take a requirement as it stands.

    Args:
        package: path of a project (with `pyproject.toml` or `setup.py`), of a package (with `__init__.py`), of a
            directory of modules, of a module or of a wheel; or a requirement, such as `"particle==0.25.3"`.

    Raises:
        OptionError: it is none of these.
    """
    if not str(package).strip():  # as a path it would be the current directory
        raise OptionError("'': there is no such file or directory: give the path of a package, or a requirement")
    path = Path(package).expanduser()
    if path.is_dir():
        return _directory(path.resolve())
    if path.is_file():
        if path.suffix == ".whl":
            return Upload(name=path.name, kind="wheel", content=path.read_bytes())
        if path.suffix == ".py":
            return Upload(name=path.name, kind="modules", content=_zipped([(path.name, path)], of=path))
        raise OptionError(f"{path}: give a directory, a wheel (.whl), a module (.py), or a requirement")
    text = str(package).strip()
    if not REQUIREMENT.match(text) or text.endswith((".whl", ".py")):
        raise OptionError(f"{text}: there is no such file or directory, and no requirement is written so")
    return Upload(name=text, kind="requirement", content=text.encode())


def _directory(path: Path) -> Upload:
    is_project = any((path / name).is_file() for name in ("pyproject.toml", "setup.py"))
    left_out = LEFT_OUT_OF_PROJECTS if is_project else frozenset()
    files = [(file.relative_to(path).as_posix(), file) for file in _files(path, left_out=left_out)]
    if is_project:
        return Upload(name=path.name, kind="project", content=_zipped(files, of=path))
    if not any(name.endswith(".py") for name, _ in files):
        raise OptionError(f"{path}: there is no module in it")
    if (path / "__init__.py").is_file():
        files = [(f"{path.name}/{name}", file) for name, file in files]
    return Upload(name=path.name, kind="modules", content=_zipped(files, of=path))


def _files(directory: Path, *, left_out: frozenset[str] = frozenset(), within: tuple[Path, ...] = ()) -> Iterator[Path]:
    """List what belongs to a package, in order; links are followed.

    Args:
        directory: where it is.
        left_out: directories that are not code, should they be no packages.
        within: directories that it is in, as they are without links.
    """
    within = (*within, directory.resolve())
    if within[-1] in within[:-1]:
        raise OptionError(f"{directory}: is a link that leads back to {within[-1]}: upload a directory without it")
    try:
        found = sorted(directory.iterdir())
    except OSError as error:
        raise OptionError(f"{directory}: cannot be read ({error})") from error
    yield from (each for each in found if not each.is_dir() and each.suffix not in (".pyc", ".pyo"))
    for each in found:
        if each.is_dir() and _is_code(each) and (each.name not in left_out or (each / "__init__.py").is_file()):
            yield from _files(each, within=within)


def _is_code(directory: Path) -> bool:
    """Tell whether a directory may be of a package: no cache, no environment of Python's."""
    is_leaving = directory.name in LEFT_OUT or directory.suffix == ".egg-info"
    return not is_leaving and not (directory / "pyvenv.cfg").is_file()


def _zipped(files: list[tuple[str, Path]], *, of: Path) -> bytes:
    archive, n_bytes = io.BytesIO(), 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, file in files:
            try:
                content = file.read_bytes()
            except OSError as error:
                raise OptionError(f"{file}: cannot be read ({error})") from error
            n_bytes += len(content)
            if n_bytes > MAX_BYTES:
                raise OptionError(f"{of}: has more than {MAX_BYTES >> 20} MB; upload the directory of the code alone")
            zipped.writestr(zipfile.ZipInfo(name, EARLY), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
