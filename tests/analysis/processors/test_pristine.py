"""A processor sees each block in the state in which it was sent, at no cost where it does not change itself."""

from __future__ import annotations

import threading
from typing import Any

from overproof.analysis.processors.pristine import Pristine


class Counter:
    """Remembers what it has seen, if it is told to."""

    def __init__(self) -> None:
        self.seen: list[int] = []


def test_what_a_processor_did_to_itself_is_forgotten() -> None:
    """Each time it is as it was given, however often it has changed."""
    pristine = Pristine(Counter())
    for number in range(3):
        processor = pristine.get()
        assert processor.seen == []
        processor.seen.append(number)


def test_one_that_stays_as_it_is_is_not_made_anew() -> None:
    """What it has loaded outside of itself, and its identity, stay."""
    given = Counter()
    pristine = Pristine(given)
    assert pristine.get() is given
    assert pristine.get() is given


def test_functions_without_state_are_given_as_they_are() -> None:
    """They are not made anew either."""

    def process(events: Any) -> Any:
        return events

    pristine = Pristine(process)
    assert pristine.get() is process
    assert pristine.get() is process


def test_what_a_function_keeps_from_call_to_call_is_forgotten() -> None:
    """In a closure, in a default, or on itself: coffea unpickles functions for each chunk too."""
    around: list[int] = []

    def process(number: int, default: list[int] = []) -> tuple[list[int], list[int]]:  # noqa: B006 - that is the law
        around.append(number)
        default.append(number)
        return around, default

    pristine = Pristine(process)
    for number in range(3):
        assert pristine.get()(number) == ([number], [number])


def test_one_whose_state_cannot_be_told_is_left_as_it_is() -> None:
    """A lock that it was given elsewhere cannot be written down; it goes on with it."""
    given = Counter()
    given.lock = threading.Lock()  # type: ignore[attr-defined]
    pristine = Pristine(given)
    pristine.get().seen.append(1)
    assert pristine.get() is given


def test_one_that_opened_something_begins_anew() -> None:
    """What cannot be written down any more is another state."""
    given = Counter()
    pristine = Pristine(given)
    pristine.get().lock = threading.Lock()
    assert not hasattr(pristine.get(), "lock")
