"""What a session has drawn before, for `>>+name`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, TypeAlias

from overproof.analysis.draw.axes import Axis, Binning
from overproof.analysis.draw.axes.categories import Categories
from overproof.analysis.draw.request import DrawRequest
from overproof.outputs.limits import limits_of
from overproof.records.outcome.entries import Entries
from overproof.session.result import TOLD
from overproof.words.errors import OptionError

Earlier: TypeAlias = Mapping[str, Any]
"""Histograms and entry lists by name."""


def axes_of(output: Any, request: DrawRequest) -> tuple[Axis, ...]:
    """Return the axes of what is added to; none for an entry list.

    Raises:
        OptionError: the two do not fit together, or what is there lacks entries.
    """
    name, account = request.name, output.account
    if not account.is_complete:
        raise OptionError(
            f"`{name}` lacks entries ({account.processed:,} of {account.total:,} are in it): draw it again before "
            "something is added to it"
        )
    is_list = isinstance(output, Entries)
    is_profile = not is_list and output.kind.value == "MEAN"
    n_axes = 0 if is_list else len(output.axes)
    if (is_list, is_profile, n_axes) != (request.is_list, request.is_profile, len(request.axes)):
        what = request.text or f">>+{name}"
        raise OptionError(f"`{what}` cannot be added to `{name}`: the two differ in their dimensions")
    if is_list:
        return ()
    return tuple(_binning(output, place) for place in range(n_axes))


def bare(output: Any) -> Any:
    """Return a copy without what is told of its query."""
    if isinstance(output, Entries):
        return Entries(name=output.name, files=output.files)
    copied = copy.deepcopy(output)
    for name in TOLD:
        if name in vars(copied):
            delattr(copied, name)
    return copied


def _binning(output: Any, place: int) -> Binning | Categories:
    axis = output.axes[place]
    if type(axis).__name__ == "StrCategory":
        return Categories()
    if type(axis).__name__ != "Regular":
        raise OptionError(f"nothing can be added to `{output.name}`: its axes are not those of a draw with limits")
    low, high = limits_of(output, place)
    return Binning(n=axis.size, low=low, high=high)
