"""From a block to the events in it: open files, columns fetched ahead, cycles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import islice, takewhile
from typing import Any

from overproof.columns.cycles import Cycles
from overproof.columns.events import NOTHING_AROUND, ColumnMemory, Events, columns_of, name_of_event
from overproof.columns.files.identity import is_copy, is_version
from overproof.columns.files.recognized import why_another
from overproof.columns.reader import Reader, ReaderCache
from overproof.engines.messages import LookInto, Measure, Measured, Survey, Surveyed
from overproof.records.block import Block, Range
from overproof.records.dataset import Dataset, FileGrid, FileSpec
from overproof.records.notices import FileFailed, FileOpened
from overproof.records.outcome.failure import EventName
from overproof.records.schema import Schema
from overproof.store.cache_place import CachePlace
from overproof.words.errors import DatasetError, OverproofError, ReadError
from overproof.words.ids import FileIndex, WorkerId

PIECES_AHEAD = 3
"""Blocks, or pieces of them, that are announced while one is computed: over a network one alone would be waited for."""


class BlockSource:
    """Gives the events of any block of the query's dataset; keeps files open from block to block and query to query.

    Args:
        readers: open files to share; None: its own.
        around_reads: entered while a file is read.
    """

    def __init__(
        self, readers: ReaderCache | None = None, *, around_reads: AbstractContextManager[object] = NOTHING_AROUND
    ) -> None:
        self._around_reads = around_reads
        self._readers = ReaderCache() if readers is None else readers
        self.end()

    @property
    def read_bytes(self) -> int:
        """Compressed bytes read so far."""
        return self._readers.read_bytes

    @property
    def cached_bytes(self) -> int:
        """Bytes of columns that came out of the cache so far."""
        return self._readers.columns.served_bytes

    def begin(
        self,
        dataset: Dataset | None,
        *,
        block_entries: int,
        seed: int,
        branches: Sequence[str] | None,
        optional: Mapping[str, Any],
        cache: CachePlace | None = None,
        is_compiled: bool = False,
        schema: Any = None,
    ) -> None:
        """Start a query over a dataset, or over cycles when there is none.

        Args:
            dataset: the files; None: cycles.
            block_entries: size of the blocks.
            seed: root of the dice.
            branches: what may be read; None: everything.
            optional: what entries have instead of branches that are absent.
            cache: where columns are kept; None: nowhere.
            is_compiled: what is computed is compiled, and so may be steps of reading.
            schema: class of coffea's schemas in which entries are shown; None: as they are.
        """
        self._readers.columns.use(cache)
        self._readers.machinery.use(is_compiled)
        self._dataset = dataset
        self._block_entries = block_entries
        self._seed = seed
        self._branches = branches
        self._optional = optional
        self._schema = schema
        self._identities: dict[FileIndex, str] = {}
        self._paths: dict[FileIndex, str] = {}
        self._memory = ColumnMemory()

    def tidy_up(self) -> None:
        """Do what was put off while somebody waited for blocks."""
        self._readers.tidy_up()

    def end(self) -> None:
        """Forget the query, not the open files."""
        self._readers.columns.rest()
        self.begin(None, block_entries=0, seed=0, branches=None, optional={}, cache=self._readers.columns.place)

    def shed(self) -> None:
        """Let go of columns that other processes have thrown away; for any thread."""
        self._readers.columns.shed()

    def grid(self, file: int, *, path: str = "") -> FileGrid:
        """Look into a file.

        Args:
            file: its place in the dataset.
            path: the copy to open; empty: the file where the dataset says it is.

        Raises:
            DatasetError, ReadError: it cannot be opened, has no such tree, or is not the one that was meant.
        """
        assert self._dataset is not None
        spec = _at(self._dataset.files[file], path)
        grid = self._readers.get(spec, verify=bool(spec.checksum)).grid(self._block_entries)
        if difference := why_another(spec, grid):
            raise ReadError(difference, file=spec.path, phase="open")
        return grid

    def grid_of(self, spec: FileSpec, block_entries: int) -> FileGrid:
        """Look into a file of no query.

        Raises:
            DatasetError, ReadError: it cannot be opened, or has no such tree.
        """
        return self._readers.get(spec).grid(block_entries)

    def schema(self, spec: FileSpec) -> Schema:
        """Tell the branches of a file.

        Raises:
            DatasetError, ReadError: it cannot be opened, or has no such tree.
        """
        return self._readers.get(spec).schema()

    def expect(self, file: FileIndex, identity: str) -> None:
        """Learn of which version of a file the query has the blocks; empty where that cannot be told."""
        self._identities[file] = identity

    def read_from(self, file: FileIndex, path: str) -> None:
        """Read a file from one of its copies from now on; empty: where the dataset says it is."""
        if path:
            self._paths[file] = path
        else:
            self._paths.pop(file, None)

    def events(self, block: Block, *, following: Sequence[Range] = ()) -> Any:
        """Return the lazy record of a block, or its cycles.

        Args:
            block: to be computed now.
            following: entries of the same file that will be asked for next, piece by piece.

        Raises:
            DatasetError, ReadError: the file cannot be opened any more, or is another version than expected.
        """
        if self._dataset is None:
            return Cycles(block.first, block.stop, seed=self._seed)
        with self._around_reads:
            reader = self._reader(block.file)
        member = self._dataset.member_of(block.file)
        return Events(
            reader,
            block.first,
            block.stop,
            memory=self._memory,
            branches=self._branches,
            optional=self._optional,
            seed=(self._seed, block.file, block.first),
            metadata={**member.metadata, "dataset": member.name},
            file_number=block.file,
            n_files=len(self._dataset.files),
            around_reads=self._around_reads,
            following=following,
        )

    def shown(self, events: Any) -> Any:
        """Return what a selector sees of the lazy record of a block: NanoEvents where it wants a schema.

        Raises:
            ReadError: phase `open`: coffea's schema needs to know more of the file than can be made out.
        """
        if self._schema is None or self._dataset is None:
            return events
        from overproof.columns.nanoevents.block import nano_events
        from overproof.columns.nanoevents.forms import forms_of_this_process

        written = self._dataset.files[events.file_number].written
        with self._around_reads:
            return nano_events(
                columns_of(events),
                self._schema,
                forms=forms_of_this_process(),
                metadata=events.metadata,
                written=written,
            )

    def event_name(self, file: FileIndex, entry: int) -> EventName | None:
        """Tell what the file calls an event; None where it does not say, or cannot be read."""
        if self._dataset is None:
            return None
        try:
            return name_of_event(self._reader(file), entry)
        except OverproofError:
            return None

    def _reader(self, file: FileIndex) -> Reader:
        """Open the version of a file to which the blocks of the query belong; another one must not be mixed in."""
        assert self._dataset is not None
        path, identity = self._paths.get(file, ""), self._identities.get(file, "")
        spec = _at(self._dataset.files[file], path)
        # Checksums are in the brief only when they are to be verified.
        reader = self._readers.get(spec, identity="" if path else identity, verify=bool(spec.checksum))
        if not (is_copy if path else is_version)(identity, reader.identity):
            reason = (
                "the copy is of another version than the file that was looked into: replace it"
                if path
                else ("the file has changed since the query began: run the query again")
            )
            raise ReadError(reason, file=spec.path, phase="open")
        return reader


def _at(spec: FileSpec, path: str) -> FileSpec:
    return replace(spec, path=path) if path else spec


def following(
    block: Block, queued: Iterable[Block], *, pieces_of: Callable[[Block], Sequence[Sequence[Range]]]
) -> tuple[Range, ...]:
    """Return which entries of the file of a block come next, piece by piece.

    Args:
        block: computed now.
        queued: what is in hand behind it, in order.
        pieces_of: tells what of a block is computed in one go.
    """
    same_file = takewhile(lambda each: each.file == block.file, queued)
    pieces = (piece for each in same_file for piece in pieces_of(each))
    return tuple((piece[0][0], piece[-1][1]) for piece in islice(pieces, PIECES_AHEAD))


def look_into(source: BlockSource, command: LookInto, *, worker: WorkerId) -> FileOpened | FileFailed:
    """Tell the grid of a file, or why there is none that can be used."""
    file = command.file
    try:
        return FileOpened(worker=worker, file=file, grid=source.grid(file, path=command.path))
    except ReadError as error:
        return FileFailed(worker=worker, file=file, reason=error.reason, phase=error.phase)
    except DatasetError as error:
        return FileFailed(worker=worker, file=file, reason=str(error))


def survey(source: BlockSource, command: Survey, *, worker: WorkerId) -> Surveyed:
    """Tell the schema of a file, or why there is none."""
    try:
        return Surveyed(worker=worker, schema=source.schema(command.spec), error=None)
    except OverproofError as error:
        return Surveyed(worker=worker, schema=None, error=error)


def measure(source: BlockSource, command: Measure, *, worker: WorkerId) -> Measured:
    """Tell the grid of a file of no query, or why there is none."""
    spec = command.spec
    try:
        return Measured(worker=worker, spec=spec, grid=source.grid_of(spec, command.block_entries), error=None)
    except OverproofError as error:
        return Measured(worker=worker, spec=spec, grid=None, error=error)
