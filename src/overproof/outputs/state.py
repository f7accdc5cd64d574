"""The un-rounded outputs of some blocks of a query."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from overproof.outputs import wire
from overproof.outputs.borders import merge_error
from overproof.outputs.kinds import MappingSum, Position, lift
from overproof.outputs.kinds.interning import interned
from overproof.records.block import Block
from overproof.words.errors import MergeError

if TYPE_CHECKING:
    from overproof.outputs.outline import Outlined, Path


class OutputState:
    """What the blocks merged so far have put out; equal sets of blocks give equal values, bit for bit.

    Every change is all or nothing: a block or a state that cannot be added leaves everything as it was. Objects of
    users' types raise what they like; out of here comes nothing but MergeError.
    """

    __slots__ = ("_blocks", "_is_borrowed", "_sums")

    def __init__(self) -> None:
        self._is_borrowed = False
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
        self.add_ranges(block, (output,))

    def add_ranges(self, block: Block, outputs: Iterable[Mapping[str, Any] | None]) -> None:
        """Add one block as the ordered sum of what a selector returned for each of its ranges.

        Args:
            block: what was computed.
            outputs: one a range, in the order of the ranges; none at all counts the block without outputs. Each is
                copied before the next is asked for, so that a generator may compute them one by one with a selector
                that fills the same objects again.

        Raises:
            MergeError: an output cannot be added, a mapping is none, or the block was merged already.
            Exception: whatever `outputs` itself raises.
        """
        added = OutputState()
        added._blocks = {block.file: 1 << block.index}
        for part, output in enumerate(outputs):
            sums = _lifted(output, position=(block.file, block.index, part))
            if part:
                added._add(sums)
            else:
                added._sums = sums
        self.merge(added)

    def merge(self, other: OutputState) -> None:
        """Add all blocks of another state, which is consumed.

        Raises:
            MergeError: an output cannot be added, or a block is in both.
        """
        self._settle()
        if not self._blocks and not other._is_borrowed:
            self._sums, self._blocks = other._sums, other._blocks
            other._sums, other._blocks = MappingSum({}), {}
            return
        blocks = dict(self._blocks)
        for file, bits in other._blocks.items():
            both = blocks.get(file, 0) & bits
            if both:
                index = both.bit_length() - 1
                raise MergeError(f"block {index} of file {file} is in both states; nothing may be counted twice")
            blocks[file] = blocks.get(file, 0) | bits
        self._add(other._sums)
        self._blocks = blocks
        other._sums, other._blocks, other._is_borrowed = MappingSum({}), {}, False

    def _add(self, sums: MappingSum) -> None:
        """Add sums, which are consumed, or raise and change nothing."""
        try:
            commit = self._sums.plan(sums, where="")
        except Exception as error:
            raise merge_error(error, "adding outputs") from error
        commit()

    def value(self) -> dict[str, Any]:
        """Give the outputs in the user's types, keys by first appearance; the state stays as it is.

        Raises:
            MergeError: a user's type raised.
        """
        self._settle()
        values: dict[str, Any] = {}
        for key, state in self._sums.ordered():
            try:
                values[interned(key)] = None if state is None else state.value()
            except Exception as error:
                raise merge_error(error, f"output {key!r}: making its value") from error
        return values

    def copy(self) -> OutputState:
        """Make an independent copy."""
        self._settle()
        result = OutputState()
        result._sums, result._blocks = self._sums.copy(), dict(self._blocks)
        return result

    def outline(self) -> tuple[Outlined, ...]:
        """List the outputs, by first appearance; nothing is copied or rounded."""
        from overproof.outputs.outline import outline

        return tuple(outline(self._sums))

    def part(self, paths: Iterable[Path]) -> OutputState:
        """Make an independent copy with some of the outputs only; a mapping counts with all that is in it."""
        from overproof.outputs.outline import among, part

        self._settle()
        result = OutputState()
        result._sums, result._blocks = part(self._sums, among(paths)), dict(self._blocks)
        return result

    def to_bytes(self) -> bytes:
        """Write the state for another process of ours.

        Raises:
            MergeError: an output is of a type that cannot travel.
        """
        file = io.BytesIO()
        self._write(file, "sending it to another process")
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> OutputState:
        """Read a state that one of our own processes has written; never give it bytes of strangers.

        Args:
            data: must not change until the state is merged or asked: large sums are taken out when they are needed.

        Raises:
            MergeError: an object of a user's type cannot be made again.
        """
        result = cls()
        try:
            (result._blocks, result._sums), result._is_borrowed = wire.open_buffer(data)
        except Exception as error:
            raise merge_error(error, "reading outputs of another process") from error
        return result

    def write_to(self, file: BinaryIO, *, by_value: bool = False) -> None:
        """Write the state at the place where a file stands, for `read_from`; there is no second copy of it in memory.

        Args:
            file: can be written and moved in; is left behind the state.
            by_value: with the code of all classes of the user's, for a process that does not have their modules.

        Raises:
            MergeError: an output is of a type that cannot be written.
            OSError: whatever the file raises.
        """
        self._write(file, "writing it to a file", by_value=by_value)

    @classmethod
    def read_from(cls, file: BinaryIO) -> OutputState:
        """Read the state that stands in a file of ours from here on; never give it a file of strangers.

        Raises:
            MergeError: the content is damaged, or an object of a user's type cannot be made again.
            OSError: whatever the file raises.
        """
        result = cls()
        try:
            result._blocks, result._sums = wire.read(file)
        except OSError:
            raise
        except Exception as error:
            raise merge_error(error, "reading outputs from a file") from error
        return result

    def _write(self, file: BinaryIO, what: str, *, by_value: bool = False) -> None:
        self._settle()
        try:
            wire.write((self._blocks, self._sums), file, by_value=by_value)
        except wire.FileFault as fault:
            raise fault.error from None
        except Exception as error:
            raise merge_error(error, f"{self._stuck()}: {what}") from error

    def _settle(self) -> None:
        """Take what lies in a buffer into memory of its own."""
        if self._is_borrowed:
            self._sums.settle()
            self._is_borrowed = False

    def _stuck(self) -> str:
        """Name the outputs that cannot be written."""
        stuck = []
        for key, state in self._sums.ordered():
            try:
                wire.write(state, io.BytesIO())
            except Exception:  # noqa: BLE001 - found again one by one, to tell the name
                stuck.append(repr(key))
        return f"output {', '.join(stuck)}" if stuck else "outputs"


def _lifted(output: Mapping[str, Any] | None, *, position: Position) -> MappingSum:
    """Make the state of what a selector returned once."""
    if output is not None and not isinstance(output, Mapping):
        raise MergeError(
            f"a selector must return its outputs by name, not {type(output).__name__}; return a dict, or None"
        )
    try:
        return MappingSum.of(output if output is not None else {}, position=position, where="", lift=lift)
    except Exception as error:
        raise merge_error(error, "taking the outputs") from error
