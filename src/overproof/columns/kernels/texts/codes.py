"""Columns of texts, as codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.kernels.jagged import Column, Integers
from overproof.columns.kernels.texts.table import Texts

LONG = 64
"""Texts longer than this are told apart one by one, shorter ones all at once."""

WORD = 8
"""Bytes of a word of the machine."""

Characters = npt.NDArray[np.uint8]


def flatten_texts(array: Any, *, n_jagged: int, fixed_shape: tuple[int, ...], texts: Texts) -> Column:
    """Take an awkward array of texts apart into codes.

    Args:
        array: one branch of one block; strings, or lists of characters, below lists.
        n_jagged: variable-length dimensions above the texts.
        fixed_shape: fixed dimensions behind these.
        texts: those of the block; new ones are added.
    """
    import awkward as ak

    layout = ak.to_layout(ak.materialize(array))
    n_entries = layout.length
    offsets: list[Integers] = []
    for _ in range(n_jagged):
        starts, layout = _lists(layout)
        offsets.append(starts)
    for _ in fixed_shape:
        layout = layout.to_RegularArray() if layout.is_numpy else layout.to_packed()
        layout = layout.content
    if layout.is_numpy:
        layout = layout.to_RegularArray()
    starts, content = _lists(layout)
    characters = np.ascontiguousarray(ak.to_numpy(content)).view(np.uint8)
    codes = _codes(starts, characters, texts)
    return Column(content=codes, offsets=tuple(offsets), fixed_shape=fixed_shape, n_entries=n_entries)


def _lists(layout: Any) -> tuple[Integers, Any]:
    """Return where the lists of a layout start, from 0, and their content."""
    layout = layout.to_packed() if layout.is_indexed or layout.is_option else layout
    packed = layout.to_ListOffsetArray64(start_at_zero=True)
    starts = np.asarray(packed.offsets.data, dtype=np.int64)
    return starts, packed.content[: int(starts[-1])]


def _codes(starts: Integers, characters: Characters, texts: Texts) -> Integers:
    """Give each text its code; it ends at its first zero."""
    lengths = np.diff(starts)
    longest = int(lengths.max(initial=0))
    if longest == 0 or longest > LONG:
        data = characters.tobytes()
        cut = zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        return texts.codes(data[first:stop].partition(b"\0")[0] for first, stop in cut)
    width = max(longest, WORD)
    padded = np.zeros((len(lengths), width), dtype=np.uint8)
    padded[np.arange(width) < lengths[:, None]] = characters
    ends = padded == 0
    if ends.any():
        padded[np.logical_or.accumulate(ends, axis=1)] = 0
    keys = padded.view(np.uint64 if width == WORD else f"S{width}").reshape(-1)  # whole words are compared in one go
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    codes = np.empty(len(first), dtype=np.int64)
    codes[order] = texts.codes(padded[first[order]].view(f"S{width}").reshape(-1).tolist())
    return codes[which]
