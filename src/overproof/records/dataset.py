"""What is to be processed: files, and which of their entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from overproof.records.block import Range
from overproof.words.frozen import dataclass

USUAL_TREE = "Events"
"""The tree that is meant in a file of several when none is named. Source: NanoAOD, as everybody in CMS reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendPart:
    """Consecutive entries of one tree, read beside those of another.

    Attributes:
        path: local path, absolute, or URL.
        tree: path of the tree inside; None: the only one there is, or `Events` where there are several.
        first: the first of these entries.
        n_entries: how many; None: the whole tree, which must be as long as the one it is read beside.
    """

    path: str
    tree: str | None = None
    first: int = 0
    n_entries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Friend:
    """What is read beside one tree under the name of a friend, entry by entry.

    Attributes:
        name: its branches are named `name.branch`.
        parts: one after the other; together as long as the tree.
    """

    name: str
    parts: tuple[FriendPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """One file of a dataset.

    Attributes:
        path: local path or URL.
        tree: path of the TTree or RNTuple inside; None: the only one there is, or `Events` where there are several.
        steps: the entries asked for, as ranges, ascending and apart; None: all; without any, the file is not opened.
        checksum: of the whole file, as `"adler32:0123abcd"` or with another algorithm; empty: not known.
        friends: what the user wants to be read beside it, in the order in which names are looked for.
        written: the path as the user wrote it, where that is another one; empty: the same.
        n_entries: so many entries the tree must have, or it is another file; None: not told.
        uuid: the UUID that the file must have, or it is another file; empty: not told.
    """

    path: str
    tree: str | None = None
    steps: tuple[Range, ...] | None = None
    checksum: str = ""
    friends: tuple[Friend, ...] = ()
    written: str = ""
    n_entries: int | None = None
    uuid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendChain:
    """The files of a friend as the user names them, before anybody knows which entries belong to which file.

    Attributes:
        name: of the friend.
        files: in the order of entries.
    """

    name: str
    files: tuple[FileSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of several datasets that are processed in one query.

    Attributes:
        name: what the user calls it.
        n_files: so many files, behind those of the members before.
        metadata: what a fileset says about it, readable as `events.metadata`.
    """

    name: str
    n_files: int
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """An ordered list of files under one name; the order of entries is the order of files.

    Attributes:
        name: what the user calls it.
        files: in the order of entries.
        metadata: what a fileset says about it, readable as `events.metadata`.
        friends: chains to be read beside it; empty when every file knows its own parts of them.
        members: the datasets of which it is made, one after the other; empty: it is one.
    """

    name: str
    files: tuple[FileSpec, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    friends: tuple[FriendChain, ...] = ()
    members: tuple[Member, ...] = ()

    @property
    def all_members(self) -> tuple[Member, ...]:
        """The datasets of which it is made; itself where it is one."""
        return self.members or (Member(name=self.name, n_files=len(self.files), metadata=self.metadata),)

    def member_of(self, file: int) -> Member:
        """Return the dataset to which a file belongs."""
        before = 0
        for member in self.all_members:
            before += member.n_files
            if file < before:
                return member
        raise IndexError(f"there is no file {file}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The files of a dataset as one long tree, as ROOT's TChain counts its entries; or as one for each of its members.

    Attributes:
        firsts: for each file, the entries before it in its tree; a file of unknown length counts none.
        totals: for each file, the entries of its tree.
        n_unknown: files of unknown length.
    """

    firsts: tuple[int, ...]
    totals: tuple[int, ...]
    n_unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGrid:
    """What is learned from looking into a file: its tree, its length and its blocks.

    Attributes:
        tree: path of the tree, resolved.
        n_entries: entries of the tree.
        stops: last entry (exclusive) of each block, ascending; the last one is `n_entries`; empty for an empty tree.
        size_bytes: compressed bytes of all branches.
        uuid: the file's UUID, empty where the format has none.
        identity: which version of the file was looked into; empty where that cannot be told, as for remote files; with
            friends, theirs too.
        friends: paths of the files that are read beside it, in the order of the identities.
    """

    tree: str
    n_entries: int
    stops: tuple[int, ...]
    size_bytes: int = 0
    uuid: str = ""
    identity: str = ""
    friends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One copy of a file, as a worker can read it.

    Attributes:
        path: local path, or URL; empty: the path in the dataset.
        host: the machine that has it on a disk of its own, as workers there call it; empty: nobody knows.
        server: what serves it: a storage server, or a disk; those who read from one share its bandwidth. Empty: the
            host.
    """

    path: str = ""
    host: str = ""
    server: str = ""

    @property
    def served_by(self) -> str:
        """Name what serves it; empty where nobody knows."""
        return self.server or self.host
