"""Where the columns of a tree lie in its file, and in what shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.columns.layouts.few_bits import FewBits
from overproof.words.frozen import dataclass

Places: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedBasket:
    """A basket that lies in the tree itself.

    Attributes:
        data: the elements, as stored, without anything in front or behind.
        offsets: where each entry begins, in bytes, and the end of the last; None where all are of one length.
    """

    data: bytes
    offsets: npt.NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLayout:
    """A column of a TTree: numbers, fixed arrays of numbers, or lists of either.

    Attributes:
        branch: the branch's own name, as its baskets tell it.
        dtype: of one element as stored, such as `>f4`; a record as `numpy.dtype.descr` has it for branches with several
            leaves.
        given: type of one number as it is given out where that is another, such as `float64` of Double32_t.
        few_bits: how the numbers are stored, of Float16_t and Double32_t; None: as `dtype`.
        leaf: which field of the record this column is; empty: the whole.
        fixed_shape: of one element.
        is_jagged: whether entries are lists of elements.
        header_bytes: in front of the elements of each entry, as in vectors.
        counter: layout of the branch that tells the lengths of the lists, by name; empty: there is none.
        stops: first entry of each basket, and the end of the last: one more than baskets.
        seeks: where each basket begins in the file; 0 for embedded ones.
        sizes_bytes: of each basket, as stored.
        embedded: baskets that lie in the tree itself, by number.
    """

    branch: bytes
    dtype: str | tuple[tuple[str, str] | tuple[str, str, tuple[int, ...]], ...]
    given: str = ""
    few_bits: FewBits | None = None
    leaf: str = ""
    fixed_shape: tuple[int, ...] = ()
    is_jagged: bool = False
    header_bytes: int = 0
    counter: str = ""
    stops: Places
    seeks: Places
    sizes_bytes: Places
    embedded: Mapping[int, EmbeddedBasket] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageColumn:
    """One physical column of an RNTuple: all of its pages.

    Attributes:
        encoding: number of the column type, as in the specification of the format.
        n_bits: of one element, as stored.
        value_range: least and largest value, of quantized numbers; None for others.
        n_elements: of each page.
        seeks: where each page begins in the file.
        sizes_bytes: of each page, as stored, without its checksum.
        has_checksum: whether a checksum stands behind each page.
        pages: number of the first page of each cluster, and the end of the last: one more than clusters.
        first_element: the first that is stored, of a column added while the file was written; zeros come before.
        others: numbers of the columns that have what this one has not, as the same numbers encoded in other ways; a
            cluster has pages in one of them only.
        what: the field, for messages.
    """

    encoding: int
    n_bits: int
    value_range: tuple[float, float] | None = None
    n_elements: Places
    seeks: Places
    sizes_bytes: Places
    has_checksum: npt.NDArray[np.bool_]
    pages: Places
    first_element: int = 0
    others: tuple[int, ...] = ()
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLayout:
    """A column of an RNTuple: numbers, fixed arrays of numbers, or lists of either, in any depth.

    Attributes:
        dtype: of one element, in this machine's byte order.
        fixed_shape: of one element.
        columns: numbers of the physical columns: ends of lists, outermost first, then the values.
        is_count: whether its numbers are the lengths of lists, of which the last column has the ends.
    """

    dtype: str
    fixed_shape: tuple[int, ...] = ()
    columns: tuple[int, ...]
    is_count: bool = False


ColumnLayout: TypeAlias = BasketLayout | FieldLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLayout:
    """One tree of one version of one file: all that is needed to read its columns.

    Attributes:
        path: local path or URL of the file.
        tree: path of the tree in the file, with a cycle only where one was asked for.
        format: `"TTree"` or `"RNTuple"`.
        uuid: of the file.
        identity: which version of the file was looked into; empty where that cannot be told.
        n_entries: of the tree.
        size_bytes: compressed bytes of all branches.
        names: of all branches, as in the schema.
        wholes: names of what contains other branches and can be read as a record.
        others: further spellings, each with the name that it stands for.
        columns: by name, those that can be read natively; all others need uproot.
        branch_names: own names of all branches, as their baskets tell them (TTree).
        doubtful: places at which several baskets are said to lie (TTree).
        pages: physical columns, by number (RNTuple).
        clusters: first entry of each cluster, and the end of the last (RNTuple).
    """

    path: str
    tree: str
    format: str
    uuid: str
    identity: str
    n_entries: int
    size_bytes: int
    names: Sequence[str]
    wholes: Sequence[str] = ()
    others: Sequence[tuple[str, str]] = ()
    columns: Mapping[str, ColumnLayout]
    branch_names: frozenset[bytes] = frozenset()
    doubtful: frozenset[int] = frozenset()
    pages: Mapping[int, PageColumn] = field(default_factory=dict)
    clusters: Places = field(default_factory=lambda: np.zeros(1, np.int64))
