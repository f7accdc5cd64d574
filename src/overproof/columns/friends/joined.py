"""A tree and its friends as one reader."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from overproof.columns.files.identity import identity_now, joined, parts_of
from overproof.columns.formats import Reader
from overproof.columns.friends.friend import AbsentFriend, OpenFriend
from overproof.columns.layouts import NativeColumn
from overproof.records.dataset import FileGrid
from overproof.records.schema import Schema
from overproof.words.errors import BranchError, InvariantError


class JoinedReader:
    """Reads one tree and, entry by entry, what stands beside it.

    A branch of a friend is called `friend.branch`; the branch alone is enough where the tree itself has none of this
    name, and the friends are asked in order, as in ROOT. Blocks and entries are those of the tree.

    Args:
        reader: the tree; it is closed with this one, as are its friends.
        friends: those that can be read and those that cannot, in the order in which names are looked for.
    """

    def __init__(self, reader: Reader, friends: Sequence[OpenFriend | AbsentFriend]) -> None:
        self._reader = reader
        self._friends = [each for each in friends if isinstance(each, OpenFriend)]
        self._absent = [each for each in friends if isinstance(each, AbsentFriend)]
        self._parts = [part for friend in self._friends for part in friend.parts]
        self.path = reader.path
        self.tree = reader.tree
        self.uuid = reader.uuid
        self.n_entries = reader.n_entries
        self.size_bytes = reader.size_bytes
        # What is absent is named too: a friend that comes back makes another version of the whole.
        self.friends = (*(part.reader.path for part in self._parts), *(friend.path for friend in self._absent))
        versions = [*(part.reader.identity for part in self._parts), *(friend.identity for friend in self._absent)]
        self.identity = joined([reader.identity, *versions])
        self._meant: dict[str, tuple[OpenFriend | None, str] | None] = {}

    @property
    def read_bytes(self) -> int:
        """Compressed bytes read so far, of friends too."""
        return self._reader.read_bytes + sum(part.reader.read_bytes for part in self._parts)

    @cached_property
    def names(self) -> Sequence[str]:
        """Names of all branches, as in the schema."""
        own = self._reader.names
        return tuple(dict.fromkeys([*own, *(name for friend in self._friends for name in friend.names)]))

    def resolve(self, name: str) -> str:
        """Return the one spelling of a branch's name, that of a friend with the friend's name before it."""
        found = self.find(name)
        if found is None:
            raise self._unknown(name)
        return found

    def find(self, name: str) -> str | None:
        """Return what `resolve` does, and quickly None where there is nothing."""
        place = self._find(name)
        if place is None:
            return None
        friend, own = place
        return own if friend is None else f"{friend.name}.{own}"

    def _find(self, name: str) -> tuple[OpenFriend | None, str] | None:
        """Return where a branch is, and its name there."""
        if name not in self._meant:
            self._meant[name] = self._look_for(name)
        return self._meant[name]

    def _look_for(self, name: str) -> tuple[OpenFriend | None, str] | None:
        """Look for a branch in the tree, in the friend whose name it begins with, then in every friend.

        Raises:
            BranchError: more than one branch of a tree has the name.
        """
        if (found := self._reader.find(name)) is not None:
            return None, found
        for friend in self._friends:
            asked = friend.asked(name)
            if asked is not None and (found := friend.reader.find(asked)) is not None:
                return friend, found
        for friend in self._friends:
            if (found := friend.reader.find(name)) is not None:
                return friend, found
        return None

    def _unknown(self, name: str) -> BranchError:
        """Say that a branch is nowhere: neither in the friend that was meant, nor in the tree."""
        meant = next((friend for friend in self._friends if friend.asked(name) is not None), None)
        try:
            if meant is None:
                self._reader.resolve(name)
            else:
                meant.reader.resolve(meant.asked(name) or "")
        except BranchError as error:
            return BranchError("; ".join([str(error), *map(str, self._absent)]))
        raise InvariantError(f"branch {name} is found and not found")

    @property
    def has_index(self) -> bool:
        """Tell whether the tree has an index of its own."""
        return self._reader.has_index

    def named_friends(self) -> list[tuple[str, str, str]]:
        """Return the friends that the tree names."""
        return self._reader.named_friends()

    def schema(self) -> Schema:
        """Tell the branches and their types, those of friends behind those of the tree."""
        return self._schema

    @cached_property
    def _schema(self) -> Schema:
        own = self._reader.schema()
        taken = {branch.name for branch in own.branches}
        branches = list(own.branches)
        for friend in self._friends:
            for branch in friend.branches():
                named = replace(branch, name=f"{friend.name}.{branch.name}", friend=friend.name)
                if named.name not in taken:
                    branches.append(named)
        return replace(
            own,
            branches=tuple(branches),
            identity=self.identity,
            friends=self.friends,
            beside=tuple((friend.name, friend.tree) for friend in self._friends),
            absent=tuple(map(str, self._absent)),
        )

    def grid(self, block_entries: int) -> FileGrid:
        """Tell the blocks, which are those of the tree alone."""
        return replace(self._reader.grid(block_entries), identity=self.identity, friends=self.friends)

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Read columns of the entries from `first` to `stop`, and of what stands beside them."""
        wanted: dict[OpenFriend | None, dict[str, str]] = {}
        for name in names:
            place = self._find(name)
            if place is None:
                raise self._unknown(name)
            friend, own = place
            wanted.setdefault(friend, {})[name] = own
        arrays: dict[str, Any] = {}
        for friend, owns in wanted.items():
            holder = self._reader if friend is None else friend
            read = holder.read(list(dict.fromkeys(owns.values())), first, stop)
            arrays.update({name: read[own] for name, own in owns.items()})
        return {name: arrays[name] for name in names}

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Read those of some columns that the tree itself has plain enough; those of friends are left to `read`."""
        own = {name: place[1] for name in names if (place := self._find(name)) is not None and place[0] is None}
        found = self._reader.read_native(list(dict.fromkeys(own.values())), first, stop)
        return {name: found[spelt] for name, spelt in own.items() if spelt in found}

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Let the tree and its friends learn what will be read soon."""
        wanted: dict[OpenFriend | None, list[str]] = {}
        # A name that means several branches is complained of by `read`.
        with contextlib.suppress(BranchError):
            for friend, own in filter(None, map(self._find, names)):
                wanted.setdefault(friend, []).append(own)
        for friend, owns in wanted.items():
            (self._reader if friend is None else friend).expect(owns, first, stop)

    def tidy_up(self) -> None:
        """Do what was put off while somebody waited."""
        for reader in (self._reader, *(part.reader for part in self._parts)):
            reader.tidy_up()

    def serves(self, identity: str) -> bool:
        """Tell whether all files are still the versions asked for; when none is, whether the paths lead here."""
        if any(identity_now(friend.path) != friend.identity for friend in self._absent):
            return False
        readers = [self._reader, *(part.reader for part in self._parts)]
        asked = parts_of(identity) if identity else [""] * (1 + len(self.friends))
        is_alike = len(asked) == 1 + len(self.friends)
        return is_alike and all(reader.serves(part) for reader, part in zip(readers, asked, strict=False))

    def close(self) -> None:
        """Give all files back."""
        self._reader.close()
        for friend in self._friends:
            friend.close()
