"""Verify that every block is in exactly one place, and that the account adds up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from overproof.query.ledger.place import Place
from overproof.query.roster import Holder, Worker
from overproof.words.errors import InvariantError

if TYPE_CHECKING:
    from overproof.query.ledger.ledger import Ledger


def audit(ledger: Ledger, holders: Iterable[Holder], *, waiting: set[int], suspects: set[int]) -> None:
    """Verify the ledger against its holders, the shelf and the isolation; takes time in proportion to the blocks.

    Args:
        ledger: to be verified.
        holders: all workers and mergers that are not lost, the isolator among them.
        waiting: numbers on the shelf.
        suspects: numbers of the isolation's cases.

    Raises:
        InvariantError: a rule is broken.
    """
    where, sizes = ledger.where, ledger.sizes
    numbers: dict[Place | Holder, list[int]] = {place: [] for place in (*Place, *holders)}
    for number, place in enumerate(where):
        if place not in numbers:
            raise InvariantError(f"block {number} is held by {place!r}, who is lost")
        numbers[place].append(number)
    entries = {place: sum(map(sizes.__getitem__, numbers[place])) for place in Place}
    held = {holder: set(its) for holder, its in numbers.items() if not isinstance(holder, Place)}
    n_held = sum(map(len, held.values())) + len(numbers[Place.PASSING])
    n_held_entries = sum(sizes[number] for its in held.values() for number in its) + entries[Place.PASSING]
    for number, copier in ledger.copies.items():
        if copier not in held or isinstance(where[number], Place):
            raise InvariantError(f"block {number} has a second holder {copier!r}, but no first one, or that is lost")
        held[copier].add(number)
    workers = [holder for holder in held if isinstance(holder, Worker)]
    in_hand = sum(packet.n_entries for worker in workers for packet in worker.packets.values())
    taken = sorted(number for of_delta in ledger.taken.values() for number in of_delta)
    passing = sorted(number for passage in ledger.passing.values() for number in passage.numbers)
    tried = {number for number in suspects if not isinstance(where[number], Place)}
    in_delta = {number for number in suspects if where[number] in (Place.TAKEN, Place.MERGED, Place.MISSING)}
    unread = entries[Place.WAITING] + entries[Place.SUSPECT] + entries[Place.TAKEN] + n_held_entries
    account = ledger.account(files_unopened=0)
    rules = {
        "each holder knows what it holds": all(holder.held == its for holder, its in held.items()),
        "the number of held blocks is right": n_held == ledger.n_held,
        "the waiting blocks are on the shelf": waiting == set(numbers[Place.WAITING]),
        "each suspect has a case": set(numbers[Place.SUSPECT]) == suspects - tried - in_delta,
        "each taken block is in one taken delta": taken == numbers[Place.TAKEN],
        "each passing block is in one delta that is passed": passing == numbers[Place.PASSING],
        "deltas are passed to mergers that live": all(passage.merger in held for passage in ledger.passing.values()),
        "what is left is what waits and what is in hand": ledger.left_entries == entries[Place.WAITING] + in_hand,
        "merged entries are processed": account.processed == entries[Place.MERGED],
        "missing entries are right": account.missing == entries[Place.MISSING],
        "what is excluded is cut out": not entries[Place.EXCLUDED],
        "unread entries are right": account.unread == unread,
        "the total is the sum of all blocks": ledger.total_entries == sum(sizes) + ledger.excluded_entries,
        "sizes are those of the blocks": sizes == [block.n_entries for block in ledger.blocks],
    }
    for rule, is_kept in rules.items():
        if not is_kept:
            raise InvariantError(f"broken: {rule}")
