"""The types of branches, as uproot tells them."""

from __future__ import annotations

import functools
import math
import re

from overproof.columns.lean.branches import Branch
from overproof.columns.lean.doubt import DoubtError
from overproof.words.frozen import dataclass

_SIGNED = {"TLeafB": "i1", "TLeafS": "i2", "TLeafI": "i4", "TLeafL": "i8", "TLeafG": "i8"}
_OTHERS = {"TLeafO": "?", "TLeafF": "f4", "TLeafD": "f8"}
_NAMES = {
    "?": ("bool", "bool"), "i1": ("int8", "int8_t"), "u1": ("uint8", "uint8_t"), "i2": ("int16", "int16_t"),
    "u2": ("uint16", "uint16_t"), "i4": ("int32", "int32_t"), "u4": ("uint32", "uint32_t"), "i8": ("int64", "int64_t"),
    "u8": ("uint64", "uint64_t"), "f4": ("float32", "float"), "f8": ("float64", "double"),
}  # fmt: skip
"""By code: name of the type in numpy, and in C++."""

_LONG = {"int64_t": "long", "uint64_t": "unsigned long"}
"""What a leaf of class TLeafG was written from, which ROOT tells from `Long64_t` where it draws."""

_WRITTEN = {
    "bool": "?", "char": "i1", "unsigned char": "u1", "short": "i2", "unsigned short": "u2", "int": "i4",
    "unsigned int": "u4", "long": "i8", "unsigned long": "u8", "Long64_t": "i8", "ULong64_t": "u8", "float": "f4",
    "double": "f8",
}  # fmt: skip
"""By the names that ROOT writes into the names of classes."""

_VECTOR_BYTES = 10
"""Byte count, version, and how many elements follow."""

_MOST_NUMBERS = 2**24
"""Of one element of fixed shape: in memory they must be counted by 31 bits."""

_TEXT = "TLeafC"
_LEAF_OF_OBJECTS = ("TLeafElement", -1, 1, -1)
"""Class, type, length, counter."""

_DIMENSIONS = re.compile(r"[^\[\]]*(\[[^\[\]]+\])+")
_DIMENSION = re.compile(r"\[([1-9][0-9]*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanType:
    """The type of a column.

    Attributes:
        code: of its numbers in a dtype of numpy, without byte order; empty: it has texts.
        fixed_shape: of one element.
        n_jagged: how many dimensions of variable length it has.
        header_bytes: in front of the elements of each entry.
        typename: in C++.
    """

    code: str = ""
    fixed_shape: tuple[int, ...] = ()
    n_jagged: int = 0
    header_bytes: int = 0
    typename: str

    @property
    def kind(self) -> str:
        """Tell whether it has numbers or texts, as a schema does."""
        return "number" if self.code else "string"

    @property
    def dtype(self) -> str:
        """Name of the type in numpy; empty for texts."""
        return _NAMES[self.code][0] if self.code else ""

    @property
    def is_native(self) -> bool:
        """Tell whether it can be read natively."""
        return bool(self.code) and self.n_jagged < 2


def _vectors() -> dict[str, LeanType]:
    """Type the objects that are understood: texts, vectors of numbers and texts, and vectors of vectors of numbers."""
    types = {
        "string": LeanType(typename="std::string"),
        "vector<string>": LeanType(typename="std::vector<std::string>", n_jagged=1),
    }
    for name, code in _WRITTEN.items():
        inner = f"std::vector<{_NAMES[code][1]}>"
        types[f"vector<{name}>"] = LeanType(code=code, typename=inner, n_jagged=1, header_bytes=_VECTOR_BYTES)
        types[f"vector<vector<{name}> >"] = LeanType(code=code, typename=f"std::vector<{inner}>", n_jagged=2)
    return types


def code_of(kind: str, *, is_unsigned: bool) -> str:
    """Return the type of one number of a leaf of some class.

    Raises:
        DoubtError: it is not one of plain numbers.
    """
    code = _SIGNED.get(kind)
    if code is not None:
        return code.replace("i", "u") if is_unsigned else code
    if kind not in _OTHERS:
        raise DoubtError("no leaf of plain numbers")
    return _OTHERS[kind]


def type_of(branch: Branch, counter: str) -> LeanType:
    """Type a branch with one leaf.

    Args:
        branch: the branch.
        counter: own name of the branch that tells how long its lists are; empty where there is none.

    Raises:
        DoubtError: it is not of plain numbers, texts, or vectors of these.
    """
    (leaf,) = branch.leaves
    if branch.holds:
        if (leaf.kind, leaf.type_code, leaf.length, leaf.counter) != _LEAF_OF_OBJECTS or "[" in leaf.title:
            raise DoubtError("another leaf of objects")
        return OBJECTS[branch.holds]
    if leaf.kind == _TEXT:
        return LeanType(typename="char*")
    shape: tuple[int, ...] = ()
    dimensions = leaf.title.partition("[")[2]
    if dimensions and (dimensions != f"{counter}]" or counter.isdigit()):
        if _DIMENSIONS.fullmatch(leaf.title) is None:
            raise DoubtError("a title that is not understood")
        shape = tuple(int(size) for size in _DIMENSION.findall(leaf.title) if size != counter)
    if dimensions and not shape and leaf.length > 1:
        shape = (leaf.length,)
    return _number(leaf.kind, shape, is_unsigned=leaf.is_unsigned, is_jagged=leaf.counter >= 0)


@functools.lru_cache(maxsize=1024)
def _number(kind: str, shape: tuple[int, ...], *, is_unsigned: bool, is_jagged: bool) -> LeanType:
    code = code_of(kind, is_unsigned=is_unsigned)
    if math.prod(shape) > _MOST_NUMBERS:
        raise DoubtError("elements of a size that cannot be")
    name = _NAMES[code][1]
    typename = (_LONG.get(name, name) if kind == "TLeafG" else name) + ("[]" if is_jagged else "")
    typename += "".join(f"[{size}]" for size in shape)
    return LeanType(code=code, fixed_shape=shape, n_jagged=int(is_jagged), typename=typename)


OBJECTS = _vectors()
"""By the name of the class; what is not here is left to uproot."""
