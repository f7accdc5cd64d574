"""Layouts: what a column is, and where the columns of a tree lie in its file.

Lives here: records only, which any room of this floor may hold: one column as arrays, and one tree of one version of a
file, described so that its columns can be read without understanding the file again.
Comes in: what a parser has understood. Goes out: facts. Start with `layout.py`.
"""

from overproof.columns.layouts.column import NativeColumn
from overproof.columns.layouts.description import Clusters, Description
from overproof.columns.layouts.few_bits import FewBits
from overproof.columns.layouts.layout import BasketLayout, EmbeddedBasket, FieldLayout, PageColumn, TreeLayout

__all__ = [
    "BasketLayout",
    "Clusters",
    "Description",
    "EmbeddedBasket",
    "FewBits",
    "FieldLayout",
    "NativeColumn",
    "PageColumn",
    "TreeLayout",
]
