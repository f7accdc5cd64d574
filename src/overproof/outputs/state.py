"""The un-rounded outputs of some blocks of a query."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any, Final

from overproof.outputs.kinds import MappingSum, lift
from overproof.records.block import Block
from overproof.words.errors import MergeError

_PROTOCOL: Final = 5


class OutputState:
    """What the blocks merged so far have put out; equal sets of blocks give equal values, bit for bit.

    Every change is all or nothing: a block or a state that cannot be added leaves everything as it was.
    """

    __slots__ = ("_blocks", "_sums")

    def __init__(self) -> None:
        self._sums = MappingSum({})
        self._blocks: dict[int, int] = {}

    @property
    def n_blocks(self) -> int:
        """Blocks merged, those without outputs included."""
        return sum(bits.bit_count() for bits in self._blocks.values())

    @property
    def size_bytes(self) -> int:
        """Estimate of the memory of the state."""
        return self._sums.size_bytes + sum(100 + bits.bit_length() // 8 for bits in self._blocks.values())

    def add_block(self, block: Block, output: Mapping[str, Any] | None) -> None:
        """Add what a selector returned for one block; nothing of it is kept that the selector may change later.

        Raises:
            MergeError: an output cannot be added, the mapping is none, or the block was merged already.
        """
        if output is not None and not isinstance(output, Mapping):
            raise MergeError(
                f"a selector must return its outputs by name, not {type(output).__name__}; return a dict, or None"
            )
        position = (block.file, block.index)
        added = OutputState()
        added._blocks = {block.file: 1 << block.index}
        added._sums = MappingSum.of(output or {}, position=position, where="", lift=lift)
        self.merge(added)

    def merge(self, other: OutputState) -> None:
        """Add all blocks of another state, which is consumed.

        Raises:
            MergeError: an output cannot be added, or a block is in both.
        """
        blocks = dict(self._blocks)
        for file, bits in other._blocks.items():
            both = blocks.get(file, 0) & bits
            if both:
                index = both.bit_length() - 1
                raise MergeError(f"block {index} of file {file} is in both states; nothing may be counted twice")
            blocks[file] = blocks.get(file, 0) | bits
        commit = self._sums.plan(other._sums, where="")
        commit()
        self._blocks = blocks
        other._sums, other._blocks = MappingSum({}), {}

    def value(self) -> dict[str, Any]:
        """Give the outputs in the user's types, keys by first appearance; the state stays as it is.

        Raises:
            MergeError: the `+` of a user's type raised.
        """
        return self._sums.value()

    def copy(self) -> OutputState:
        """Make an independent copy."""
        result = OutputState()
        result._sums, result._blocks = self._sums.copy(), dict(self._blocks)
        return result

    def to_bytes(self) -> bytes:
        """Write the state for another process of ours.

        Raises:
            MergeError: an output is of a type that cannot travel.
        """
        content = (self._blocks, self._sums)
        try:
            return pickle.dumps(content, protocol=_PROTOCOL)
        except (pickle.PicklingError, AttributeError, TypeError):
            return _cloudpickled(content)

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> OutputState:
        """Read a state that one of our own processes has written; never give it bytes of strangers."""
        result = cls()
        result._blocks, result._sums = pickle.loads(data)
        return result


def _cloudpickled(content: object) -> bytes:
    """Pickle by value what plain pickle cannot find again: classes of the user's script or prompt."""
    import cloudpickle

    try:
        data: bytes = cloudpickle.dumps(content, protocol=_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError, ValueError) as error:
        raise MergeError(f"an output cannot be sent to another process: {error}; return plain data instead") from error
    return data
