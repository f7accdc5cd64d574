"""How a name finds its branch, and what is said when there is none."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from overproof.analysis.draw.language.vocabulary import CONSTANTS, SPECIALS
from overproof.records.schema import Branch, Schema
from overproof.words.errors import BranchError, pointed_at


def find_branch(schema: Schema, name: str, *, text: str, position: int) -> Branch | None:
    """Find the branch of a name: as it stands, or as the only one that ends with it behind a dot.

    Raises:
        BranchError: several end with it.
    """
    ending = f".{name}"
    candidates = []
    for branch in schema.branches:
        if branch.name == name:
            return branch
        if branch.name.endswith(ending):
            candidates.append(branch)
    if len(candidates) > 1:
        names = ", ".join(f"`{branch.name}`" for branch in candidates[:4])
        raise branch_error(f"`{name}` may be {names}: write one of them in full", text=text, position=position)
    return candidates[0] if candidates else None


def no_branch(schema: Schema, name: str, *, text: str, position: int) -> BranchError:
    """Say that there is no such branch, with the nearest names."""
    hint = nearest(name, [*(branch.name for branch in schema.branches), *CONSTANTS, *SPECIALS])
    problem = f"there is no branch `{name}` in tree `{schema.tree}`{hint}"
    return branch_error(problem, text=text, position=position)


def branch_error(problem: str, *, text: str, position: int) -> BranchError:
    """Make an error about a branch with the caret under its name."""
    return BranchError(f"{problem}\n{pointed_at(text, position)}")


def nearest(name: str, known: Sequence[str]) -> str:
    """Say which known names are near, ignoring case; empty when none is."""
    by_lower = {candidate.lower(): candidate for candidate in reversed(known)}
    near = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    return "; nearest: " + ", ".join(f"`{by_lower[candidate]}`" for candidate in near) if near else ""
