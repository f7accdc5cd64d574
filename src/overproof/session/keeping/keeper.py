"""Keeps a running query on disk: its journal, and checkpoints from which it can go on."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from overproof.records.facts import Fact
from overproof.records.notices import BlockFailed, BlockUnreadable, EngineFailed, FileFailed, RangeProbed, WorkerLost
from overproof.records.outcome.standing import Standing
from overproof.session.keeping.cabinet import prune_queries, query_folders
from overproof.session.keeping.checkpoint import NAME as CHECKPOINT
from overproof.session.keeping.checkpoint import Head, write_checkpoint
from overproof.session.keeping.folder import QueryFolder, facts_bytes
from overproof.store import Draft, RecordFile
from overproof.words.clock import Clock
from overproof.words.errors import MergeError

if TYPE_CHECKING:
    from overproof.outputs.state import OutputState

FLUSH_S = 1.0
"""How often the journal is written."""
FAILURE_FLUSH_S = 0.1
"""How soon after the last time it is written when something has failed."""

FIRST_CHECKPOINT_S = 1.0
MIN_INTERVAL_S = 2.0
"""Time to the first checkpoint, and at least from one to the next."""
COST_FACTOR = 150.0
"""A checkpoint may take one part in so many of the time."""
RETRY_S = 20.0
"""Time after which a checkpoint is tried again when one could not be written."""

FAILURES = (BlockFailed, BlockUnreadable, EngineFailed, FileFailed, RangeProbed, WorkerLost)

WriteDown: TypeAlias = "Callable[[Callable[[OutputState, Standing], None]], None]"
"""Gives what is merged and where the query stands with just that, both of one moment."""


class KeepingWarning(UserWarning):
    """A query cannot be kept on disk; it goes on, but may not be resumable."""


class Keeper:
    """Writes the journal and the checkpoints of one query; a disk that fails is said once and harms nothing.

    All methods belong to one thread; only what waits for the disk is done beside it.

    Args:
        query: the query's folder, held by this process.
        clock: the driver's time.
        modules: names of the user's modules, whose classes are kept by value.
    """

    def __init__(self, query: QueryFolder, *, clock: Clock, modules: Iterable[str] = ()) -> None:
        self.query = query
        self._modules = tuple(modules)
        self._clock = clock
        self._facts: list[Fact] = []
        self._flushed_s = clock.now()
        self._due_s = self._flushed_s + FIRST_CHECKPOINT_S
        self._committing: threading.Thread | None = None
        self._is_new = True
        self._said = False
        self._journal: RecordFile | None = None
        query.files().sweep()
        try:
            self._journal = query.open_journal()
        except OSError as error:
            self._say(error)

    def record(self, fact: Fact) -> None:
        """Take down one fact."""
        self._facts.append(fact)
        since_s = fact.at_s - self._flushed_s
        if since_s >= FLUSH_S or (since_s >= FAILURE_FLUSH_S and isinstance(fact.what, FAILURES)):
            self.flush(fact.at_s)

    def flush(self, now: float) -> None:
        """Write the journal so far."""
        facts, self._facts = self._facts, []
        self._flushed_s = now
        if facts and self._journal is not None:
            try:
                self._journal.append([facts_bytes(facts)])
            except OSError as error:
                self._say(error)

    def rest(self, now: float, head: Callable[[], Head], write_down: WriteDown) -> None:
        """Use a moment at which nothing is half done: write the journal, and a checkpoint if one is due."""
        if now - self._flushed_s >= FLUSH_S:
            self.flush(now)
        if now >= self._due_s and not (self._committing is not None and self._committing.is_alive()):
            self._check_in(head(), write_down)

    def end(self, head: Head, write_down: WriteDown) -> None:
        """Write the journal and the last checkpoint; `close` waits for it."""
        self.flush(self._clock.now())
        self._wait()
        self._check_in(head, write_down)

    def close(self) -> None:
        """Let others have the folder."""
        self.flush(self._clock.now())
        self._wait()
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self.query.release()

    def discard(self) -> None:
        """Close, and remove the folder: there is nothing in it that anybody could want."""
        self.close()
        with contextlib.suppress(OSError, RuntimeError):
            query_folders().remove(self.query.id)

    def _check_in(self, head: Head, write_down: WriteDown) -> None:
        """Write a checkpoint beside its place, and let it be put there while the query goes on."""
        started_s = self._clock.now()
        try:
            draft = self.query.files().draft(CHECKPOINT)
            try:
                write_down(lambda outputs, standing: self._write(draft, head, standing, outputs))
            except BaseException:
                draft.discard()
                raise
        except OSError as error:
            self._due_s = started_s + RETRY_S
            self._say(error)
            return
        except MergeError as error:
            self._due_s = float("inf")
            self._say(error)
            return
        cost_s = self._clock.now() - started_s
        self._due_s = started_s + max(MIN_INTERVAL_S, COST_FACTOR * cost_s)
        self._committing = threading.Thread(target=self._commit, args=(draft,), name=f"keep {self.query.id}")
        self._committing.start()

    def _write(self, draft: Draft, head: Head, standing: Standing, outputs: OutputState) -> None:
        write_checkpoint(draft.file, head, standing, outputs, modules=self._modules)

    def _commit(self, draft: Draft) -> None:
        try:
            if self._is_new:
                self.query.files().sync()
            draft.commit()
        except OSError as error:
            draft.discard()
            self._say(error)
            return
        if self._is_new:
            self._is_new = False
            with contextlib.suppress(OSError, RuntimeError):
                prune_queries()

    def _wait(self) -> None:
        if self._committing is not None:
            self._committing.join()
            self._committing = None

    def _say(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            say_unkept(self.query.id, error)


def say_unkept(query_id: str, error: Exception) -> None:
    """Warn that a query cannot be kept on disk; never raises, whatever warnings are turned into."""
    reason = " ".join(str(error).split())
    with contextlib.suppress(KeepingWarning):
        warnings.warn(
            f"query {query_id} goes on, but is not kept on disk from here on, and may not be resumable: {reason}",
            KeepingWarning,
            stacklevel=2,
        )
