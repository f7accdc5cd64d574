"""Numbers stored in fewer bits, for uproot: it rounds some ranges otherwise than ROOT, and does not see others."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from uproot.interpretation.identify import UnknownInterpretation
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype

from overproof.columns.layouts import FewBits
from overproof.columns.layouts.few_bits import few_bits_of

_HALF = ("TLeafF16", 19)
_DOUBLE = ("TLeafD32", 9)
"""Class of the leaf, and type of a member of a class as in ROOT's TVirtualStreamerInfo::EReadWrite."""

_ARRAYS = 20
_MOST_ARRAYS = 60
"""Added to the type of a member that is a fixed array of it, and twice to that of one that is a pointer to some."""

_BEFORE_TYPE = re.compile(r"^[^/,\[]*(\[[^/,\]]*\])*/")
"""Name and dimensions; a slash behind them may stand in a range, as in `pi/2`."""

_DIMENSION = re.compile(r"\[([1-9][0-9]*)\]")


class AsFewBits(AsDtype):  # type: ignore[misc]  # uproot has no types
    """Gives numbers of fewer bits.

    Args:
        few_bits: how they are stored.
        shape: of one element.
    """

    def __init__(self, few_bits: FewBits, shape: tuple[int, ...]) -> None:
        super().__init__(np.dtype((few_bits.stored, shape)), np.dtype((few_bits.given, shape)))
        self.few_bits = few_bits
        self.shape = shape

    def __repr__(self) -> str:
        return f"AsFewBits({self.few_bits!r}, {self.shape!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is AsFewBits and (self.few_bits, self.shape) == (other.few_bits, other.shape)

    def __hash__(self) -> int:
        return hash((self.few_bits, self.shape))

    @property
    def cache_key(self) -> str:
        """Name it, so that no other is of the same name."""
        return repr(self)

    @property
    def typename(self) -> str:
        """Name the type in C++."""
        name = "Float16_t" if self.few_bits.given == "float32" else "Double32_t"
        return name + "".join(f"[{size}]" for size in self.shape)

    def basket_array(self, data: Any, *_: Any, **__: Any) -> Any:
        """Return the numbers of one basket."""
        return self.few_bits.numbers(data.view(self.few_bits.stored)).reshape(-1, *self.shape)


def is_of_few_bits(kind: str | int) -> bool:
    """Tell whether a class of leaves, or a type of members, is one of Float16_t or Double32_t."""
    return _alone(kind) in (*_HALF, *_DOUBLE)


def _alone(kind: str | int) -> str | int:
    return kind % _ARRAYS if isinstance(kind, int) and 0 < kind < _MOST_ARRAYS else kind


def interpretation_of_few_bits(branch: Any) -> AsDtype | AsJagged | None:
    """Tell how the numbers of a branch are stored; None for one of other types.

    Raises:
        UnknownInterpretation, ValueError: that is not told.
    """
    leaves = branch.member("fLeaves")
    if len(leaves) != 1 or len(branch.member("fBranches")):
        return None
    (leaf,) = leaves
    kind = leaf.classname if leaf.classname != "TLeafElement" else int(leaf.member("fType"))
    if not is_of_few_bits(kind):
        return None
    few_bits = few_bits_of(_title_of(branch, leaf), is_half=_alone(kind) in _HALF)
    shape = tuple(int(size) for size in _DIMENSION.findall(str(leaf.member("fTitle")).partition("/")[0]))
    if not shape and int(leaf.member("fLen")) > 1:
        shape = (int(leaf.member("fLen")),)
    content = AsDtype(np.dtype((">f4", shape)), np.dtype(("f8", shape)))
    if few_bits is not None:
        content = AsFewBits(few_bits, shape)
    return content if leaf.member("fLeafCount") is None else AsJagged(content)


def _title_of(branch: Any, leaf: Any) -> str:
    """Return the text in which the range stands: the type in the title of the leaf, or the title of the member."""
    if leaf.classname != "TLeafElement":
        return _BEFORE_TYPE.sub("", str(leaf.member("fTitle")))
    if branch.streamer is None:
        raise UnknownInterpretation(
            "nothing tells how its numbers are stored", branch.file.file_path, branch.object_path
        )
    return str(branch.streamer.title)
