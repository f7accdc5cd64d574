"""Where a query stands, taken down and restored."""

from __future__ import annotations

from collections.abc import Iterator

from overproof.query.ledger.gaps import Gaps
from overproof.query.ledger.ledger import Ledger
from overproof.query.ledger.place import Place, Run
from overproof.records.dataset import FileGrid
from overproof.records.outcome.standing import Standing
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex


def take_down(ledger: Ledger, grids: dict[FileIndex, FileGrid], gaps: Gaps) -> Standing:
    """Say all that must be known to go on later with the outputs of the merged blocks."""
    merged: dict[FileIndex, list[int]] = {}
    for number, place in enumerate(ledger.where):
        if place is Place.MERGED:
            block = ledger.blocks[number]
            merged.setdefault(block.file, []).append(block.index)
    return Standing(
        grids=grids,
        merged={file: _bits(indices) for file, indices in merged.items()},
        ranges={(block.file, block.index): block.ranges for block in ledger.blocks if block.ranges is not None},
        missing=tuple(gaps.missing),
        excluded=tuple(gaps.excluded),
        splits=tuple(gaps.splits),
    )


def restore(ledger: Ledger, standing: Standing) -> list[Run]:
    """Put every block where it stood, all of which wait now; return what waits still, as runs.

    Raises:
        InvariantError: the standing tells of a block that the query does not have.
    """
    for (file, index), ranges in standing.ranges.items():
        number = _number(ledger, file, index)
        if ledger.blocks[number].ranges != ranges:
            ledger.cut(number, ranges)
    for file, bits in standing.merged.items():
        for index in _ones(bits):
            ledger.settle(_number(ledger, file, index), Place.MERGED)
    missing = {(gap.file, gap.first, gap.stop) for gap in standing.missing}
    for file in {gap.file for gap in standing.missing}:
        for number in ledger.numbers(file):
            parts = ledger.blocks[number].parts
            if parts and all((file, first, stop) in missing for first, stop in parts):
                ledger.settle(number, Place.MISSING)
    return ledger.waiting_runs()


def _number(ledger: Ledger, file: FileIndex, index: int) -> int:
    number = ledger.find_key((file, index))
    if number < 0:
        raise InvariantError(f"what is to be restored has block {index} of file {file}, which the query has not")
    return number


def _bits(indices: list[int]) -> int:
    """Set a bit for each index; in a row of bytes, because a number would be copied for each."""
    row = bytearray(max(indices) // 8 + 1)
    for index in indices:
        row[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(row, "little")


def _ones(bits: int) -> Iterator[int]:
    """Give the places of the bits that are set."""
    row = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    return (8 * place + bit for place, byte in enumerate(row) if byte for bit in range(8) if byte >> bit & 1)
