"""Second copies of the last blocks, when somebody slow holds up the end."""

from __future__ import annotations

from collections.abc import Iterator

from overproof.query.handout import Handout
from overproof.query.ledger import Ledger, Place
from overproof.query.roster import Roster, Worker
from overproof.query.storage.stock import NOWHERE, Reading
from overproof.records.block import Packet
from overproof.records.orders import Order, SendPacket, SetApart

LATER = 1.5
"""A copy is made where the first holder needs so much longer than the second would."""
MARGIN_S = 0.25
"""And at least so much longer, in seconds: copies cost messages too."""


class Speculation:
    """Gives idle workers copies of blocks that are late; asked when time passes and nothing waits.

    Source: backup tasks of MapReduce (Dean and Ghemawat, 2004); the choice by estimated time to the end is that of
    LATE (Zaharia and others, 2008).
    """

    __slots__ = ("_handout", "_ledger", "_locality", "_roster")

    def __init__(self, ledger: Ledger, *, roster: Roster, handout: Handout) -> None:
        self._ledger = ledger
        self._roster = roster
        self._handout = handout
        self._locality = handout.locality

    def copy_late_blocks(self, orders: list[Order]) -> None:
        """Give each idle worker a copy of a block of the worker that will be done last, as long as that pays."""
        roster = self._roster
        if not roster.idle or not roster.n_active or not roster.mean_rate_per_s:
            return
        idle = sorted(
            (worker for worker in roster.idle if not worker.is_leaving), key=lambda worker: -self._rate(worker)
        )
        late = self._late_blocks(len(idle))
        for worker in idle:
            choice = next(late, None)
            if choice is None:
                return
            left_s, number, holder = choice
            reading = self._reading(worker, number)
            if reading is None:
                continue
            needed_s = self._ledger.sizes[number] / self._rate(worker) * self._locality.slowdown(worker, reading)
            if left_s <= LATER * needed_s + MARGIN_S:
                return
            self._copy(number, holder, worker, reading, orders)

    def _late_blocks(self, n_idle: int) -> Iterator[tuple[float, int, Worker]]:
        """Give blocks by the seconds until they are done, latest first: the last ones of each worker first."""
        found = [
            (left_s, number, worker)
            for worker in self._roster.workers.values()
            if worker.packets
            for left_s, number in self._left(worker, n_idle)
        ]
        found.sort(key=lambda item: (-item[0], item[1]))
        return iter(found)

    def _left(self, worker: Worker, n_idle: int) -> Iterator[tuple[float, int]]:
        """Estimate when the blocks in hand of a worker will be done; one who is late takes as long again.

        What it has computed and not handed over comes no sooner than the block in hand, and is refused as a whole if
        one of these blocks comes from somebody else: so all of them are copied, if there are idle workers enough, or
        none is.
        """
        ledger, now = self._ledger, self._handout.now
        started_s = worker.began_s
        done_s = 0.0
        first_s: float | None = None
        for packet in worker.packets.values():
            for number in range(packet.start, packet.stop):
                done_s += ledger.sizes[number] / self._rate(worker)
                left_s = started_s + done_s - now
                left_s = left_s if left_s > 0 else now - started_s
                first_s = left_s if first_s is None else first_s
                if ledger.where[number] is worker and number not in ledger.copies:
                    yield left_s, number
        computed = sorted(worker.held - _in_hand(worker))
        if first_s is not None and len(worker.held) <= n_idle:
            yield from ((first_s, number) for number in computed if number not in ledger.copies)

    def _reading(self, worker: Worker, number: int) -> Reading | None:
        """Return from where a worker would read a block; None when it may not."""
        locality = self._locality
        if not locality.is_known:
            return NOWHERE
        return locality.best(worker, self._ledger.blocks[number].file, number)

    def _copy(self, number: int, holder: Worker, worker: Worker, reading: Reading, orders: list[Order]) -> None:
        assert not isinstance(self._ledger.where[number], Place)
        block = self._ledger.copy(number, worker)
        n_packet = self._handout.give(worker, number, number + 1, reading)
        packet = Packet(number=n_packet, blocks=(block,), is_apart=True, path=reading.path)
        in_hand = _in_hand(holder)
        apart = {number} if number in in_hand else {other for other in in_hand if self._ledger.where[other] is holder}
        orders += [SetApart(worker=holder.name, block=self._ledger.blocks[other]) for other in sorted(apart)]
        orders.append(SendPacket(worker=worker.name, packet=packet))

    def _rate(self, worker: Worker) -> float:
        return worker.rate_per_s or self._roster.mean_rate_per_s


def _in_hand(worker: Worker) -> set[int]:
    """Return the numbers of the blocks in the packets of a worker."""
    return {number for packet in worker.packets.values() for number in range(packet.start, packet.stop)}
