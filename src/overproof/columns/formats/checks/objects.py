"""The stored bytes of an object: its key and the headers of its compressed blocks."""

from __future__ import annotations

from typing import Any

from uproot.source.chunk import Chunk

from overproof.columns.files.damage import BytesError, DamageError
from overproof.columns.files.local import Range
from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.checks.keys import parse_key
from overproof.columns.formats.source import fetch


def check_object(file: Any, key: Any) -> dict[Range, Chunk]:
    """Check an object before it is understood.

    Args:
        file: an open file of uproot.
        key: uproot's key of the object.

    Returns:
        What uproot will ask for.

    Raises:
        BytesError: the file ends before the object does.
        DamageError: sizes that do not add up.
    """
    start, stop = int(key.fSeekKey), int(key.fSeekKey) + int(key.fNbytes)
    return _checked(file.source, start, stop, class_name=key.fClassName.encode(errors="surrogateescape"))


def check_streamers(file: Any) -> None:
    """Check the description of the file's classes; when damaged, whoever needs it is refused, nobody else."""
    start, stop = int(file.fSeekInfo), int(file.fSeekInfo) + int(file.fNbytesInfo)
    if not start:
        return
    try:
        _checked(file.source, start, stop, class_name=b"TList")
    except (BytesError, DamageError) as error:
        file.source.refuse((start, max(stop, start + 1)), f"the description of the file's classes is damaged: {error}")


def _checked(source: Any, start: int, stop: int, *, class_name: bytes) -> dict[Range, Chunk]:
    if start <= 0 or stop <= start:
        raise DamageError("its place in the file cannot be")
    chunk = fetch(source, [(start, stop)])[(start, stop)]
    data = memoryview(chunk._raw_data)
    key = parse_key(data)
    is_here = (key.seek, key.n_bytes, key.class_name) == (start, stop - start, class_name)
    if not is_here or not key.is_plausible or key.header_bytes != key.length:
        raise DamageError("its key is damaged")
    stored = data[key.header_bytes :]
    if key.is_compressed:
        check_blocks(stored, n_uncompressed=key.object_bytes)
    at = start + key.header_bytes
    return {(at, stop): Chunk.wrap(source, chunk._raw_data[key.header_bytes :], start=at)}
