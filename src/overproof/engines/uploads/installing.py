"""An upload on one host: installed once, and found again by its content."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shutil
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Final

from overproof.engines.uploads.pip import installed_version, needed_beside, unpack
from overproof.engines.uploads.upload import LOADED, Installed, Upload
from overproof.store.home import home_directory
from overproof.store.lock import try_lock
from overproof.store.private import is_ours, make_private
from overproof.words.errors import EngineError

PATIENCE_S: Final = 900.0
"""How long to wait for another process of this host that installs the same."""
REMARKS: Final = "overproof-remarks.json"


def install(upload: Upload) -> Installed:
    """Install an upload for this Python, unless it is already.

    Raises:
        EngineError: it cannot be built, or conflicts with what is there.
    """
    try:
        return _install(upload, uploads_directory())
    except (OSError, zipfile.BadZipFile) as error:
        raise EngineError(f"the upload {upload.name} cannot be installed: {error}") from error
    except EngineError as error:
        raise EngineError(f"the upload {upload.name} cannot be used: {error}") from error


def uploads_directory() -> Path:
    """Return where uploads are kept on this host; a directory of this user alone.

    Raises:
        OSError: there is no such place.
    """
    try:
        chosen = home_directory() / "uploads"
        make_private(chosen)
    except (OSError, RuntimeError):  # no home here, or none to write to
        chosen = Path(tempfile.gettempdir(), f"overproof-uploads-{os.getuid()}")
        make_private(chosen)
    if not is_ours(chosen):
        raise PermissionError(f"{chosen} belongs to somebody else, or others may write to it")
    return chosen


def _install(upload: Upload, directory: Path) -> Installed:
    version = "{}{}".format(*sys.version_info[:2])
    beside = "" if upload.kind == "modules" else f"-{_surroundings(directory)}"
    target = directory / f"{upload.digest[:24]}-py{version}-{platform.machine()}{beside}"
    lock = try_lock(Path(f"{target}.lock"), patience_s=PATIENCE_S)
    if lock is None:
        raise EngineError(f"somebody else on this host has been installing it for {PATIENCE_S:.0f} s")
    with lock:
        if not target.exists():
            part = Path(f"{target}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700)
            try:
                remarks = _fill(upload, part)
                _check_modules(part)
                (part / REMARKS).write_text(json.dumps(remarks))
                part.rename(target)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    os.utime(target)  # that it was used
    return Installed(path=str(target), remarks=tuple(json.loads((target / REMARKS).read_text())))


def _surroundings(directory: Path) -> str:
    """Return what tells this Python and the packages that it has from others: what is there is not installed beside.

    Args:
        directory: of uploads, which do not count.
    """
    places = [place for place in sys.path if not Path(place).is_relative_to(directory)]
    there = sorted({(found.name, found.version) for found in metadata.distributions(path=places)}, key=str)
    return hashlib.sha256(json.dumps([sys.prefix, there]).encode()).hexdigest()[:12]


def _fill(upload: Upload, target: Path) -> list[str]:
    """Put into a directory what workers are to find; return what users should know."""
    if upload.kind == "modules":
        with zipfile.ZipFile(io.BytesIO(upload.content)) as zipped:
            zipped.extractall(target)  # our own archive: it has no names that lead out of the directory
        return [
            f"{name} takes the place of version {version} of it"
            for name in _modules_in(target) if (version := installed_version(name)) is not None
        ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="overproof-upload-") as place:
        needed, remarks = needed_beside(_source(upload, Path(place)))
        unpack(needed, target)
    return remarks


def _source(upload: Upload, place: Path) -> str:
    """Write down what pip is to install; return how it is named to pip."""
    if upload.kind == "requirement":
        return upload.content.decode()
    if upload.kind == "wheel":
        wheel = place / upload.name
        wheel.write_bytes(upload.content)
        return str(wheel)
    with zipfile.ZipFile(io.BytesIO(upload.content)) as zipped:
        zipped.extractall(place / "project")
    return str(place / "project")


def _check_modules(target: Path) -> None:
    """Refuse what workers would not see, as they have loaded another one.

    Raises:
        EngineError: there is such a module.
    """
    hidden = sorted(LOADED.intersection(_modules_in(target)))
    if hidden:
        raise EngineError(f"it has {', '.join(hidden)}, which workers have loaded already, from elsewhere")


def _modules_in(target: Path) -> list[str]:
    return [each.stem for each in sorted(target.iterdir()) if each.suffix == ".py" or (each / "__init__.py").is_file()]
