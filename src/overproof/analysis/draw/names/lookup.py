"""How a name finds its branch, and what is said when there is none."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from overproof.analysis.draw.language.vocabulary import CONSTANTS, SPECIALS
from overproof.analysis.draw.names.friends import own_name, places, spelled
from overproof.records.schema import Branch, Schema
from overproof.words.errors import BranchError, pointed_at


def find_branch(schema: Schema, name: str, *, text: str, position: int) -> Branch | None:
    """Find the branch of a name: as it stands, or as the only one that ends with it behind a dot.

    The tree's own branches come first, then those of each friend, whose name, or that of its tree, may stand before.

    Raises:
        BranchError: several end with it.
    """
    for branches, asked in places(schema, name):
        candidates = [branch for branch in branches if own_name(branch).endswith(f".{asked}")]
        found = next((branch for branch in branches if own_name(branch) == asked), None)
        if found is None and len(candidates) > 1:
            names = ", ".join(f"`{spelled(branch)}`" for branch in candidates[:4])
            raise branch_error(f"`{name}` may be {names}: write one of them in full", text=text, position=position)
        if found is not None or candidates:
            return found or candidates[0]
    return None


def no_branch(schema: Schema, name: str, *, text: str, position: int) -> BranchError:
    """Say that there is no such branch, with the nearest names."""
    hint = nearest(name, [*map(spelled, schema.branches), *CONSTANTS, *SPECIALS])
    hint = hint or "; `overproof inspect` lists its branches, and a text stands between quotes"
    absent = "".join(f"; {line}" for line in schema.absent)
    problem = f"there is no branch `{name}` in tree `{schema.tree}`{hint}{absent}"
    return branch_error(problem, text=text, position=position)


def branch_error(problem: str, *, text: str, position: int) -> BranchError:
    """Make an error about a branch with the caret under its name."""
    return BranchError(f"{problem}\n{pointed_at(text, position)}")


def nearest(name: str, known: Sequence[str]) -> str:
    """Say which known names are near, ignoring case; empty when none is."""
    by_lower = {candidate.lower(): candidate for candidate in reversed(known)}
    near = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    return "; nearest: " + ", ".join(f"`{by_lower[candidate]}`" for candidate in near) if near else ""
