"""All steps by name, each a function of its own: only those that a file needs are compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from overproof.columns.machine.kept import is_kept
from overproof.columns.machine.machine import Machine
from overproof.columns.machine.writer import Value, Writer
from overproof.columns.native.steps.bytes_apart import write_ends, write_joined, write_moved, write_signs
from overproof.columns.native.steps.few_bits import write_quantized, write_truncated
from overproof.columns.native.steps.lists import write_inside, write_offsets, write_sameness

WriteStep: TypeAlias = Callable[[Writer], Value]
"""Writes what is done; returns what the function gives, 0 where all is well."""

STEPS: Mapping[str, WriteStep] = {
    "offsets": write_offsets,
    "same": write_sameness,
    **{f"inside {width}": partial(write_inside, width=width) for width in (1, 2, 4, 8)},
    **{f"join {width}": partial(write_joined, width=width) for width in (2, 4, 8)},
    **{f"signs {width}": partial(write_signs, width=width) for width in (2, 4, 8)},
    **{f"ends {width}": partial(write_ends, width=width) for width in (4, 8)},
    "move": write_moved,
    "quantized": write_quantized,
    "truncated": write_truncated,
}
"""The first ones are for baskets of a TTree, those from `join` on for pages of an RNTuple."""


def load_step(name: str, *, may_compile: bool) -> Machine | None:
    """Return a step ready to be called; None where it is not kept from before, and may not be compiled."""
    writer = Writer()
    writer.give(STEPS[name](writer))
    if not may_compile and not is_kept(writer.text()):
        return None
    return Machine(writer)
