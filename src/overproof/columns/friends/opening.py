"""Open a tree together with its friends: those that the user names, and those that it names itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from overproof.columns.files.identity import identity_now
from overproof.columns.formats import Reader
from overproof.columns.formats.places import local_path
from overproof.columns.friends.friend import AbsentFriend, OpenFriend, OpenPart
from overproof.columns.friends.joined import JoinedReader
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec, Friend, FriendPart
from overproof.words.errors import DatasetError, OverproofError, ReadError

Opener = Callable[[FileSpec], Reader]
"""Opens one tree, without what is beside it."""

Place = tuple[str, str]
"""Path of a file, and of a tree in it."""


def open_joined(spec: FileSpec, *, opener: Opener = open_reader) -> Reader:
    """Open one tree of one file, and what is read beside it.

    A friend that the user names must be there and fit; one that the tree names may be absent. Those that a friend names
    itself are read too where the tree names it: what the user names is all that the user wants.

    Args:
        spec: the file and the tree.
        opener: opens each tree.

    Raises:
        DatasetError: nothing that can be used, of the tree or of a friend that the user names.
        ReadError: phase `open`.
    """
    reader = opener(spec)
    opened: list[OpenFriend | AbsentFriend] = []
    try:
        opened.extend(_open_given(friend, reader, opener=opener) for friend in spec.friends)
        opened += _open_named(reader, reader, opener=opener, seen={_place(reader)})
    except BaseException:
        for each in opened:
            if isinstance(each, OpenFriend):
                each.close()
        reader.close()
        raise
    return JoinedReader(reader, _first_of_each_name(opened)) if opened else reader


def _open_given(friend: Friend, reader: Reader, *, opener: Opener) -> OpenFriend:
    """Open all parts of a friend that the user names.

    Raises:
        DatasetError, ReadError: one of them cannot be opened, or they are not as long as the tree.
    """
    parts: list[OpenPart] = []
    try:
        for part in friend.parts:
            opened = _open_part(friend.name, part, opener=opener)
            n_entries = opened.n_entries if part.n_entries is None else part.n_entries
            parts.append(OpenPart(reader=opened, first=part.first, n_entries=n_entries))
            _check_has(part, opened)
        joined = OpenFriend(friend.name, parts)
        _check_length(joined, reader)
        _check_index(joined)
    except BaseException:
        for each in parts:
            each.reader.close()
        raise
    return joined


def _open_part(name: str, part: FriendPart, *, opener: Opener) -> Reader:
    """Open one tree of a friend; what is wrong with it is said of the friend.

    Raises:
        DatasetError, ReadError: it cannot be opened.
    """
    try:
        return opener(FileSpec(path=part.path, tree=part.tree))
    except ReadError as error:
        reason = f"friend '{name}' in {error.file}: {error.reason}"
        raise ReadError(reason, file=error.file, phase=error.phase) from error
    except DatasetError as error:
        raise DatasetError(f"friend '{name}': {error}") from error


def _check_has(part: FriendPart, reader: Reader) -> None:
    if part.n_entries is not None and part.first + part.n_entries > reader.n_entries:
        raise DatasetError(
            f"{reader.path} has {reader.n_entries:,} entries in tree {reader.tree}, fewer than when the query began: "
            "run the query again"
        )


def _check_length(friend: OpenFriend, reader: Reader) -> None:
    """Refuse a friend in which some entries of the tree would have nothing beside them, or the other way round."""
    if friend.n_entries != reader.n_entries:
        raise DatasetError(
            f"friend '{friend.name}' ({friend.reader.path}) has {friend.n_entries:,} entries and the tree "
            f"{reader.tree} of {reader.path} {reader.n_entries:,}: friends are read entry by entry, so give trees of "
            "the same length"
        )


def _check_index(friend: OpenFriend) -> None:
    """Refuse a friend that ROOT would not read entry by entry."""
    for part in friend.parts:
        if part.reader.has_index:
            raise DatasetError(
                f"friend '{friend.name}' ({part.reader.path}) has an index (TTree::BuildIndex), by which ROOT would "
                "look up its entries: friends are read entry by entry here; write the tree without the index"
            )


def _open_named(
    holder: Reader, reader: Reader, *, opener: Opener, seen: set[Place]
) -> Iterator[OpenFriend | AbsentFriend]:
    """Open the friends that a tree names, each followed by those that it names itself.

    Args:
        holder: the tree that names them.
        reader: the tree beside which they are read.
        opener: opens each tree.
        seen: trees that need no opening again: friends may name one another.
    """
    named = holder.named_friends()
    for name, tree, file in named:
        path, other = _found(file, beside=holder.path)
        try:
            if other:
                raise DatasetError(
                    f"it may be {path}, from where you are, as in ROOT, or {other}, beside the tree: say which by "
                    f"friends={{'{name}': ...}} (--friend {name}=...)"
                )
            friend = _open_given(Friend(name=name, parts=(FriendPart(path=path, tree=tree),)), reader, opener=opener)
        except OverproofError as error:
            reason = " ".join(str(error).split()).removeprefix(f"friend '{name}': ")
            yield AbsentFriend(name=name, path=path, reason=reason, identity=identity_now(path))
            continue
        if (place := _place(friend.reader)) in seen:
            friend.close()
            continue
        seen.add(place)
        yield friend
        yield from _open_named(friend.reader, reader, opener=opener, seen=seen)


def _found(file: str, *, beside: str) -> tuple[str, str]:
    """Return the path that a tree means: from where we are, as ROOT has it, or from where the tree itself is.

    Args:
        file: what the tree says; empty: its own file.
        beside: path of its own file.

    Returns:
        The path, and another one where there are two files that could be meant, else an empty text.
    """
    local, own = local_path(file), local_path(beside)
    if not file or local is None:
        return file or beside, ""
    here = os.path.abspath(local)
    there = here if own is None else os.path.join(os.path.dirname(os.path.abspath(own)), local)
    if not os.path.exists(here):
        return there, ""
    is_one = not os.path.exists(there) or os.path.samefile(here, there)
    return here, "" if is_one else there


def _place(reader: Reader) -> Place:
    local = local_path(reader.path)
    return reader.path if local is None else os.path.realpath(local), reader.tree.partition(";")[0]


def _first_of_each_name(friends: list[OpenFriend | AbsentFriend]) -> list[OpenFriend | AbsentFriend]:
    """Leave out, and close, a friend whose name another one has already."""
    kept: dict[str, OpenFriend | AbsentFriend] = {}
    for friend in friends:
        if kept.setdefault(friend.name, friend) is not friend and isinstance(friend, OpenFriend):
            friend.close()
    return list(kept.values())
