"""From what a user may call a branch to the branch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from overproof.words.errors import BranchError

_DIMENSIONS = re.compile(r"(\[[^\]]*\])+$")


class AmbiguousBranchError(BranchError):
    """A name that more than one branch has."""


class Names:
    """The branches of one tree by all of their names.

    Args:
        leaves: names of the branches that hold data, in the order of the file.
        wholes: names of what contains other branches and can be read as a record.
        others: further spellings, each with the name that it stands for; one that stands for several is ambiguous.
        where: the tree and its file, for messages.
    """

    def __init__(
        self, leaves: Iterable[str], *, wholes: Iterable[str] = (), others: Iterable[tuple[str, str]] = (), where: str
    ) -> None:
        self.leaves: Sequence[str] = tuple(dict.fromkeys(leaves))
        self._known = frozenset(self.leaves) | frozenset(wholes)
        self._others: dict[str, set[str]] = {}
        for spelling, name in others:
            self._others.setdefault(spelling, set()).add(name)
        self._where = where

    def resolve(self, name: str) -> str:
        """Return the one name of a branch.

        Raises:
            BranchError: nothing is called so (with the nearest names), or more than one thing is.
        """
        found = self.find(name)
        if found is None:
            raise BranchError(f"no branch '{name}' in {self._where}{nearest(name, self.leaves)}")
        return found

    def find(self, name: str) -> str | None:
        """Return the one name of a branch, and quickly None where nothing is called so.

        Raises:
            AmbiguousBranchError: more than one thing is.
        """
        if name in self._known:
            return name
        if (dotted := plain(name)) in self._known:
            return dotted
        for spelling in (name, dotted):
            meant = self._others.get(spelling, set())
            if len(meant) == 1:
                return next(iter(meant))
            if meant:
                raise AmbiguousBranchError(
                    f"branch '{name}' is ambiguous in {self._where}: write one of {', '.join(sorted(meant))}"
                )
        return None


def plain(name: str) -> str:
    """Spell a name with dots, without trailing dots and without dimensions: `a./b[10]` is `a.b`."""
    dotted = _DIMENSIONS.sub("", name).replace("/", ".")
    return re.sub(r"\.{2,}", ".", dotted).strip(".")


def nearest(name: str, known: Sequence[str], *, what: str = "branches") -> str:
    """Continue an error message with the names most like the one not found."""
    import difflib  # whoever spells everything right needs it not

    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if not close:
        by_case = {each.lower(): each for each in known}
        close = [by_case[near] for near in difflib.get_close_matches(name.lower(), list(by_case), n=3, cutoff=0.5)]
    if close:
        return f"; did you mean {' or '.join(repr(each) for each in close)}?"
    if not known:
        return f"; it has no {what}"
    shown = ", ".join(known[:5]) + (f" ... {len(known)} in all" if len(known) > 5 else "")
    return f"; it has the {what} {shown}"
