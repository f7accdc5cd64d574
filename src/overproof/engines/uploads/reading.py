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

LEFT_OUT: Final = frozenset(
    {"__pycache__", ".git", ".venv", "venv", ".tox", ".mypy_cache", ".pytest_cache", "build", "dist"}
)
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
    files = [(file.relative_to(path).as_posix(), file) for file in _files(path)]
    if any((path / name).is_file() for name in ("pyproject.toml", "setup.py")):
        return Upload(name=path.name, kind="project", content=_zipped(files, of=path))
    if not any(name.endswith(".py") for name, _ in files):
        raise OptionError(f"{path}: there is no module in it")
    if (path / "__init__.py").is_file():
        files = [(f"{path.name}/{name}", file) for name, file in files]
    return Upload(name=path.name, kind="modules", content=_zipped(files, of=path))


def _files(directory: Path) -> Iterator[Path]:
    """List what belongs to a package, in order."""
    for root, folders, names in os.walk(directory):
        folders[:] = sorted(each for each in folders if each not in LEFT_OUT and not each.endswith(".egg-info"))
        yield from (Path(root, name) for name in sorted(names) if not name.endswith((".pyc", ".pyo")))


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
