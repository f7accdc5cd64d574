"""The list of keys of a directory, none of which has a checksum: everything in it is told twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from overproof.columns.files.damage import DamageError
from overproof.columns.files.local import Range
from overproof.columns.formats.checks.keys import Key, parse_key
from overproof.words.frozen import dataclass

MAX_KEYS = 512
"""Keys of one directory that are compared with those in front of their objects; of more, only those of trees are."""

_HOLDERS = frozenset({b"TTree", b"TNtuple", b"TNtupleD", b"ROOT::RNTuple", b"TDirectory", b"TDirectoryFile"})

Fetch: TypeAlias = Callable[[Sequence[Range]], Sequence[bytes]]
"""Gives ranges of bytes of a file in one request; of what lies outside of it, what is there, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a directory tells of its list of keys.

    Attributes:
        seek: where the list begins; 0 when nothing was ever written.
        n_bytes: of the list.
        directory_seek: where the directory itself lies.
        end: of the file, as its header tells it.
    """

    seek: int
    n_bytes: int
    directory_seek: int
    end: int


def checked_keys(listing: Listing, fetch: Fetch, *, asked: str | None) -> Sequence[Key]:
    """Check the list of keys of a directory, and each key in it against its twin in front of its object.

    A bit that hides a tree, or gives it another name or cycle, would silently lead to another tree. What cannot be
    what is asked for may be damaged.

    Args:
        listing: where the list is.
        fetch: gives bytes of the file.
        asked: the name that is looked for, without cycle; None: any tree or directory.

    Returns:
        The keys, in the order of the list.

    Raises:
        DamageError: a list that is not whole, or keys that differ.
    """
    start, n_bytes = listing.seek, listing.n_bytes
    if not start and not n_bytes:
        # A directory in which nothing was ever written.
        return ()
    (data,) = fetch([(start, min(start + n_bytes, max(listing.end, start)))])
    head = parse_key(data)
    listed, end = _listed(data, head)
    is_here = all(key.directory_seek == listing.directory_seek and _says_its_length(key) for key in listed)
    if not _heads(head, start, n_bytes) or not head.is_plausible or not is_here:
        raise DamageError("the list of keys is damaged")
    _check_left_over(fetch, data, end)
    _check_twins(fetch, listed, asked=None if asked is None else asked.encode(errors="surrogateescape"))
    return listed


def _heads(head: Key, start: int, n_bytes: int) -> bool:
    """Tell whether a key says of itself that it stands in front of the list; that of uproot 3 says nothing."""
    is_blank = (head.seek, head.directory_seek, head.n_bytes) == (0, 0, head.header_bytes + 4)
    return is_blank or (head.seek, head.n_bytes) == (start, n_bytes)


def _says_its_length(key: Key) -> bool:
    """Tell whether a key is as long as it says; ROOT 5 wrote `TDirectoryFile` where it had counted `TDirectory`."""
    spelled = len(b"File") if key.class_name == b"TDirectoryFile" else 0
    return key.length == key.header_bytes or key.length == key.header_bytes + spelled


def _listed(data: bytes, head: Key) -> tuple[Sequence[Key], int]:
    """Return the keys of a list, and where they end."""
    at = head.header_bytes + 4
    n_keys = int.from_bytes(data[head.header_bytes : at], "big", signed=True)
    if not 0 <= n_keys <= len(data):
        raise DamageError("the list of keys is damaged")
    listed = []
    for _ in range(n_keys):
        listed.append(parse_key(data, at))
        at += listed[-1].length
    return listed, at


def _check_left_over(fetch: Fetch, data: bytes, end: int) -> None:
    """Refuse a list that tells fewer keys than it has; where a key was deleted, what is left behind it is garbage."""
    try:
        hidden = parse_key(data, end)
        (found,) = fetch([(hidden.seek, hidden.seek + hidden.length)])
        is_alive = parse_key(found) == hidden
    except DamageError:
        return
    if is_alive:
        raise DamageError("the list of keys holds more keys than it tells")


def _is_same(listed: Key, found: Key) -> bool:
    """Tell whether a key of the list is the one in front of its object, in either spelling of a directory's class."""
    if {listed.class_name, found.class_name} == {b"TDirectory", b"TDirectoryFile"}:
        found = replace(found, class_name=listed.class_name, length=listed.length)
        return listed == found
    return listed == found and listed.is_plausible


def _check_twins(fetch: Fetch, listed: Sequence[Key], *, asked: bytes | None) -> None:
    if len(listed) > MAX_KEYS:
        listed = [key for key in listed if key.class_name in _HOLDERS][:MAX_KEYS]
    found = fetch([(key.seek, key.seek + key.length) for key in listed])
    for key, data in zip(listed, found, strict=True):
        try:
            twins = (key, parse_key(data))
        except DamageError:
            twins = (key, key)
            is_same = False
        else:
            is_same = _is_same(*twins)
        matters = any(each.class_name in _HOLDERS if asked is None else each.name == asked for each in twins)
        if matters and not is_same:
            name = key.name.decode(errors="replace")
            raise DamageError(f"'{name}' does not lie where the list of keys says, or one of the two is damaged")
