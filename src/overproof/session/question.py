"""What is asked of an engine: files or cycles, and how to run."""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from overproof.query.packetizers import packetizer_by_name
from overproof.records.dataset import Dataset
from overproof.records.query import DEFAULT_BLOCK_ENTRIES, ON_ERROR, OnError, QueryOptions
from overproof.session.datasets import Data, resolve_dataset
from overproof.session.keywords import QueryKeywords
from overproof.session.members import Division, Weights, check_division
from overproof.store.cache_place import CachePlace
from overproof.words.errors import OptionError
from overproof.words.units import MB

Kind: TypeAlias = Literal["process", "map", "draw", "draws", "scan", "count"]
"""What is asked: a selector of the user's, a function of items, one thing drawn, several by name, a table, or a number.
"""

OF_USERS: frozenset[Kind] = frozenset(("process", "map"))
"""Kinds whose code is the user's."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
N_TIME_LETTERS, N_DICE_LETTERS = 4, 3
"""Letters of a query's id that tell the part of the second, and those that keep two sessions apart."""

MIN_MEMORY_BYTES = 64 * MB
"""A worker needs more than this before it has computed anything."""


_UNDIVIDED = Division()

_DATA = ("tree", "files", "allow_duplicates", "friends", "entry_list")
"""Keywords that say what the data are."""

