"""Results as files: `.root`, `.json`, `.pkl`; whole or not at all."""

from __future__ import annotations

import io
import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from overproof.outputs.document import dump_json, outputs_document
from overproof.outputs.rootfile import write_root
from overproof.words.errors import OutputError

SUFFIXES: Final = (".root", ".json", ".pkl")
"""What results can be saved as."""


def check_writable(path: str | os.PathLike[str], *, suffixes: Sequence[str] = SUFFIXES) -> None:
    """Find out before the work whether a result can be saved there; nothing is left behind.

    Raises:
        OutputError: unknown suffix, no such directory, or no permission.
    """
    target = Path(path)
    if target.suffix not in suffixes:
        raise OutputError(f"{target}: cannot tell the format by the name; end it in {', '.join(suffixes)}")
    if target.is_dir():
        raise OutputError(f"{target}: is a directory; give the name of a file")
    if not target.parent.is_dir():
        raise OutputError(f"{target}: there is no directory {target.parent}; make it first")
    if target.exists() and not os.access(target, os.W_OK):
        raise OutputError(f"{target}: exists and is write-protected; choose another name")
    try:
        part = _part_of(target)
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise OutputError(
            f"{target}: cannot write in {target.parent}: {error.strerror}; choose another place"
        ) from error


def save_outputs(
    path: str | os.PathLike[str], outputs: Mapping[str, Any], *, document: Mapping[str, Any] | None = None
) -> list[str]:
    """Save outputs in the format that the suffix of `path` names, replacing the file in one step.

    Args:
        path: ends in `.root` (histograms, tables and arrays), `.json` (the whole document) or `.pkl` (the dict).
        outputs: by name, in the user's types.
        document: what a `.json` file holds; None: `{"outputs": ...}`.

    Returns:
        Names of the outputs that a ROOT file cannot hold, with the reason; empty for the other formats.

    Raises:
        OutputError: the place cannot be written, or an output has no form in this format.
    """
    check_writable(path)
    target = Path(path)
    if target.suffix == ".root":
        with _replaced(target) as part:
            return write_root(part, outputs)
    content: bytes
    if target.suffix == ".json":
        content = dump_json(document if document is not None else {"outputs": outputs_document(outputs)}).encode()
    else:
        content = _pickled(dict(outputs))
    with _replaced(target) as part:
        part.write_bytes(content)
    return []


def save_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Save content that is made already, replacing the file in one step.

    Raises:
        OutputError: the place cannot be written.
    """
    with _replaced(Path(path)) as part:
        part.write_bytes(content)


@contextmanager
def _replaced(target: Path) -> Iterator[Path]:
    """Give a place to write to, and move it to `target` once it is whole and on disk."""
    part = _part_of(target)
    try:
        yield part
        _flush(part, os.O_RDWR)
        part.replace(target)
        _flush(target.parent, os.O_RDONLY)
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror or error}; nothing was written") from error
    finally:
        part.unlink(missing_ok=True)


def _part_of(target: Path) -> Path:
    """Choose a name beside `target` that nobody else uses."""
    return target.with_name(f".{target.stem}.{os.urandom(4).hex()}.part{target.suffix}")


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pickled(outputs: dict[str, Any]) -> bytes:
    """Pickle so that equal outputs give equal bytes, as far as their types allow."""
    dumps: tuple[Callable[[dict[str, Any]], bytes], ...] = (_pickled_by_value, pickle.dumps, _cloudpickled)
    for attempt in dumps:
        try:
            return attempt(outputs)
        except (pickle.PicklingError, AttributeError, TypeError, ValueError, RecursionError) as error:
            reason = error
    raise OutputError(f"an output cannot be pickled: {reason}; turn it into plain data in `terminate`") from reason


def _pickled_by_value(outputs: dict[str, Any]) -> bytes:
    """Pickle without references to objects met before: which objects are shared is an accident of the schedule."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.fast = True
    pickler.dump(outputs)
    return buffer.getvalue()


def _cloudpickled(outputs: dict[str, Any]) -> bytes:
    import cloudpickle

    data: bytes = cloudpickle.dumps(outputs, protocol=5)
    return data
