"""Two results as one: what a single query over both would have given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from overproof.columns.files.identity import parts_of
from overproof.query.ledger.gaps import join_missing, sort_excluded
from overproof.records.account import Account
from overproof.records.block import Range
from overproof.records.dataset import Dataset, FileGrid
from overproof.records.outcome.gaps import Excluded, Missing
from overproof.records.outcome.standing import Standing
from overproof.session.outcome.origin import Origin
from overproof.session.outcome.ranges import Ranges, common, count, union, without
from overproof.words.errors import InputError
from overproof.words.ids import FileIndex
from overproof.words.units import entries_text

G = TypeVar("G", Missing, Excluded)


def merge_origins(first: Origin, second: Origin) -> Origin:
    """Return what one query over both would have been made of; where both speak of an entry, the second is right.

    Raises:
        InputError: the two belong to different questions, or have a block in common.
    """
    _check_alike(first, second)
    grids = _merged_grids(first, second)
    _check_apart(first, second, grids)
    done, redone = (_done(each, grids) for each in (first, second))
    # Entries excluded from a block that is merged stay so, whatever the second says of that block.
    settled = {file: without(known, done.get(file, ())) for file, known in _settled(second.standing, redone).items()}
    one, two = first.standing, second.standing
    unknown = {gap.file for gap in two.missing if gap.stop is None}
    missing = [
        *_cut((gap for gap in one.missing if gap.file not in unknown or gap.stop is not None), settled, grids),
        *_cut(two.missing, done, one.grids),
    ]
    standing = Standing(
        grids=grids,
        merged={file: one.merged.get(file, 0) | two.merged.get(file, 0) for file in {**one.merged, **two.merged}},
        ranges={**one.ranges, **two.ranges, **_of_merged(one), **_of_merged(two)},
        missing=join_missing(missing),
        excluded=sort_excluded([*_cut(one.excluded, settled, grids), *_cut(two.excluded, done, grids)]),
        splits=tuple(sorted({*one.splits, *two.splits}, key=lambda split: (split.file, split.first, -split.stop))),
    )
    return replace(
        first,
        dataset=_asked_together(first, second, grids),
        options=replace(first.options, first=0, entries=None),
        standing=standing,
    )


def merge_accounts(first: Account, second: Account, merged: Origin) -> Account:
    """Return the account of two results, of which `merged` is the common origin; they share no block."""
    is_unopened = bool(first.files_unopened or second.files_unopened)
    n_files = len(merged.dataset.files) if merged.dataset else 1
    asked = merged.asked(merged.standing.grids)
    return _account(merged, range(n_files), asked, first.processed + second.processed, is_unopened=is_unopened)


def merged_accounts(first: Account, second: Account, merged: Origin) -> list[Account]:
    """Return the same for each of their datasets."""
    is_unopened = bool(first.files_unopened or second.files_unopened)
    failed: dict[FileIndex, list[Range]] = {}
    for gap in merged.standing.excluded:
        failed.setdefault(gap.file, []).append((gap.first, gap.stop))
    done = {
        file: count(without(ranges, failed.get(file, ())))
        for file, ranges in _done(merged, merged.standing.grids).items()
    }
    asked = merged.asked(merged.standing.grids)
    accounts, start = [], 0
    for member in merged.dataset.all_members if merged.dataset else ():
        files = range(start, start + member.n_files)
        processed = sum(done.get(file, 0) for file in files)
        accounts.append(_account(merged, files, asked, processed, is_unopened=is_unopened))
        start += member.n_files
    return accounts


def _account(
    merged: Origin, files: range, asked: Mapping[FileIndex, Ranges], processed: int, *, is_unopened: bool
) -> Account:
    """Return the account of some files, of which so many entries were processed."""
    standing = merged.standing
    total = sum(count(asked[file]) for file in files if file in asked)
    excluded = count((gap.first, gap.stop) for gap in standing.excluded if gap.file in files)
    lost = [gap for gap in standing.missing if gap.file in files]
    missing = count((gap.first, gap.stop) for gap in lost if gap.stop is not None)
    unknown = {gap.file for gap in lost if gap.stop is None}
    asked_for = {file for file in files if merged.dataset is not None and merged.dataset.files[file].steps != ()}
    unopened = asked_for - set(standing.grids) - unknown
    return Account(
        processed=processed,
        excluded=excluded,
        missing=missing,
        unread=total - processed - excluded - missing,
        total=total,
        files_unknown=len(unknown),
        files_unopened=len(unopened) if is_unopened else 0,
    )


def entries_left(origin: Origin) -> dict[FileIndex, Ranges]:
    """Return the entries of every file looked into that were asked for and of which nobody knows yet where they are."""
    standing = origin.standing
    settled = _settled(standing, _done(origin, standing.grids))
    return {file: without(asked, settled.get(file, ())) for file, asked in origin.asked(standing.grids).items()}


def _check_alike(first: Origin, second: Origin) -> None:
    one, two = (each.dataset.files if each.dataset else () for each in (first, second))
    if len(one) != len(two):
        raise InputError(
            f"the results are of different datasets, of {len(one)} and of {len(two)} files: merge a result with that "
            "of its own `.missing`, as in session.process(selector, result.missing)"
        )
    _check_members(first, second)
    for mine, its in zip(one, two, strict=True):
        if (mine.path, mine.tree) != (its.path, its.tree) and (mine.path != its.path or (mine.tree and its.tree)):
            raise InputError(
                f"the results are of different datasets: where one has {mine.path}, the other has {its.path}"
                + (f":{its.tree}" if mine.path == its.path else "")
            )
    for name in ("block_entries", "seed"):
        mine_of, its_of = getattr(first.options, name), getattr(second.options, name)
        if mine_of != its_of:
            raise InputError(f"the results have different {name}, {mine_of} and {its_of}: compute both with the same")
    if first.is_by_dataset != second.is_by_dataset:
        raise InputError("one of the results has its outputs by dataset, the other has not: compute both in one way")
    if first.code and second.code and first.code != second.code:
        raise InputError("the results are of different selectors, or of different parameters: compute both with one")


def _check_members(first: Origin, second: Origin) -> None:
    """Refuse files that belong to other datasets in one result than in the other; one alone may have any name."""
    one, two = (each.dataset.members if each.dataset else () for each in (first, second))
    named = [[(member.name, member.n_files) for member in members] for members in (one, two)]
    if (one or two) and named[0] != named[1]:
        raise InputError(
            "the results are of different datasets: merge a result with that of its own `.missing`, as in "
            "session.process(selector, result.missing)"
        )


def _merged_grids(first: Origin, second: Origin) -> Mapping[FileIndex, FileGrid]:
    one, two = first.standing.grids, second.standing.grids
    for file in one.keys() & two.keys():
        known, found = one[file], two[file]
        # A file that was repaired or copied again has another identity, and the same UUID.
        names = (known.uuid, found.uuid) if known.uuid and found.uuid else (known.identity, found.identity)
        if (all(names) and names[0] != names[1]) or known.stops != found.stops:
            raise InputError(f"{_path(first, file)} has changed between the two results: compute both anew")
        _check_friends(known, found)
    return {**one, **two}


def _check_friends(known: FileGrid, found: FileGrid) -> None:
    """Refuse two results beside which another version of a friend was read; one that was absent may have come."""
    if known.friends != found.friends:
        raise InputError(
            "the results have different friends: give both the same, or take `.missing` of the first as the data of "
            "the second"
        )
    before, after = (parts_of(grid.identity)[1:] for grid in (known, found))
    for path, one, two in zip(known.friends, before, after, strict=True):
        if one and two and one != two:
            raise InputError(f"friend {path} has changed between the two results: compute both anew")


def _check_apart(first: Origin, second: Origin, grids: Mapping[FileIndex, FileGrid]) -> None:
    for file, bits in second.standing.merged.items():
        both = first.standing.merged.get(file, 0) & bits
        if both:
            begin, end = next(_blocks(grids[file], both))
            raise InputError(
                f"{_path(first, file)}: the block of {entries_text(begin, end)} is in both results; nothing may be "
                "counted twice, and entries excluded from a block cannot be added to it: process `.missing` alone "
                "(--missing), and add that"
            )


def _done(origin: Origin, grids: Mapping[FileIndex, FileGrid]) -> dict[FileIndex, Ranges]:
    """Return the entries of all merged blocks, by file; those excluded from them included."""
    asked = origin.asked(origin.standing.grids)
    return {
        file: common(_blocks(grids[file], bits), asked[file]) for file, bits in origin.standing.merged.items() if bits
    }


def _settled(standing: Standing, done: Mapping[FileIndex, Ranges]) -> dict[FileIndex, Ranges]:
    """Return every entry of which a standing says where it is, by file."""
    settled = dict(done)
    gaps: tuple[Missing | Excluded, ...] = (*standing.missing, *standing.excluded)
    for gap in gaps:
        if gap.stop is not None:
            settled[gap.file] = union(settled.get(gap.file, ()), [(gap.first, gap.stop)])
    return settled


def _cut(gaps: Iterable[G], settled: Mapping[FileIndex, Ranges], grids: Mapping[FileIndex, FileGrid]) -> Iterator[G]:
    """Take from gaps what is settled elsewhere; a file of unknown length that could be opened there is none.

    That of an empty tree is settled where its file is named at all.
    """
    for gap in gaps:
        if gap.stop is None:
            if gap.file not in grids:
                yield gap
        elif gap.first == gap.stop:
            if gap.file not in settled:
                yield gap
        else:
            for first, stop in without([(gap.first, gap.stop)], settled.get(gap.file, ())):
                yield replace(gap, first=first, stop=stop)


def _blocks(grid: FileGrid, bits: int) -> Iterator[tuple[int, int]]:
    """Return the ranges of the blocks whose bits are set."""
    first = 0
    for index, stop in enumerate(grid.stops or (0,)):  # an empty tree may have a block without entries
        if bits >> index & 1:
            yield first, stop
        first = stop


def _of_merged(standing: Standing) -> dict[tuple[FileIndex, int], Ranges]:
    """Return the ranges of the blocks that are merged: they say what is in the outputs."""
    return {
        (file, index): ranges
        for (file, index), ranges in standing.ranges.items()
        if standing.merged.get(file, 0) >> index & 1
    }


def _asked_together(first: Origin, second: Origin, grids: Mapping[FileIndex, FileGrid]) -> Dataset | None:
    """Return the dataset of which every entry was asked for by one of them."""
    if first.dataset is None or second.dataset is None:
        return None
    one, two = (each.asked(each.standing.grids if each.is_chained else grids) for each in (first, second))
    files = []
    for index, (mine, its) in enumerate(zip(first.dataset.files, second.dataset.files, strict=True)):
        # Of a file that only the second could use, what the second was told is true.
        told = its if index in second.standing.grids and index not in first.standing.grids else mine
        known = replace(mine, tree=mine.tree or its.tree, n_entries=told.n_entries, uuid=told.uuid)
        if index in grids:
            asked = union(one.get(index, ()), two.get(index, ()))
            is_whole = asked == union([(0, grids[index].n_entries)])
            files.append(replace(known, steps=None if is_whole else asked))
        else:
            given = [_asked_unopened(origin, index) for origin in (first, second)]
            steps = None if None in given else union(*(each or () for each in given))
            files.append(replace(known, steps=steps))
    return replace(first.dataset, files=tuple(files))


def _asked_unopened(origin: Origin, file: FileIndex) -> Ranges | None:
    """Return what was asked for of a file that was not opened; None: all of it."""
    assert origin.dataset is not None
    if origin.is_chained and not any(gap.file == file for gap in origin.standing.missing):
        return ()  # behind the last entry asked for
    return origin.dataset.files[file].steps


def _path(origin: Origin, file: FileIndex) -> str:
    return origin.dataset.files[file].path if origin.dataset else "the cycles"
