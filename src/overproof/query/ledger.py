"""Where every block is, and with it every entry: the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from overproof.query.roster import InHand, Worker
from overproof.records.account import Account
from overproof.records.block import Block, Delta
from overproof.records.dataset import FileGrid
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex, WorkerId


class Place(Enum):
    """Where a block is when no worker holds it."""

    WAITING = "waiting"
    TAKEN = "taken"
    """In a delta that the driver is merging; its worker may die now."""
    MERGED = "merged"
    MISSING = "missing"
    EXCLUDED = "excluded"


WAITING, TAKEN, MERGED = Place.WAITING, Place.TAKEN, Place.MERGED

DeltaKey: TypeAlias = tuple[WorkerId, int, int]
Run: TypeAlias = tuple[FileIndex, int, int]


class Span(NamedTuple):
    """The blocks of a file: numbers `start` to before `stop`; block `index` has number `offset + index`."""

    offset: int
    start: int
    stop: int
    mean_entries: float


NO_SPAN = Span(0, 0, 0, 0.0)


class Ledger:
    """Every block asked for, numbered in the order in which the files are settled, and where it is.

    A block is in exactly one place: waiting, held by a worker, taken, merged, missing or excluded.

    Attributes:
        blocks: by number.
        n_held: blocks held by workers.
        left_entries: entries of waiting blocks and of packets in hand: what is still to be computed.
        total_entries: entries asked for, as far as files are settled.
        files_unknown: files that cannot be opened.
    """

    __slots__ = (
        "_entries",
        "_processed",
        "_sizes",
        "_spans",
        "_taken",
        "_where",
        "blocks",
        "files_unknown",
        "left_entries",
        "n_held",
        "total_entries",
    )

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.n_held = 0
        self.left_entries = 0
        self.total_entries = 0
        self.files_unknown = 0
        self._where: list[Place | Worker] = []
        self._sizes: list[int] = []
        self._spans: dict[FileIndex, Span] = {}
        self._taken: dict[DeltaKey, list[int]] = {}
        self._entries = {Place.MISSING: 0, Place.EXCLUDED: 0}
        self._processed = 0

    @property
    def n_taken(self) -> int:
        """Deltas that are being merged."""
        return len(self._taken)

    def account(self, *, files_unopened: int) -> Account:
        """Say where every entry is; `unread` is the rest, so that the sum holds for a reader in another thread too."""
        processed, total = self._processed, self.total_entries
        excluded, missing = self._entries[Place.EXCLUDED], self._entries[Place.MISSING]
        return Account(
            processed=processed,
            excluded=excluded,
            missing=missing,
            unread=total - processed - excluded - missing,
            total=total,
            files_unknown=self.files_unknown,
            files_unopened=files_unopened,
        )

    def mean_entries(self, file: FileIndex) -> float:
        """Return the mean entries of a block of a settled file."""
        return self._spans[file].mean_entries

    # -- blocks come

    def admit(self, file: FileIndex, grid: FileGrid, first: int, stop: int) -> Run:
        """Enter the blocks of a file, cut at the entries asked for; all of them wait. Return their run."""
        start = len(self.blocks)
        offset = start
        for index, (lower, upper) in enumerate(pairwise((0, *grid.stops))):
            block_first, block_stop = max(lower, first), min(upper, stop)
            if block_first < block_stop:
                if len(self.blocks) == start:
                    offset = start - index
                self.blocks.append(Block(file=file, index=index, first=block_first, stop=block_stop))
                self._sizes.append(block_stop - block_first)
        n_blocks, n_entries = len(self.blocks) - start, max(stop - first, 0)
        if sum(self._sizes[start:]) != n_entries or (
            n_blocks and self.blocks[-1].index + offset != start + n_blocks - 1
        ):
            raise InvariantError(f"the grid of file {file} does not cover its {grid.n_entries} entries block by block")
        self._where += [WAITING] * n_blocks
        self._spans[file] = Span(offset, start, start + n_blocks, n_entries / max(n_blocks, 1))
        self.total_entries += n_entries
        self.left_entries += n_entries
        return file, start, start + n_blocks

    def find(self, block: Block) -> int:
        """Return the number of a block; -1 when the query has no such block."""
        offset, start, stop, _ = self._spans.get(block.file, NO_SPAN)
        number = offset + block.index
        if not start <= number < stop:
            return -1
        known = self.blocks[number]
        return number if known is block or known == block else -1

    # -- blocks go

    def hold(self, worker: Worker, start: int, stop: int) -> tuple[Block, ...]:
        """Give a run of waiting blocks to a worker."""
        n_blocks = stop - start
        if n_blocks == 1:  # near the end of every query all packets are so
            self._where[start] = worker
            self.n_held += 1
            worker.held.add(start)
            return (self.blocks[start],)
        self._where[start:stop] = [worker] * n_blocks
        self.n_held += n_blocks
        worker.held.update(range(start, stop))
        return tuple(self.blocks[start:stop])

    def report(self, packet: InHand) -> None:
        """Note that a packet in hand is over: whatever waits again of it counts by itself."""
        self.left_entries -= packet.n_entries

    def take(self, delta: Delta, worker: Worker) -> str:
        """Take all blocks of a delta from their worker, so that nobody else can have them; or say why not.

        Returns:
            Empty when the delta is taken; else the objection, and nothing has changed.
        """
        where, find = self._where, self.find
        numbers = []
        for block in delta.blocks:
            number = find(block)
            if number < 0 or where[number] is not worker:
                return self._objection(block, number, worker)
            numbers.append(number)
        key = (delta.worker, delta.epoch, delta.number)
        if key in self._taken:
            return f"delta {delta.number} is being merged already"
        if len(numbers) != 1 and (not numbers or len(set(numbers)) != len(numbers)):
            return "a block is named twice" if numbers else "no block is named"
        held = worker.held
        for number in numbers:
            where[number] = TAKEN
            held.remove(number)
        self.n_held -= len(numbers)
        self._taken[key] = numbers
        return ""

    def _objection(self, block: Block, number: int, worker: Worker) -> str:
        """Say why a block cannot be taken from a worker."""
        if number < 0:
            return f"{block} is not a block of this query"
        place = self._where[number]
        now = place.value if isinstance(place, Place) else f"held by {place.name}, epoch {place.epoch}"
        return f"block {block.index} of file {block.file} is not held by {worker.name} any more: it is {now}"

    def merge(self, delta: Delta) -> None:
        """Count the blocks of a taken delta as processed.

        Raises:
            InvariantError: the delta was not taken, or was merged before.
        """
        numbers = self._taken.pop((delta.worker, delta.epoch, delta.number), None)
        if numbers is None:
            raise InvariantError(f"delta {delta.number} of {delta.worker} was merged, but never taken")
        where, n_entries = self._where, 0
        for number in numbers:
            where[number] = MERGED
            n_entries += self._sizes[number]
        self._processed += n_entries

    def set_aside(self, block: Block, worker: Worker | None, place: Place, *, key: tuple[WorkerId, int]) -> bool:
        """Put a block that failed to its place; False unless its worker holds it, or it is in a taken delta of `key`.

        Args:
            block: the block.
            worker: who says so; None when it is lost.
            place: missing or excluded.
            key: name and epoch of the worker.
        """
        number = self.find(block)
        if number < 0:
            return False
        if worker is not None and self._where[number] is worker:
            worker.held.discard(number)
            self.n_held -= 1
        elif self._where[number] is not TAKEN or not self._take_out(number, key):
            return False
        self._where[number] = place
        self._entries[place] += self._sizes[number]
        return True

    def _take_out(self, number: int, key: tuple[WorkerId, int]) -> bool:
        """Take a block out of the delta of a worker that could not be merged."""
        for delta_key, numbers in self._taken.items():
            if delta_key[:2] == key and number in numbers:
                numbers.remove(number)
                if not numbers:
                    del self._taken[delta_key]
                return True
        return False

    # -- blocks come back

    def release_worker(self, worker: Worker) -> list[Run]:
        """Let everything that a lost worker held wait again; return it as runs."""
        for packet in worker.packets.values():
            self.report(packet)
        return self._release(worker, worker.held)

    def release_blocks(self, worker: Worker, blocks: Iterable[Block]) -> list[Run]:
        """Let those of the blocks wait again that a worker holds."""
        return self._release(worker, {self.find(block) for block in blocks})

    def release_range(self, worker: Worker, start: int, stop: int) -> list[Run]:
        """Let those of a range of numbers wait again that a worker holds."""
        return self._release(worker, range(start, stop))

    def _release(self, worker: Worker, numbers: Iterable[int]) -> list[Run]:
        held = sorted(worker.held.intersection(numbers))
        for number in held:
            self._where[number] = WAITING
            self.left_entries += self._sizes[number]
        worker.held.difference_update(held)
        self.n_held -= len(held)
        return list(self._runs(held))

    def _runs(self, numbers: list[int]) -> Iterator[Run]:
        """Group ascending numbers into runs of neighbours within one file."""
        start = 0
        for place, number in enumerate(numbers, 1):
            file = self.blocks[number].file
            if place == len(numbers) or numbers[place] != number + 1 or self.blocks[number + 1].file != file:
                yield file, numbers[start], number + 1
                start = place

    # -- everything is checked

    def check(self, workers: Iterable[Worker], waiting: set[int]) -> None:
        """Verify that every block is in exactly one place, and that the account adds up.

        Raises:
            InvariantError: a rule is broken.
        """
        entries = dict.fromkeys(Place, 0)
        held: dict[Worker, set[int]] = {worker: set() for worker in workers}
        for number, place in enumerate(self._where):
            if isinstance(place, Place):
                entries[place] += self._sizes[number]
            elif place in held:
                held[place].add(number)
            else:
                raise InvariantError(f"block {number} is held by {place!r}, who is lost")
        n_held = sum(map(len, held.values()))
        in_hand = sum(packet.n_entries for worker in held for packet in worker.packets.values())
        taken = sorted(number for numbers in self._taken.values() for number in numbers)
        unread = (
            entries[WAITING] + entries[TAKEN] + sum(self._sizes[number] for item in held.values() for number in item)
        )
        rules = {
            "each worker knows what it holds": all(worker.held == numbers for worker, numbers in held.items()),
            "the number of held blocks is right": n_held == self.n_held,
            "the waiting blocks are on the shelf": waiting == set(self._numbers(WAITING)),
            "each taken block is in one taken delta": taken == list(self._numbers(TAKEN)),
            "what is left is what waits and what is in hand": self.left_entries == entries[WAITING] + in_hand,
            "merged entries are processed": self._processed == entries[MERGED],
            "missing entries are right": self._entries[Place.MISSING] == entries[Place.MISSING],
            "excluded entries are right": self._entries[Place.EXCLUDED] == entries[Place.EXCLUDED],
            "unread entries are right": self.account(files_unopened=0).unread == unread,
            "the total is the sum of all blocks": self.total_entries == sum(self._sizes),
        }
        for rule, is_kept in rules.items():
            if not is_kept:
                raise InvariantError(f"broken: {rule}")

    def _numbers(self, place: Place) -> Iterator[int]:
        return (number for number, where in enumerate(self._where) if where is place)
