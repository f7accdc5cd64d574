"""What could not be read from one copy is tried from another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from overproof.query.files import Files
from overproof.query.ledger import Ledger, Run
from overproof.query.locality.locality import Locality
from overproof.query.roster import Roster, Worker
from overproof.query.storage.stock import NOWHERE, Reading
from overproof.records.notices import BlockUnreadable, FileFailed
from overproof.records.orders import Order
from overproof.words.ids import FileIndex

PutBack: TypeAlias = Callable[[Iterable[Run], list[Order]], None]
"""Lets runs of blocks wait again, and feeds those who rest."""


class OtherCopies:
    """Lets files and blocks wait again when a copy of them has failed and another was not tried (rule 16).

    Args:
        files: what is known of the files.
        ledger: of the query.
        roster: the workers.
        locality: where copies lie.
        put_back: lets blocks wait again.
        offer: lets a file be opened by those who have it near.
    """

    __slots__ = ("_files", "_ledger", "_locality", "_offer", "_put_back", "_roster")

    def __init__(
        self,
        files: Files,
        ledger: Ledger,
        *,
        roster: Roster,
        locality: Locality,
        put_back: PutBack,
        offer: Callable[[FileIndex], None],
    ) -> None:
        self._files = files
        self._ledger = ledger
        self._roster = roster
        self._locality = locality
        self._put_back = put_back
        self._offer = offer

    def open_elsewhere(self, worker: Worker, file: FileIndex, reason: str) -> bool:
        """Let a file be asked again of somebody, of another copy; False when there is none."""
        reading = worker.opening_from
        if reading is NOWHERE or not self._locality.fail_file(file, reading, reason):
            return False
        self._files.ask_again(file)
        self._offer(file)
        return True

    def read_elsewhere(self, notice: BlockUnreadable, orders: list[Order]) -> bool:
        """Let a block wait again, for another copy; False when there is none, or all would fail alike."""
        worker, number = self._roster.find(notice.worker, notice.epoch), self._ledger.find(notice.block)
        if worker is None or number < 0 or notice.phase == "branch" or not self._is_held_by(worker, number):
            return False
        if not self.give_up(worker, number, notice.reason):
            return False
        if worker is not self._roster.isolator:  # it is tried there again
            self._put_back(self._ledger.release_blocks(worker, (notice.block,)), orders)
        return True

    def give_up(self, worker: Worker, number: int, reason: str) -> bool:
        """Note that a worker could not read a block from the copy it had; tell whether there is another to be tried."""
        reading = self._reading_of(worker, number)
        file = self._ledger.blocks[number].file
        return reading is not NOWHERE and self._locality.fail_block(file, number, reading, reason)

    def with_all_reasons(self, notice: BlockUnreadable) -> BlockUnreadable:
        """Say why none of the copies of a block could be read."""
        whole = self._locality.places.whole_reason(notice.block.file, notice.reason)
        return notice if whole == notice.reason else replace(notice, reason=whole)

    def failed_everywhere(self, failed: FileFailed) -> FileFailed:
        """Say why none of the copies of a file could be opened."""
        whole = self._locality.places.whole_reason(failed.file, failed.reason)
        return failed if whole == failed.reason else replace(failed, reason=whole)

    def _is_held_by(self, worker: Worker, number: int) -> bool:
        return worker in (self._ledger.where[number], self._ledger.copies.get(number))

    def _reading_of(self, worker: Worker, number: int) -> Reading:
        if worker is self._roster.isolator:
            return worker.reading
        return next((each.reading for each in worker.packets.values() if each.start <= number < each.stop), NOWHERE)
