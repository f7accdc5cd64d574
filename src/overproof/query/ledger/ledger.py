"""Who holds which block, and with it where every entry is: the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from overproof.query.ledger.numbering import Numbering
from overproof.query.ledger.place import DeltaKey, Passage, Place, Run
from overproof.query.roster import Holder, InHand, Worker
from overproof.records.account import Account
from overproof.records.block import Block, BlockKey, Delta, Range
from overproof.records.dataset import FileGrid
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex, WorkerId
from overproof.words.quickly import made_quickly

WAITING, SUSPECT, TAKEN, MERGED = Place.WAITING, Place.SUSPECT, Place.TAKEN, Place.MERGED

make_account = made_quickly(Account)


class Ledger:
    """Every block asked for and where it is: waiting, held, suspect, passing, taken, merged, missing or excluded.

    A block may have a second holder, who computes a copy; the first of the two whose delta is taken counts.

    Attributes:
        blocks: by number.
        sizes: by number, the entries to be computed.
        where: by number, the place or the holder.
        copies: by number, the second holder.
        taken: blocks by delta that is being merged.
        passing: by delta that is on its way to a merger.
        n_held: blocks held by workers and mergers, the isolator among them, or on their way to a merger.
        left_entries: entries of waiting blocks and of packets in hand: what is still to be computed.
        excluded_entries: entries cut out of blocks because the selector fails on them.
        files_unknown: files that cannot be opened.
    """

    __slots__ = (
        "_missing",
        "_numbering",
        "_processed",
        "blocks",
        "copies",
        "excluded_entries",
        "files_unknown",
        "find",
        "left_entries",
        "mean_entries",
        "n_held",
        "passing",
        "sizes",
        "taken",
        "where",
    )

    def __init__(self) -> None:
        self._numbering = Numbering()
        self.blocks = self._numbering.blocks
        self.sizes = self._numbering.sizes
        self.find = self._numbering.find
        self.mean_entries = self._numbering.mean_entries
        self.n_held = 0
        self.left_entries = 0
        self.excluded_entries = 0
        self.files_unknown = 0
        self.where: list[Place | Holder] = []
        self.copies: dict[int, Worker] = {}
        self.taken: dict[DeltaKey, list[int]] = {}
        self.passing: dict[DeltaKey, Passage] = {}
        self._missing = 0
        self._processed = 0

    @property
    def total_entries(self) -> int:
        """Entries asked for, as far as files are settled."""
        return self._numbering.total_entries

    @property
    def n_taken(self) -> int:
        """Deltas that are being merged."""
        return len(self.taken)

    def account(self, *, files_unopened: int) -> Account:
        """Say where every entry is; `unread` is the rest, so that the sum holds for a reader in another thread too."""
        processed, total = self._processed, self._numbering.total_entries
        excluded, missing = self.excluded_entries, self._missing
        return make_account(
            processed=processed,
            excluded=excluded,
            missing=missing,
            unread=total - processed - excluded - missing,
            total=total,
            files_unknown=self.files_unknown,
            files_unopened=files_unopened,
        )

    def find_key(self, key: BlockKey) -> int:
        """Return the number of a block, whatever its version; -1 when there is none."""
        return self._numbering.find_key(key)

    def numbers(self, file: FileIndex) -> range:
        """Return the numbers of the blocks of a file."""
        return self._numbering.numbers(file)

    # -- blocks come

    def admit(self, file: FileIndex, grid: FileGrid, ranges: tuple[Range, ...]) -> Run:
        """Enter the blocks of a file, cut at the ranges asked for; all of them wait. Return their run."""
        run = self._numbering.admit(file, grid, ranges)
        _, start, stop = run
        self.where += [WAITING] * (stop - start)
        self.left_entries += sum(self.sizes[start:stop])
        return run

    # -- blocks go

    def hold(self, worker: Worker, start: int, stop: int) -> tuple[Block, ...]:
        """Give a run of waiting blocks to a worker."""
        n_blocks = stop - start
        if n_blocks == 1:  # near the end of every query all packets are so
            self.where[start] = worker
            self.n_held += 1
            worker.held.add(start)
            return (self.blocks[start],)
        self.where[start:stop] = [worker] * n_blocks
        self.n_held += n_blocks
        worker.held.update(range(start, stop))
        return tuple(self.blocks[start:stop])

    def report(self, packet: InHand) -> None:
        """Note that a packet in hand is over: whatever waits again of it counts by itself."""
        self.left_entries -= packet.n_entries

    def take(self, delta: Delta, worker: Holder) -> str:
        """Take all blocks of a delta from their holder, so that nobody else can have them; or say why not.

        Returns:
            Empty when the delta is taken; else the objection, and nothing has changed.
        """
        where, find = self.where, self.find
        numbers = []
        for block in delta.blocks:
            number = find(block)
            if number < 0 or (where[number] is not worker and self.copies.get(number) is not worker):
                return self._objection(block, number, worker)
            numbers.append(number)
        key = (delta.worker, delta.epoch, delta.number)
        if key in self.taken:
            return f"delta {delta.number} is being merged already"
        if len(numbers) != 1 and (not numbers or len(set(numbers)) != len(numbers)):
            return "a block is named twice" if numbers else "no block is named"
        if self.copies:
            for number in numbers:
                self._drop_holders(number)
                where[number] = TAKEN
        else:
            held = worker.held
            for number in numbers:
                where[number] = TAKEN
                held.remove(number)
            self.n_held -= len(numbers)
        self.taken[key] = numbers
        return ""

    def _objection(self, block: Block, number: int, worker: Holder) -> str:
        """Say why a block cannot be taken from somebody."""
        if number < 0:
            return f"{block} is not a block of this query"
        place = self.where[number]
        now = place.value if isinstance(place, Place) else f"held by {place.name}, epoch {place.epoch}"
        return f"block {block.index} of file {block.file} is not held by {worker.name} any more: it is {now}"

    def merge(self, delta: Delta) -> None:
        """Count the blocks of a taken delta as processed.

        Raises:
            InvariantError: the delta was not taken, or was merged before.
        """
        numbers = self.taken.pop((delta.worker, delta.epoch, delta.number), None)
        if numbers is None:
            raise InvariantError(f"delta {delta.number} of {delta.worker} was merged, but never taken")
        where, n_entries = self.where, 0
        for number in numbers:
            where[number] = MERGED
            n_entries += self.sizes[number]
        self._processed += n_entries

    def set_aside(self, block: Block, worker: Worker | None, place: Place, *, key: tuple[WorkerId, int]) -> bool:
        """Put a block that failed to its place; False unless its worker holds it, or it is in a taken delta of `key`.

        Args:
            block: the block.
            worker: who says so; None when it is lost.
            place: missing or suspect.
            key: name and epoch of the worker.
        """
        number = self.find(block)
        if number < 0:
            return False
        if worker is not None and worker in (self.where[number], self.copies.get(number)):
            self._drop_holders(number)
        elif self.where[number] is not TAKEN or not self._take_out(number, key):
            return False
        self.where[number] = place
        if place is Place.MISSING:
            self._missing += self.sizes[number]
        return True

    def _take_out(self, number: int, key: tuple[WorkerId, int]) -> bool:
        """Take a block out of the delta of a worker that could not be merged."""
        for delta_key, numbers in self.taken.items():
            if delta_key[:2] == key and number in numbers:
                numbers.remove(number)
                if not numbers:
                    del self.taken[delta_key]
                return True
        return False

    # -- blocks come back

    def release_merger(self, merger: Holder) -> list[Run]:
        """Let everything that a lost merger held wait again; return it as runs."""
        return self._release(merger, merger.held)

    def release_worker(self, worker: Worker) -> list[Run]:
        """Let everything that a lost worker held wait again; return it as runs."""
        for packet in worker.packets.values():
            self.report(packet)
        return self._release(worker, worker.held)

    def release_blocks(self, worker: Holder, blocks: Iterable[Block]) -> list[Run]:
        """Let those of the blocks wait again that somebody holds."""
        return self._release(worker, {self.find(block) for block in blocks})

    def release_range(self, worker: Worker, start: int, stop: int) -> list[Run]:
        """Let those of a range of numbers wait again that a worker holds."""
        return self._release(worker, range(start, stop))

    def _release(self, worker: Holder, numbers: Iterable[int]) -> list[Run]:
        held = sorted(worker.held.intersection(numbers))
        worker.held.difference_update(held)
        if self.copies:
            held = [number for number in held if not self._leave_to_the_other(number, worker)]
        self.n_held -= len(held)
        return self.let_wait(held)

    def let_wait(self, numbers: list[int]) -> list[Run]:
        """Let blocks that nobody holds wait; return them, who are ascending, as runs."""
        for number in numbers:
            self.where[number] = WAITING
            self.left_entries += self.sizes[number]
        return list(self._runs(numbers))

    def _leave_to_the_other(self, number: int, worker: Holder) -> bool:
        """Leave a block that has two holders to the other one; False when it has only this one."""
        copier = self.copies.pop(number, None)
        if copier is not None and copier is not worker:
            self.where[number] = copier
        return copier is not None

    def _drop_holders(self, number: int) -> None:
        """Take a block from whoever holds it."""
        holder = self.where[number]
        assert isinstance(holder, Holder)
        holder.held.discard(number)
        if self.copies and (copier := self.copies.pop(number, None)) is not None:
            copier.held.discard(number)
        self.n_held -= 1

    def _runs(self, numbers: list[int]) -> Iterator[Run]:
        """Group ascending numbers into runs of neighbours within one file."""
        start = 0
        for place, number in enumerate(numbers, 1):
            file = self.blocks[number].file
            if place == len(numbers) or numbers[place] != number + 1 or self.blocks[number + 1].file != file:
                yield file, numbers[start], number + 1
                start = place

    # -- a second holder

    def is_shared(self, delta: Delta) -> bool:
        """Tell whether one of the blocks of a delta has a second holder."""
        return bool(self.copies) and any(self.find(block) in self.copies for block in delta.blocks)

    def copy(self, number: int, worker: Worker) -> Block:
        """Let a second worker compute a block too."""
        self.copies[number] = worker
        worker.held.add(number)
        self.left_entries += self.sizes[number]
        return self.blocks[number]

    # -- suspects

    def is_suspect(self, number: int) -> bool:
        """Tell whether a block is a suspect that nobody holds."""
        return self.where[number] is SUSPECT

    def try_suspect(self, isolator: Worker, number: int) -> None:
        """Let the isolator hold a suspect."""
        self.where[number] = isolator
        isolator.held.add(number)
        self.n_held += 1

    def release_suspects(self, isolator: Worker) -> None:
        """Put whatever the isolator holds among the suspects again."""
        for number in isolator.held:
            self.where[number] = SUSPECT
        self.n_held -= len(isolator.held)
        isolator.held.clear()

    def acquit(self, number: int) -> Run:
        """Let a suspect wait like any other block; return it as a run."""
        self.where[number] = WAITING
        self.left_entries += self.sizes[number]
        return self.blocks[number].file, number, number + 1

    def cut(self, number: int, ranges: tuple[Range, ...]) -> Block:
        """Leave only these ranges of a block that nobody holds to be computed; what lies between them is excluded."""
        before = self.blocks[number]
        block = Block(file=before.file, index=before.index, first=before.first, stop=before.stop, ranges=ranges)
        n_entries = self._numbering.replace(number, block)
        self.excluded_entries += n_entries
        if self.where[number] is WAITING:
            self.left_entries -= n_entries
        if not ranges:
            self.where[number] = Place.EXCLUDED
        return block

    # -- a query goes on

    def settle(self, number: int, place: Place) -> None:
        """Put a waiting block to its last place: merged or missing."""
        if self.where[number] is not WAITING:
            return
        self.where[number] = place
        self.left_entries -= self.sizes[number]
        if place is MERGED:
            self._processed += self.sizes[number]
        else:
            self._missing += self.sizes[number]

    def waiting_runs(self) -> list[Run]:
        """Return all waiting blocks, as runs."""
        return list(self._runs([number for number, place in enumerate(self.where) if place is WAITING]))
