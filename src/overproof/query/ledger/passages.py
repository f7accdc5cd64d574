"""Deltas that reach the master by way of a merger, or not at all."""

from __future__ import annotations

from collections.abc import Collection

from overproof.query.ledger.ledger import Ledger
from overproof.query.ledger.place import Passage, Place, Run, key_of
from overproof.query.roster import Holder
from overproof.records.block import Delta


def send_on(ledger: Ledger, delta: Delta, merger: Holder) -> None:
    """Let a delta that was taken be on its way to a merger instead."""
    key = key_of(delta)
    numbers = ledger.taken.pop(key)
    ledger.passing[key] = Passage(delta, numbers, merger)
    _put(ledger, numbers, Place.PASSING)
    ledger.n_held += len(numbers)


def gather(ledger: Ledger, delta: Delta) -> int:
    """Let the merger hold the blocks of a delta that has arrived there; return their number."""
    _, numbers, merger = ledger.passing.pop(key_of(delta))
    _put(ledger, numbers, merger)
    merger.held.update(numbers)
    return len(numbers)


def take_back(ledger: Ledger, delta: Delta) -> None:
    """Take a delta that has not arrived at its merger, as if it had never been on its way."""
    key = key_of(delta)
    numbers = ledger.taken[key] = ledger.passing.pop(key).numbers
    _put(ledger, numbers, Place.TAKEN)
    ledger.n_held -= len(numbers)


def lose_passing(ledger: Ledger, delta: Delta) -> list[Run]:
    """Let the blocks of a delta that cannot come to its merger wait again; return them as runs."""
    numbers = sorted(ledger.passing.pop(key_of(delta)).numbers)
    ledger.n_held -= len(numbers)
    return ledger.let_wait(numbers)


def lose_taken(ledger: Ledger, delta: Delta, *, suspects: Collection[int]) -> list[Run]:
    """Let the blocks of a taken delta that will not come wait again, apart from suspects; return them as runs.

    Those that are suspects, because the isolator had handed them over, are so again.
    """
    numbers = sorted(ledger.taken.pop(key_of(delta), ()))
    _put(ledger, numbers, Place.SUSPECT)
    return ledger.let_wait([number for number in numbers if number not in suspects])


def is_unsettled(ledger: Ledger, holder: Holder) -> bool:
    """Tell whether a delta of a holder is being merged, or on its way; takes time in proportion to those."""
    who = (holder.name, holder.epoch)
    return any(key[:2] == who for deltas in (ledger.taken, ledger.passing) for key in deltas)


def _put(ledger: Ledger, numbers: list[int], place: Place | Holder) -> None:
    for number in numbers:
        ledger.where[number] = place
