"""The list of keys of a directory, none of which has a checksum: everything in it is told twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from overproof.columns.formats.checks.keys import MAX_KEY_BYTES, Key, bytes_of, check_same, parse_key
from overproof.columns.formats.damage import DamageError
from overproof.columns.formats.source import Range, fetch_what_is_there

MAX_KEYS = 512
"""Keys of one directory that are compared with those in front of the objects; more of them are seldom trees."""

_TREES = frozenset({b"TTree", b"TNtuple", b"TNtupleD", b"ROOT::RNTuple", b"TDirectory", b"TDirectoryFile"})


def check_directory(directory: Any) -> None:
    """Check the list of keys of a directory, and each key in it against its twin in front of the object.

    A bit that hides a tree, or gives it another name or cycle, would silently lead to another tree. Keys of many
    histograms are passed over.

    Args:
        directory: a directory of uproot.

    Raises:
        DamageError: a list that is not whole, or keys that differ.
    """
    file = directory.file
    start, n_bytes = int(directory.fSeekKeys), int(directory.fNbytesKeys)
    if not start and not n_bytes:
        # A directory in which nothing was ever written.
        return
    data = bytes_of(file.chunk(start, min(start + n_bytes, max(file.fEND, start))))
    head = parse_key(data)
    listed = list(_listed(data, head))
    is_here = all(key.directory_seek == directory.fSeekDir and key.length == key.header_bytes for key in listed)
    if (head.seek, head.n_bytes) != (start, n_bytes) or not head.is_plausible or not is_here:
        raise DamageError("the list of keys is damaged")
    if len(listed) > MAX_KEYS:
        listed = [key for key in listed if key.class_name in _TREES][:MAX_KEYS]
    _check_twins(file.source, listed)
    _check_left_over(file.source, data, head)


def _listed(data: bytes, head: Key) -> Iterator[Key]:
    """Give the keys of a list."""
    n_keys, at = _count(data, head), head.header_bytes + 4
    for _ in range(n_keys):
        key = parse_key(data, at)
        yield key
        at += key.length


def _count(data: bytes, head: Key) -> int:
    n_keys = int.from_bytes(data[head.header_bytes : head.header_bytes + 4], "big", signed=True)
    if not 0 <= n_keys <= len(data):
        raise DamageError("the list of keys is damaged")
    return n_keys


def _check_twins(source: Any, listed: list[Key]) -> None:
    places: list[Range] = [(key.seek, key.seek + key.length) for key in listed]
    for key, found in zip(listed, fetch_what_is_there(source, places), strict=True):
        check_same(parse_key(found), key, what=f"'{key.name.decode(errors='replace')}'")


def _check_left_over(source: Any, data: bytes, head: Key) -> None:
    """Refuse a list that tells fewer keys than it has; where a key was deleted, what is left behind it is garbage."""
    end = head.header_bytes + 4 + sum(key.length for key in _listed(data, head))
    try:
        hidden = parse_key(data, end)
        (found,) = fetch_what_is_there(source, [(hidden.seek, hidden.seek + min(hidden.length, MAX_KEY_BYTES))])
        is_alive = parse_key(found) == hidden
    except DamageError:
        return
    if is_alive:
        raise DamageError("the list of keys holds more keys than it tells")
