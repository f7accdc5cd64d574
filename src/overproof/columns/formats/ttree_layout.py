"""Where the columns of a TTree lie, and its clusters, from what uproot has understood of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype

from overproof.columns.files.damage import DamageError
from overproof.columns.formats.checks.baskets import check_offsets
from overproof.columns.formats.checks.tables import check_branch, check_type
from overproof.columns.formats.interpretations import AsFewBits, interpretation_of
from overproof.columns.grid import Entries, Storage, common_boundaries, ttree_clusters
from overproof.columns.layouts import BasketLayout, EmbeddedBasket


class BasketLayouts(Mapping[str, BasketLayout]):
    """The columns of one TTree that can be read natively, each described when it is first asked for.

    Args:
        branches: name of each column, its branch and, of a branch with several leaves, the leaf.
        holder: gives the name of the column of a branch; empty for one that is none.
    """

    def __init__(self, branches: Mapping[str, tuple[Any, str | None]], *, holder: Callable[[Any], str]) -> None:
        self._branches = branches
        self._holder = holder
        self._found: dict[str, BasketLayout | None] = {}

    def __getitem__(self, name: str) -> BasketLayout:
        if name not in self._found:
            branch, leaf = self._branches[name]
            try:
                self._found[name] = _layout(branch, leaf, holder=self._holder)
            except Exception:  # noqa: BLE001 - anything comes out of a damaged file; the other reader tells, when asked
                self._found[name] = None
        found = self._found[name]
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._branches and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._branches if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _layout(branch: Any, leaf: str | None, *, holder: Callable[[Any], str]) -> BasketLayout | None:
    """Describe a column; None for one that is not plain.

    Raises:
        Exception: whatever uproot raises for a damaged description.
    """
    interpretation = interpretation_of(branch)
    is_jagged = type(interpretation) is AsJagged
    content = interpretation.content if is_jagged else interpretation
    few_bits = content.few_bits if type(content) is AsFewBits else None
    if few_bits is None and type(content) is not AsDtype:
        return None
    base, shape = content.from_dtype.subdtype or (content.from_dtype, ())
    given, given_shape = content.to_dtype.subdtype or (content.to_dtype, ())
    if given_shape != shape or (few_bits is None and not _is_plain(base, given, leaf)):
        return None
    stops = np.asarray(branch.entry_offsets, dtype=np.int64)
    check_branch(branch, stops)
    check_type(branch)
    embedded = _embedded(branch)
    n_own = branch.num_baskets - len(branch.embedded_baskets)
    none = np.zeros(len(embedded), np.int64)
    counter = branch.count_branch if is_jagged else None
    has_counter = counter is not None and type(counter.interpretation) is AsDtype
    return BasketLayout(
        branch=branch.member("fName").encode(errors="surrogateescape"),
        dtype=base.str if base.names is None else tuple(base.descr),
        given="" if given == base.newbyteorder("=") else given.name,
        few_bits=few_bits,
        leaf=leaf or "",
        fixed_shape=tuple(shape),
        is_jagged=is_jagged,
        header_bytes=int(interpretation.header_bytes) if is_jagged else 0,
        counter=holder(counter) if has_counter else "",
        stops=stops,
        seeks=np.concatenate([np.asarray(branch.member("fBasketSeek")[:n_own], np.int64), none]),
        sizes_bytes=np.concatenate([np.asarray(branch.member("fBasketBytes")[:n_own], np.int64), none]),
        embedded=embedded,
    )


def _is_plain(stored: np.dtype[Any], given: np.dtype[Any], leaf: str | None) -> bool:
    """Tell whether one element is a number, or a record of numbers of which the leaf is one."""
    if given != stored.newbyteorder("=") and (stored.kind, given.kind) != ("f", "f"):
        return False
    if (leaf is None) != (stored.names is None) or (leaf is not None and leaf not in (stored.names or ())):
        return False
    return all(each.kind in "biuf" for each in _numbers(stored))


def _numbers(dtype: np.dtype[Any]) -> Iterator[np.dtype[Any]]:
    """Give the types of the numbers in a type, which may be a record."""
    if dtype.names is None:
        yield dtype.base
    else:
        for name in dtype.names:
            yield from _numbers(dtype[name])


def _embedded(branch: Any) -> dict[int, EmbeddedBasket]:
    """Copy the baskets that lie in the tree itself.

    Raises:
        DamageError: one of them does not fit.
    """
    found = {}
    n_own = branch.num_baskets - len(branch.embedded_baskets)
    for number in range(n_own, branch.num_baskets):
        basket = branch.basket(number)
        check_offsets(basket, is_covered=False)
        offsets = basket.byte_offsets
        if offsets is not None and len(offsets) != basket.num_entries + 1:
            raise DamageError("the places of its entries do not follow each other")
        found[number] = EmbeddedBasket(
            data=basket.data.tobytes(), offsets=None if offsets is None else np.asarray(offsets, np.int32)
        )
    return found


def clusters_of(tree: Any, branches: Sequence[Any]) -> Entries:
    """Return the cluster boundaries of a tree of uproot, of which these are all branches."""
    member = tree.member
    return ttree_clusters(
        n_entries=int(tree.num_entries),
        # Trees written before ROOT 5.26 know neither clusters nor ranges of them.
        auto_flush=int(member("fAutoFlush", none_if_missing=True) or 0),
        range_ends=_integers(member("fClusterRangeEnd", none_if_missing=True)),
        range_sizes=_integers(member("fClusterSize", none_if_missing=True)),
        common=lambda: common_boundaries(
            np.asarray(_own_offsets(branch)) for branch in branches if not len(branch.member("fBranches"))
        ),
    )


def storage_of(branches: Sequence[Any]) -> Storage:
    """Tell where the baskets of all branches are; embedded ones weigh nothing."""
    starts, sizes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for branch in branches:
        used = branch.num_baskets - len(branch.embedded_baskets)
        starts.append(np.asarray(branch.member("fBasketEntry")[:used], dtype=np.int64))
        sizes.append(np.asarray(branch.member("fBasketBytes")[:used], dtype=np.int64))
    return Storage(starts=np.concatenate(starts), sizes_bytes=np.concatenate(sizes))


def _integers(array: Any) -> list[int]:
    return [] if array is None else [int(each) for each in array]


def _own_offsets(branch: Any) -> Any:
    """Return the first entry of each basket and the end of the last, without asking for the branch's type."""
    offsets = branch.member("fBasketEntry")[: branch.num_baskets - len(branch.embedded_baskets) + 1]
    return branch.entry_offsets if branch.embedded_baskets else offsets
