"""Verify that every block is in exactly one place, and that the account adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from overproof.query.ledger.place import Place
from overproof.query.roster import Worker
from overproof.words.errors import InvariantError

if TYPE_CHECKING:
    from overproof.query.ledger.ledger import Ledger


def audit(ledger: Ledger, workers: Iterable[Worker], *, waiting: set[int], suspects: set[int]) -> None:
    """Verify the ledger against the workers, the shelf and the isolation; takes time in proportion to the blocks.

    Args:
        ledger: to be verified.
        workers: all that are not lost, the isolator among them.
        waiting: numbers on the shelf.
        suspects: numbers of the isolation's cases.

    Raises:
        InvariantError: a rule is broken.
    """
    where, sizes = ledger.where, ledger.sizes
    entries = dict.fromkeys(Place, 0)
    held: dict[Worker, set[int]] = {worker: set() for worker in workers}
    for number, place in enumerate(where):
        if isinstance(place, Place):
            entries[place] += sizes[number]
        elif place in held:
            held[place].add(number)
        else:
            raise InvariantError(f"block {number} is held by {place!r}, who is lost")
    n_held = sum(map(len, held.values()))
    n_held_entries = sum(sizes[number] for numbers in held.values() for number in numbers)
    for number, copier in ledger.copies.items():
        if copier not in held or isinstance(where[number], Place):
            raise InvariantError(f"block {number} has a second holder {copier!r}, but no first one, or that is lost")
        held[copier].add(number)
    in_hand = sum(packet.n_entries for worker in held for packet in worker.packets.values())
    taken = sorted(number for numbers in ledger.taken.values() for number in numbers)
    tried = {number for number in suspects if not isinstance(where[number], Place)}
    in_delta = {number for number in suspects if where[number] in (Place.TAKEN, Place.MERGED, Place.MISSING)}
    unread = entries[Place.WAITING] + entries[Place.SUSPECT] + entries[Place.TAKEN] + n_held_entries
    account = ledger.account(files_unopened=0)
    rules = {
        "each worker knows what it holds": all(worker.held == numbers for worker, numbers in held.items()),
        "the number of held blocks is right": n_held == ledger.n_held,
        "the waiting blocks are on the shelf": waiting == set(_numbers(ledger, Place.WAITING)),
        "each suspect has a case": set(_numbers(ledger, Place.SUSPECT)) == suspects - tried - in_delta,
        "each taken block is in one taken delta": taken == list(_numbers(ledger, Place.TAKEN)),
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


def _numbers(ledger: Ledger, place: Place) -> Iterator[int]:
    return (number for number, where in enumerate(ledger.where) if where is place)
