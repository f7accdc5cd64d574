"""What every session has, whatever is asked: its crew, its lock, and how one query starts."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import weakref
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from overproof.session.address import Address, hire_crew
from overproof.session.show.notebook.kernel import is_in_kernel
from overproof.words.errors import OptionError

if TYPE_CHECKING:
    from types import TracebackType

    from overproof.engines.crew import Crew
    from overproof.records.dataset import FileGrid, FileSpec
    from overproof.session.conduct.resumption import Resumption
    from overproof.session.datasets import Data
    from overproof.session.handle import Prepare, Query
    from overproof.session.keywords import QueryKeywords
    from overproof.session.members import Weights
    from overproof.session.question import Kind, Question
    from overproof.session.result import Result
    from overproof.session.show.looking import Live, Look
    from overproof.store.cache_place import CachePlace, Chosen
    from overproof.words.errors import OverproofError

MAX_CLOSE_S = 5.0
"""How long closing waits for a query that was aborted."""


class Connection:
    """Workers that are kept up, and one query after the other over them.

    Args:
        address: `"local"` (a worker process on every core), `"local:4"`, `"inline"` (in this process), `"slurm:64"`,
            `"htcondor:64"` (workers in batch jobs), `"dask://host:port"` or a client of Dask.
        workers: number of workers, said apart from the address.
        progress: show the progress of queries that are waited for; None: in a notebook, and when standard error is a
            terminal.
        live: what of their outputs is shown meanwhile: the name of one, or several, those of nested mappings as
            `outer/inner`; True: the first histogram; False: none; None: the first histogram where there is room.
        cache: keep columns that were read, for the next query: True, False, or a directory, as on an SSD; None: what
            `OVERPROOF_CACHE` says, and in memory where it says nothing.
        options: of the engine, as `queue="short"` of Slurm; the page on running on Dask has them.

    Raises:
        OptionError: no such engine, a number of workers that makes no sense, a cache that is no directory.
        EngineError: the engine is not to be had.
    """

    def __init__(
        self,
        address: Address = "local",
        *,
        workers: int | None = None,
        progress: bool | None = None,
        live: Live = None,
        cache: Chosen = None,
        **options: Any,
    ) -> None:
        self.address = address if isinstance(address, str) else "dask"
        # First of all: the workers begin to load what they need. What we need is loaded meanwhile, where it is used.
        self._crew: Crew = hire_crew(address, workers=workers, options=options)
        self._cache = self._choose_cache(cache)
        self._look = self._choose_look(live)
        self._lock = threading.Lock()
        self._queries: weakref.WeakSet[Query] = weakref.WeakSet()
        self._n_queries = 0
        self._drawn: dict[str, Any] = {}
        self._is_closed = False
        self._pid = os.getpid()
        self._shows_progress = sys.stderr.isatty() or is_in_kernel() if progress is None else progress
        atexit.register(self.close)

    @property
    def n_workers(self) -> int:
        """Number of workers that the session keeps up."""
        return self._crew.size

    def expect_processors(self) -> None:
        """Let workers load what processors of coffea need; where none has begun yet, it is loaded once for all."""
        from overproof.columns.nanoevents.schemas import LIBRARIES

        self._crew.expect(LIBRARIES)

    def look_into(self, files: Sequence[FileSpec], *, block_entries: int) -> list[FileGrid | OverproofError]:
        """Return the grid of every file, or why there is none; what is remembered is not opened again.

        Raises:
            EngineError: workers die faster than they can be replaced.
        """
        from overproof.session.chains.lengths import measure_files

        self._check_open()
        with self._lock:
            return measure_files(self._crew, files, block_entries=block_entries)

    def close(self) -> None:
        """Abort what runs and end all workers; returns when none is left."""
        if self._is_closed or os.getpid() != self._pid:  # a forked child must leave its parent's workers alone
            return
        self._is_closed = True
        atexit.unregister(self.close)
        for query in list(self._queries):
            query.abort()
        # A query inline cannot be interrupted inside of a block: after a while it is left behind in its thread.
        has_ended = self._lock.acquire(timeout=MAX_CLOSE_S)
        self._crew.close()
        if has_ended:
            self._lock.release()

    def __repr__(self) -> str:
        state = "closed" if self._is_closed else f"{self.n_workers} workers"
        return f"<{type(self).__name__} {self.address}: {state}>"

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import session_html

        return session_html(self.address, n_workers=self.n_workers, state="closed" if self._is_closed else "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # -- one query

    def _question(
        self,
        kind: Kind,
        data: Data | None,
        keywords: QueryKeywords,
        *,
        cycles: int | None = None,
        seed: int = 0,
        takes_empty: bool = False,
        weights: Weights = None,
    ) -> Question:
        from overproof.session.question import make_question

        self._check_open()
        number = self._n_queries + 1
        question = make_question(
            kind, data, keywords, number=number, cycles=cycles, seed=seed, takes_empty=takes_empty, weights=weights
        )  # fmt: skip
        self._n_queries += 1
        return question

    def _start(
        self,
        question: Question,
        *,
        prepare: Prepare,
        wait: bool,
        resumption: Resumption | None = None,
    ) -> Any:
        from dataclasses import replace

        from overproof.analysis.path import VARIABLE, said_path
        from overproof.session.handle import Query

        said_path(os.environ.get(VARIABLE, ""))  # complains about what is none, also where it would be asked for later
        query = Query(
            replace(question, cache=self._cache_place()), crew=self._crew, crew_lock=self._lock,
            prepare=prepare,
            dress=partial(self._dress, kind=question.kind), resumption=resumption, look=self._look,
        )  # fmt: skip
        self._queries.add(query)
        if not wait:
            return query
        from overproof.session.conduct.grace import graceful
        from overproof.session.show.view import follow

        with graceful(query, is_summed_up=self._shows_progress and is_in_kernel()):
            return follow(query, shows_progress=self._shows_progress, look=self._look)

    def _choose_look(self, live: Live) -> Look:
        """Return what is looked at of running queries; what makes no sense ends the workers."""
        from overproof.session.show.looking import look_of

        try:
            return look_of(live)
        except BaseException:
            self._crew.close()
            raise

    def _choose_cache(self, cache: Chosen) -> CachePlace | None:
        """Return where columns are to be kept; a choice that makes no sense ends the workers."""
        from overproof.store.cache_place import choose_cache

        try:
            return choose_cache(cache, environment=os.environ)
        except BaseException:
            self._crew.close()
            raise

    def _cache_place(self) -> CachePlace | None:
        """Return where columns are kept, with the budget that this machine allows."""
        from overproof.engines.local.watch.machine import machine_memory_bytes

        return None if self._cache is None else self._cache.sized(machine_memory_bytes())

    def _dress(self, result: Result, *, kind: Kind) -> Any:
        """Return a result in the form in which it was asked for, and remember what was drawn, for `>>+name`."""
        from overproof.analysis.by_dataset import DatasetOutputs
        from overproof.session.answers import dress
        from overproof.words.states import QueryState

        answer = dress(result, kind=kind)
        is_whole = result.state is QueryState.FINISHED and not isinstance(result.outputs, DatasetOutputs)
        if kind in {"draw", "draws"} and is_whole:
            self._drawn |= dict(zip(result.outputs, [answer] if kind == "draw" else answer.values(), strict=True))
        return answer

    def _check_open(self) -> None:
        if self._is_closed:
            raise OptionError("this session is closed: open a new one with overproof.Session()")
