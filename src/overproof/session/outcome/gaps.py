"""What a result lacks: a tuple of ranges that is a dataset too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
from overproof.records.block import NO_ENTRIES
from overproof.records.dataset import Dataset, FileGrid, FileSpec
from overproof.records.outcome.gaps import Excluded, Missing, Split, Unread
from overproof.session.outcome.lacking import fileset_of
from overproof.session.outcome.ranges import union
from overproof.words.errors import DatasetError
from overproof.words.ids import FileIndex

CYCLES = "cycles"
"""What stands for the path of a file where there is none."""

NO_GRIDS: Mapping[FileIndex, FileGrid] = MappingProxyType({})

R = TypeVar("R", bound=MissingRange | ExcludedRange | UnreadRange)


class Gaps(tuple[R, ...], Generic[R]):
    """Ranges that a result lacks; `session.process(selector, result.missing)` processes just them.

    Args:
        ranges: in the order of files and entries.
        dataset: of the query; None for cycles.
        files: for each range, the place of its file in the dataset.
        grids: of the files looked into, as far as known.
    """

    _dataset: Dataset | None
    _files: tuple[FileIndex, ...]
    _grids: Mapping[FileIndex, FileGrid]

    def __new__(
        cls,
        ranges: Iterable[R] = (),
        *,
        dataset: Dataset | None = None,
        files: Iterable[FileIndex] = (),
        grids: Mapping[FileIndex, FileGrid] = NO_GRIDS,
    ) -> Gaps[R]:
        gaps = super().__new__(cls, ranges)
        gaps._dataset, gaps._files = dataset, tuple(files)
        # Of the files that lack something, and one of each dataset, for its tree: there may be a million others.
        kept = dict.fromkeys((*gaps._files, *_one_of_each(dataset, grids))) if gaps._files else ()
        gaps._grids = {file: grids[file] for file in kept if file in grids}
        return gaps

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import gaps_html

        return gaps_html(self)

    @property
    def dataset(self) -> Dataset:
        """Return the dataset of what lacks: the same files in the same places, with the entries that lack of each.

        A file of unknown length is asked for as a whole, one that lacks nothing has no steps and is not opened.

        Raises:
            DatasetError: the query had no dataset.
        """
        if self._dataset is None:
            raise DatasetError("there is no dataset of what lacks: the query ran over cycles, without files")
        lacking: dict[FileIndex, list[R]] = {}
        for file, gap in zip(self._files, self, strict=True):
            lacking.setdefault(file, []).append(gap)
        files = tuple(_only(spec, lacking.get(index, [])) for index, spec in enumerate(self._dataset.files))
        return replace(self._dataset, files=files)

    def as_fileset(self) -> dict[str, Any]:
        """Return the files of which something lacks as a fileset, which coffea takes too.

        Returns:
            `{name: {"files": {path: {"object_path": tree, "steps": [[first, stop], ...], "num_entries": ..., "uuid":
            ...}}, "metadata": {...}}}`; `steps` is None for a whole file of unknown length. The first dataset also says
            under `whole` of which files these are a part, so that what is computed of `.missing` can be merged. Entries
            excluded one by one cannot: the block they stood in is counted without them.

        Raises:
            DatasetError: the query had no dataset, or what lacks stands twice in one, which a fileset cannot say.
        """
        trees = {file: gap.tree for file, gap in zip(self._files, self, strict=True) if gap.tree}
        return fileset_of(self.dataset, trees=trees, grids=self._grids)

    def of_dataset(self, name: str) -> Gaps[R]:
        """Return what lacks of one of the datasets of the query."""
        kept = [
            (file, gap)
            for file, gap in zip(self._files, self, strict=True)
            if self._dataset is not None and self._dataset.member_of(file).name == name
        ]
        files, gaps = [file for file, _ in kept], [gap for _, gap in kept]
        return Gaps(gaps, dataset=self._dataset, files=files, grids=self._grids)

    def __add__(self, other: Any) -> Any:
        """Return what lacks of either, of one query, in the order of files and entries; other tuples are put behind."""
        if not isinstance(other, Gaps):
            return super().__add__(other)
        pairs = sorted(
            [*zip(self._files, self, strict=True), *zip(other._files, other, strict=True)],
            key=lambda pair: (pair[0], pair[1].first),
        )
        return Gaps(
            (gap for _, gap in pairs),
            dataset=self._dataset or other._dataset,
            files=(file for file, _ in pairs),
            grids=self._grids or other._grids,
        )


def _one_of_each(dataset: Dataset | None, grids: Mapping[FileIndex, FileGrid]) -> Iterator[FileIndex]:
    """Yield the first file of each dataset that was looked into."""
    before = 0
    for member in dataset.all_members if dataset is not None else ():
        places = range(before, before + member.n_files)
        if (first := next((index for index in places if index in grids), None)) is not None:
            yield first
        before += member.n_files


def name_accounts(accounts: Iterable[Account], dataset: Dataset | None) -> dict[str, Account]:
    """Return the account of each dataset by its name; cycles have none."""
    return {} if dataset is None else dict(zip((each.name for each in dataset.all_members), accounts, strict=True))


def name_missing(
    gaps: Iterable[Missing], dataset: Dataset | None, grids: Mapping[FileIndex, FileGrid] = NO_GRIDS
) -> Gaps[MissingRange]:
    """Name the files of what could not be read."""
    ordered = tuple(gaps)
    named = (MissingRange(**asdict(gap) | {"file": _path(dataset, gap.file)}) for gap in ordered)
    return Gaps(named, dataset=dataset, files=(gap.file for gap in ordered), grids=grids)


def name_unread(
    gaps: Iterable[Unread], dataset: Dataset | None, grids: Mapping[FileIndex, FileGrid] = NO_GRIDS
) -> Gaps[UnreadRange]:
    """Name the files of what nobody read for another reason than that the user stopped the query."""
    ordered = tuple(gaps)
    named = (UnreadRange(**asdict(gap) | {"file": _path(dataset, gap.file)}) for gap in ordered)
    return Gaps(named, dataset=dataset, files=(gap.file for gap in ordered), grids=grids)


def name_excluded(
    gaps: Iterable[Excluded], dataset: Dataset | None, grids: Mapping[FileIndex, FileGrid] = NO_GRIDS
) -> Gaps[ExcludedRange]:
    """Name the files of what the selector failed on."""
    ordered = tuple(gaps)
    named = (
        ExcludedRange(
            file=_path(dataset, gap.file),
            tree=gap.tree or None,
            first=gap.first,
            stop=gap.stop,
            kind=gap.failure.kind,
            reason=gap.failure.reason,
            traceback=gap.failure.traceback,
            cause=gap.failure.cause,
            event=gap.event,
            host=gap.failure.host,
        )
        for gap in ordered
    )
    return Gaps(named, dataset=dataset, files=(gap.file for gap in ordered), grids=grids)


def name_splits(splits: Iterable[Split], dataset: Dataset | None) -> tuple[SplitRange, ...]:
    """Name the files of what was computed in two."""
    return tuple(
        SplitRange(
            file=_path(dataset, split.file),
            tree=split.tree or None,
            first=split.first,
            at=split.at,
            stop=split.stop,
            kind=split.failure.kind,
            reason=split.failure.reason,
        )
        for split in splits
    )


def _path(dataset: Dataset | None, file: FileIndex) -> str:
    return dataset.files[file].path if dataset else CYCLES


def _only(spec: FileSpec, gaps: list[R]) -> FileSpec:
    """Ask for what lacks of a file; of an empty tree, for its block without entries."""
    if any(gap.stop is None for gap in gaps):
        return spec
    ranges = tuple((gap.first, gap.stop) for gap in gaps if gap.stop is not None)
    return replace(spec, steps=ranges if ranges == NO_ENTRIES else union(ranges))
