"""The folder of one query: everything that outlives the process that runs it."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from overproof.records.account import Account
from overproof.records.dataset import Dataset
from overproof.records.documents.facts import fact_document, fact_of
from overproof.records.facts import Fact
from overproof.session.code import PackedSelector
from overproof.session.keeping.checkpoint import NAME as CHECKPOINT
from overproof.session.keeping.checkpoint import Checkpoint, Head, read_checkpoint, read_head
from overproof.session.keeping.dataset_file import dataset_of
from overproof.session.keeping.description import Description, bytes_digest, description_of
from overproof.session.question import Question
from overproof.store import Folder, RecordFile, read_records
from overproof.words.errors import QueryError
from overproof.words.states import TRANSITIONS

DESCRIPTION, SELECTOR, DATASET, JOURNAL, LOGS = "query.json", "selector.pkl", "dataset.json", "journal", "logs"
"""Names of the files, and of the directory, in the folder of a query."""

INTERRUPTED = "interrupted"
"""State of a query whose process has gone without a last word; every other state is the one in its last checkpoint."""


def facts_bytes(facts: Iterable[Fact]) -> bytes:
    """Write facts as one record of a journal."""
    lines = [json.dumps([round(fact.at_s, 6), fact_document(fact.what)], separators=(",", ":")) for fact in facts]
    return zlib.compress("\n".join(lines).encode(), level=1)


class QueryFolder:
    """A query on disk, typed.

    Args:
        folder: as the store knows it.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    # -- what it is

    @property
    def id(self) -> str:
        """The query's id."""
        return self._folder.name

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self._folder.path

    @property
    def log_directory(self) -> Path:
        """Where workers write what user code prints; absent until one does."""
        return self._folder.path / LOGS

    @property
    def size_bytes(self) -> int:
        """Sum of the sizes of all files."""
        return self._folder.size_bytes

    @property
    def description(self) -> Description:
        """What was asked.

        Raises:
            QueryError: it cannot be read.
        """
        try:
            return description_of(self._read(DESCRIPTION))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise QueryError(
                f"{self.path / DESCRIPTION} is damaged, or of another version of overproof: run the query again"
            ) from error

    # -- how it is

    @property
    def is_running(self) -> bool:
        """Tell whether a process runs it now."""
        return self._folder.is_held

    @property
    def state(self) -> str:
        """Tell `running`, `finished`, `stopped`, `failed`, `aborted`, or `interrupted` when its process was killed.

        Raises:
            QueryError: the checkpoint is damaged.
        """
        if self.is_running:
            return "running"
        head = self.head
        return head.state.value if head is not None and not _is_underway(head) else INTERRUPTED

    @property
    def is_resumable(self) -> bool:
        """Tell whether to go on with it may go well; a dead end is not resumed without a change.

        Raises:
            QueryError: the checkpoint is damaged.
        """
        head = self.head
        return not self.is_running and (head is None or head.can_go_on)

    @property
    def head(self) -> Head | None:
        """Tell the state, account and time of the last checkpoint; None before the first.

        Raises:
            QueryError: it is damaged.
        """
        return read_head(self._folder.path / CHECKPOINT)

    @property
    def account(self) -> Account | None:
        """Tell where every entry was at the last checkpoint; None before the first.

        Raises:
            QueryError: it is damaged.
        """
        head = self.head
        return head.account if head is not None else None

    # -- what is in it

    def packed_selector(self) -> PackedSelector:
        """Return the selector as it travels to workers.

        Raises:
            QueryError: it cannot be read, or is damaged.
        """
        description = self.description
        return PackedSelector(payload=self._read_whole(SELECTOR, description), modules=description.modules)

    def selector(self) -> Any:
        """Return the selector as it was when `begin` had run; the user's modules are looked for as at that time.

        Raises:
            QueryError: it cannot be made again here.
        """
        import cloudpickle

        packed, before = self.packed_selector(), list(sys.path)
        sys.path[:] = [*before, *(place for place in self.description.search_path if place not in before)]
        try:
            return cloudpickle.loads(packed.payload)
        except Exception as error:  # the user's code may raise anything
            raise QueryError(f"the selector of query {self.id} cannot be loaded here: {error}") from error
        finally:
            sys.path[:] = before

    def dataset(self) -> Dataset | None:
        """Return the files that were asked about; None for cycles.

        Raises:
            QueryError: it cannot be read, or is damaged.
        """
        content = self._read_whole(DATASET, self.description)
        try:
            return dataset_of(content)
        except Exception as error:  # metadata of the user's own types may raise anything
            raise QueryError(f"{self.path / DATASET} cannot be understood here: {error}") from error

    def question(self, number: int) -> Question:
        """Return what was asked, as query of this number in a session.

        Raises:
            QueryError: it cannot be read.
        """
        description = self.description
        return Question(
            query_id=self.id,
            number=number,
            dataset=self.dataset(),
            cycles=description.cycles,
            options=description.options,
            manner=description.manner,
            kind=description.kind,
        )

    def checkpoint(self) -> Checkpoint | None:
        """Return what is merged, and where the query stands; None before the first checkpoint.

        Raises:
            QueryError: it is damaged.
        """
        return read_checkpoint(self._folder.path / CHECKPOINT)

    def facts(self) -> Iterator[Fact]:
        """Give the journal, in order; times are on the clock of the process that ran the query at that time.

        Raises:
            QueryError: it was written by another version of overproof.
        """
        for record in read_records(self._folder.path / JOURNAL):
            try:
                for line in zlib.decompress(record).splitlines():
                    at_s, document = json.loads(line)
                    yield Fact(at_s=at_s, what=fact_of(document))
            except (zlib.error, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
                raise QueryError(f"{self.path / JOURNAL} cannot be understood by this version of overproof") from error

    # -- for who runs it

    def hold(self) -> bool:
        """Keep others from running, resuming or removing it; tell whether that is possible.

        Raises:
            OSError: the file system knows no locks.
        """
        return self._folder.hold()

    def release(self) -> None:
        """Let others have it."""
        self._folder.release()

    def open_journal(self) -> RecordFile:
        """Open the journal, to write behind what is there.

        Raises:
            OSError: it cannot be written.
        """
        return RecordFile(self._folder.path / JOURNAL)

    def files(self) -> Folder:
        """Return the folder as the store knows it, to write into it."""
        return self._folder

    def _read_whole(self, name: str, description: Description) -> bytes:
        """Read a file that was written when the query began; damaged bytes must not be unpickled."""
        content = self._read(name)
        if bytes_digest(content) != description.digests.get(name):
            raise QueryError(f"{self.path / name} is damaged: run the query again")
        return content

    def _read(self, name: str) -> bytes:
        try:
            content = self._folder.read(name)
        except OSError as error:
            raise QueryError(f"{self.path / name} cannot be read: {error.strerror or error}") from error
        if content is None:
            raise QueryError(f"{self.path / name} is not there: the query cannot be shown or resumed; remove it")
        return content


def _is_underway(head: Head) -> bool:
    """Tell whether more was to come."""
    return bool(TRANSITIONS[head.state])
