"""Think out small trees at random: branches of every kind that the draw language reads."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from typing import Any

NUMBERS = "BbSsIiLlFDO"
ARRAYS = "bSsIiLlFDO"
"""Types of numbers in arrays: ROOT takes those of `B` for texts."""

INTEGERS = frozenset("BbSsIiLl")
UNSIGNED = frozenset("bsil")
LONGEST_WORD = "muon"
"""Of the first entry: ROOT takes a `char*` of nothing but empty words for no text."""

WORDS = ("mu", "el", "tau", "", "muon", "Z 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of a random tree.

    Attributes:
        kind: `numbers`, `vector`, `vectors`, `text` (char*) or `string` (std::string).
        type: letter of ROOT for one number.
        shape: fixed dimensions.
        count: branch that holds the length; empty without one.
    """

    name: str
    kind: str = "numbers"
    type: str = "D"
    shape: tuple[int, ...] = ()
    count: str = ""

    @property
    def n_jagged(self) -> int:
        return {"vector": 1, "vectors": 2}.get(self.kind, 1 if self.count else 0)

    @property
    def n_dimensions(self) -> int:
        return self.n_jagged + len(self.shape)

    @property
    def is_text(self) -> bool:
        return self.kind in {"text", "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomTree:
    """A tree, its content, and aliases stored in it."""

    branches: tuple[Branch, ...]
    spec: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.spec["name"])


def random_tree(dice: random.Random, *, name: str = "t") -> RandomTree:
    """Return a tree of up to 15 entries and about 20 branches."""
    branches = _branches(dice)
    n_entries = dice.choice([1, 2, 5, 9, 15])
    lengths = {
        branch.name: [dice.choice([0, 0, 1, 1, 2, 3, 4]) for _ in range(n_entries)]
        for branch in branches
        if branch.name in {"n", "m"}
    }
    facts = []
    for branch in branches:
        values = lengths.get(branch.name) or [
            _value(dice, branch, length) for length in (lengths.get(branch.count) or [None] * n_entries)
        ]
        if branch.is_text:
            values[0] = LONGEST_WORD
        facts.append(
            {"name": branch.name, "kind": branch.kind, "type": branch.type, "shape": list(branch.shape),
             "count": branch.count, "values": values}
        )  # fmt: skip
    spec = {
        "name": name, "n_entries": n_entries, "autoflush": dice.choice([2, 1000]), "branches": facts, "aliases": [],
    }  # fmt: skip
    return RandomTree(branches=branches, spec=spec)


def _branches(dice: random.Random) -> tuple[Branch, ...]:
    branches = [Branch(name="n", type="I"), Branch(name="m", type=dice.choice("Iibs"))]
    branches += [Branch(name=f"s{place}", type=dice.choice(NUMBERS)) for place in range(5)]
    branches += [Branch(name=f"d{place}", type="D") for place in range(2)]
    branches += [Branch(name=f"a{place}", type=dice.choice(ARRAYS), count="n") for place in range(3)]
    branches += [Branch(name="b0", type=dice.choice(ARRAYS), count="m"), Branch(name="b1", type="F", count="m")]
    branches += [
        Branch(name="f0", type=dice.choice("SsIiLlFDO"), shape=(3,)),
        Branch(name="f1", type=dice.choice("SsIiLlFD"), shape=(dice.choice([1, 2, 4]),)),
        Branch(name="g", type=dice.choice("IFD"), shape=(2, 3)),
        Branch(name="h", type=dice.choice("IFD"), shape=(2,), count="n"),
        Branch(name="v0", kind="vector", type=dice.choice("IiLFD")),
        Branch(name="v1", kind="vector", type=dice.choice("IFDO")),
        Branch(name="w", kind="vectors", type=dice.choice("IFD")),
        Branch(name="c", kind="text"),
        Branch(name="t", kind="string"),
    ]
    return tuple(branches)


def _value(dice: random.Random, branch: Branch, length: int | None) -> Any:
    if branch.is_text:
        return dice.choice(WORDS)
    if branch.kind == "vectors":
        return [[_number(dice, branch.type) for _ in range(dice.choice([0, 1, 2, 3]))] for _ in range(_few(dice))]
    if branch.kind == "vector":
        return [_number(dice, branch.type) for _ in range(_few(dice))]
    sizes = [*([] if length is None else [length]), *branch.shape]
    return _array(dice, branch.type, sizes)


def _few(dice: random.Random) -> int:
    return dice.choice([0, 1, 1, 2, 3])


def _array(dice: random.Random, code: str, sizes: list[int]) -> Any:
    if not sizes:
        return _number(dice, code)
    return [_array(dice, code, sizes[1:]) for _ in range(sizes[0])]


def _number(dice: random.Random, code: str) -> Any:
    if code == "O":
        return dice.choice([False, True])
    if code in INTEGERS:
        number = dice.choice([0, 1, 2, 3, 5, 7, dice.randrange(100)])
        return number if code in UNSIGNED else dice.choice([number, -number])
    number = dice.choice(
        [0.0, 1.0, -1.0, 0.5, dice.randrange(-20, 21) / 4, dice.gauss(0, 3), dice.uniform(-1, 1), dice.gauss(0, 100)]
    )
    return struct.unpack("f", struct.pack("f", number))[0] if code == "F" else number
