"""Find out which entries of a friend stand beside which file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from overproof.engines.crew import Crew
from overproof.records.dataset import Dataset, FileGrid, FileSpec, Friend, FriendChain, FriendPart
from overproof.records.query import DEFAULT_BLOCK_ENTRIES
from overproof.session.chains.lengths import measure_files
from overproof.session.question import Question
from overproof.words.errors import DatasetError, OverproofError

Measured = FileGrid | OverproofError


def with_friends(question: Question, *, crew: Crew, is_cancelled: Callable[[], bool] = lambda: False) -> Question:
    """Ask the same of a dataset whose files know their friends; see `join_friends`."""
    if question.dataset is None or not question.dataset.friends:
        return question
    joined = join_friends(
        crew, question.dataset, block_entries=question.options.block_entries, is_cancelled=is_cancelled
    )
    return replace(question, dataset=joined)


def join_friends(
    crew: Crew,
    dataset: Dataset,
    *,
    block_entries: int = DEFAULT_BLOCK_ENTRIES,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Give every file its own parts of the friends of a dataset.

    As in ROOT, an entry of a friend stands beside the entry that has the same number in the whole chain. Where both
    chains have as many files and each is as long as its partner, they go file by file, so that a file that cannot be
    opened spoils no other.

    Args:
        crew: idle.
        dataset: as the user wrote it; one whose files know their friends is given back as it is.
        block_entries, is_cancelled: as in `measure_files`.

    Raises:
        AbortedError: it was cancelled.
        DatasetError: a friend is not as long as the data, or nobody can tell which entries stand beside which.
        EngineError: workers die faster than they can be replaced.
    """
    if not dataset.friends:
        return dataset
    wanted = [*dataset.files, *(spec for chain in dataset.friends for spec in chain.files)]
    measured = iter(measure_files(crew, wanted, block_entries=block_entries, is_cancelled=is_cancelled))
    own = list(itertools.islice(measured, len(dataset.files)))
    columns = []
    for chain in dataset.friends:
        theirs = list(itertools.islice(measured, len(chain.files)))
        columns.append([Friend(name=chain.name, parts=parts) for parts in _parts(dataset.files, own, chain, theirs)])
    files = tuple(
        replace(spec, friends=(*friends, *spec.friends)) for spec, *friends in zip(dataset.files, *columns, strict=True)
    )
    return replace(dataset, files=files, friends=())


def _parts(
    files: Sequence[FileSpec], own: Sequence[Measured], chain: FriendChain, theirs: Sequence[Measured]
) -> Iterator[tuple[FriendPart, ...]]:
    """Give the parts of one friend for each file."""
    if _goes_file_by_file(own, theirs):
        for spec in chain.files:
            yield (FriendPart(path=spec.path, tree=spec.tree),)
        return
    ours, other = (
        _lengths("the data", files, own, chain),
        _lengths(f"friend '{chain.name}'", chain.files, theirs, chain),
    )
    if sum(ours) != sum(other):
        raise DatasetError(
            f"friend '{chain.name}' has {sum(other):,} entries and the data {sum(ours):,}"
            f"{_first_difference(files, ours, chain, other)}: friends are read entry by entry, so give files of the "
            "same length in the same order"
        )
    stops = list(itertools.accumulate(other))
    for first, n_entries in zip(itertools.accumulate(ours, initial=0), ours, strict=False):
        yield tuple(_cut(chain, other, stops, first, first + n_entries))


def _goes_file_by_file(own: Sequence[Measured], theirs: Sequence[Measured]) -> bool:
    """Tell whether both have as many files, and each is as long as its partner as far as anybody knows."""
    if len(own) != len(theirs):
        return False
    return all(
        mine.n_entries == other.n_entries
        for mine, other in zip(own, theirs, strict=True)
        if isinstance(mine, FileGrid) and isinstance(other, FileGrid)
    )


def _lengths(whose: str, files: Sequence[FileSpec], measured: Sequence[Measured], chain: FriendChain) -> list[int]:
    """Return the lengths of files that all must be known."""
    lengths = []
    for spec, grid in zip(files, measured, strict=True):
        if not isinstance(grid, FileGrid):
            reason = " ".join(str(grid).split())
            raise DatasetError(
                f"{spec.path} of {whose} cannot be opened ({reason}), so that nobody can tell which entries of friend "
                f"'{chain.name}' stand beside the data: leave the file out of both, or give one friend file for each "
                "file of the data"
            )
        lengths.append(grid.n_entries)
    return lengths


def _first_difference(files: Sequence[FileSpec], ours: Sequence[int], chain: FriendChain, other: Sequence[int]) -> str:
    """Name the first two files that differ, where they go in pairs."""
    if len(ours) != len(other) or len(ours) == 1:
        return ""
    pairs = zip(files, ours, chain.files, other, strict=True)
    spec, mine, partner, its = next(pair for pair in pairs if pair[1] != pair[3])
    return f" (the first to differ: {partner.path} has {its:,}, and {spec.path} {mine:,})"


def _cut(
    chain: FriendChain, lengths: Sequence[int], stops: Sequence[int], first: int, stop: int
) -> Iterator[FriendPart]:
    """Cut the entries from `first` to `stop` of a chain into parts of its files; an empty range has one empty part."""
    is_empty = True
    for spec, length, end in zip(chain.files, lengths, stops, strict=True):
        low, high = max(first, end - length), min(stop, end)
        if low < high:
            is_empty = False
            yield _part(spec, first=low - end + length, n_entries=high - low)
    if is_empty:
        yield _part(chain.files[0], first=0, n_entries=0)


def _part(spec: FileSpec, *, first: int, n_entries: int) -> FriendPart:
    return FriendPart(path=spec.path, tree=spec.tree, first=first, n_entries=n_entries)