_MANNER = ("memory_limit_bytes", "verify", "journal", "delta_interval_s", "mergers")
"""Keywords that say how a query is to be run on an engine."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a query is to be run on this engine; nothing of it changes the answer of a good selector on good files.

    Attributes:
        memory_limit_bytes: private resident memory that a worker may have; None: its share of the machine's.
        verifies: checksums of whole files are verified before they are read, where the dataset gives them.
        journal: the query has a folder, with its journal and checkpoint, and can be resumed.
        delta_interval_s: seconds after which a worker hands over what it has.
        mergers: processes that merge on the way, where there can be such; None: as many as are of use.
    """

    memory_limit_bytes: int | None = None
    verifies: bool = False
    journal: bool = True
    delta_interval_s: float = 1.0
    mergers: int | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: over a dataset, or over cycles without one.

    Attributes:
        query_id: the query's id.
        number: the query's number in its session.
        dataset: the files; None for cycles.
        cycles: number of cycles; None for a dataset.
        options: how to run it, as the master knows it.
        manner: how to run it, as the engine knows it.
        kind: what is asked, by which its result is dressed.
        cache: where columns that were read are kept; None: nowhere.
        division: what is asked of several datasets.
    """

    query_id: str
    number: int
    dataset: Dataset | None
    cycles: int | None
    options: QueryOptions
    manner: Manner = Manner()
    kind: Kind = "process"
    cache: CachePlace | None = None
    division: Division = _UNDIVIDED

    @property
    def data(self) -> Dataset:
        """The files, where it is known that there are some."""
        assert self.dataset is not None
        return self.dataset

    @property
    def may_be_empty(self) -> bool:
        """Tell whether no entries are an answer: in the draw language, where nobody passes over any.

        A selector's outputs come from its blocks, so that without one nobody knows what they would have been.
        """
        return self.options.takes_empty or (self.kind != "process" and not self.options.first)

    @property
    def n_files(self) -> int:
        return len(self.dataset.files) if self.dataset else 1


def make_question(
    kind: Kind,
    data: Data | None,
    keywords: QueryKeywords,
    *,
    number: int,
    cycles: int | None = None,
    seed: int = 0,
    takes_empty: bool = False,
    weights: Weights = None,
) -> Question:
    """Check all that can be judged before any work, and bundle it.

    Args:
        kind: what is asked.
        data: what the user wrote; None with cycles.
        keywords: what is said about the query, known to be all keywords.
        number: the query's number in its session.
        cycles, seed: as in `Session.process`.
        takes_empty: the selector wants to see trees without entries.
        weights: as in `Session.draw`.

    Raises:
        InputError: something makes no sense, or there are no files.
    """
    if (data is None) == (cycles is None):
        raise OptionError("give either a dataset or cycles=N: files to process, or a number of cycles without data")
    if cycles is not None:
        check_number("cycles", cycles, at_least=0 if kind == "map" else 1)
    if keywords.get("files") is not None:
        check_number("files", keywords["files"], at_least=1)
    rest: dict[str, Any] = dict(keywords)
    chosen = {name: rest.pop(name) for name in _DATA if name in rest}
    manner = {name: rest.pop(name) for name in _MANNER if name in rest}
    by_dataset = rest.pop("by_dataset", False)
    dataset = None if data is None else resolve_dataset(data, **chosen)
    return Question(
        query_id=new_query_id(),
        number=number,
        dataset=dataset,
        cycles=cycles,
        options=replace(check_options(seed=seed, **rest), takes_empty=takes_empty),
        manner=check_manner(**manner),
        kind=kind,
        division=check_division(dataset, by_dataset=by_dataset, weights=weights),
    )


def new_query_id() -> str:
    """Make an id that sorts by time, to a few microseconds, and that two sessions of a user do not share."""
    now_ns = time.time_ns()
    seconds, fraction_ns = divmod(now_ns, 10**9)
    place = fraction_ns * len(LETTERS) ** N_TIME_LETTERS // 10**9
    letters = [secrets.choice(LETTERS) for _ in range(N_DICE_LETTERS)]
    for _ in range(N_TIME_LETTERS):
        place, letter = divmod(place, len(LETTERS))
        letters.insert(0, LETTERS[letter])
    return f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(seconds))}-{''.join(letters)}"


def check_options(
    *,
    first: int = 0,
    entries: int | None = None,
    packetizer: str = "adaptive",
    block_entries: int = DEFAULT_BLOCK_ENTRIES,
    seed: int = 0,
    on_error: OnError = "isolate",
    max_excluded: int | None = None,
    block_timeout_s: float | None = None,
) -> QueryOptions:
    """Check and bundle what the master must know.

    Raises:
        OptionError: one of them makes no sense.
    """
    check_number("first", first, at_least=0)
    check_number("block_entries", block_entries, at_least=1)
    check_number("seed", seed, at_least=0)
    if entries is not None:
        check_number("entries", entries, at_least=1)
    if max_excluded is not None:
        check_number("max_excluded", max_excluded, at_least=0)
    if block_timeout_s is not None:
        _check_seconds("block_timeout_s", block_timeout_s, is_zero_allowed=False)
    if on_error not in ON_ERROR:
        raise OptionError(f"on_error={on_error!r}: give one of {', '.join(map(repr, ON_ERROR))}")
    packetizer_by_name(packetizer)  # complains about a name that it does not know
    return QueryOptions(
        block_entries=block_entries,
        first=first,
        entries=entries,
        seed=seed,
        packetizer=packetizer,
        on_error=on_error,
        max_excluded=max_excluded,
        block_timeout_s=block_timeout_s,
    )


def check_manner(
    *,
    memory_limit_bytes: int | None = None,
    verify: bool = False,
    journal: bool = True,
    delta_interval_s: float = 1.0,
    mergers: int | None = None,
) -> Manner:
    """Check and bundle what the engine must know.

    Raises:
        OptionError: one of them makes no sense.
    """
    if memory_limit_bytes is not None:
        check_number("memory_limit_bytes", memory_limit_bytes, at_least=MIN_MEMORY_BYTES)
    _check_seconds("delta_interval_s", delta_interval_s, is_zero_allowed=True)
    if mergers is not None:
        check_number("mergers", mergers, at_least=0)
    for name, value in (("verify", verify), ("journal", journal)):
        if not isinstance(value, bool):
            raise OptionError(f"{name}={value!r}: give True or False")
    return Manner(
        memory_limit_bytes=memory_limit_bytes,
        verifies=verify,
        journal=journal,
        delta_interval_s=delta_interval_s,
        mergers=mergers,
    )


def check_number(name: str, value: object, *, at_least: int) -> None:
    """Find a number that makes no sense.

    Raises:
        OptionError: it is no whole number, or too small.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise OptionError(f"{name}={value!r}: give a whole number, at least {at_least}")


def _check_seconds(name: str, value: Any, *, is_zero_allowed: bool) -> None:
    """Find a duration that makes no sense; an infinite one does."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
    if not is_number or value < 0 or (value == 0 and not is_zero_allowed):
        raise OptionError(f"{name}={value!r}: give a number of seconds{'' if is_zero_allowed else ' above 0'}")
