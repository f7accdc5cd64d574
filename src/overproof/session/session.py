"""The user's connection to an engine."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from overproof.analysis.selector import Selector
from overproof.records.query import DEFAULT_BLOCK_ENTRIES, QueryOptions
from overproof.session.address import hire_crew
from overproof.session.dataset import Data, resolve_dataset
from overproof.session.question import (
    Kind,
    Manner,
    Question,
    check_manner,
    check_number,
    check_options,
    new_query_id,
)
from overproof.words.errors import DatasetError, OptionError

if TYPE_CHECKING:
    from overproof.engines.crew import Crew
    from overproof.session.ask import ScriptResult
    from overproof.session.conduct.resumption import Resumption
    from overproof.session.drawing import Drawable
    from overproof.session.handle import Query
    from overproof.session.result import Result


MAX_CLOSE_S = 5.0
"""How long closing waits for a query that was aborted."""


class Session:
    """Workers that answer one query after the other, until the session is closed.

    Args:
        address: `"local"` (a worker process on every core), `"local:4"`, or `"inline"` (in this process).
        workers: number of workers, said apart from the address.
        progress: show the progress of queries that are waited for; None: when standard error is a terminal.

    Raises:
        OptionError: no such engine, or a number of workers that makes no sense.
    """

    def __init__(self, address: str = "local", *, workers: int | None = None, progress: bool | None = None) -> None:
        self.address = address
        self._crew: Crew = hire_crew(address, workers=workers)
        self._lock = threading.Lock()
        self._queries: weakref.WeakSet[Query] = weakref.WeakSet()
        self._n_queries = 0
        self._is_closed = False
        self._pid = os.getpid()
        self._shows_progress = sys.stderr.isatty() if progress is None else progress
        atexit.register(self.close)

    @property
    def n_workers(self) -> int:
        """Number of workers that the session keeps up."""
        return self._crew.size

    def process(
        self,
        selector: Any,
        data: Data | None = None,
        *,
        cycles: int | None = None,
        params: Mapping[str, Any] | None = None,
        tree: str | None = None,
        first: int = 0,
        entries: int | None = None,
        files: int | None = None,
        allow_duplicates: bool = False,
        packetizer: str = "adaptive",
        block_entries: int = DEFAULT_BLOCK_ENTRIES,
        seed: int = 0,
        on_error: str = "isolate",
        max_excluded: int | None = None,
        block_timeout_s: float | None = None,
        memory_limit_bytes: int | None = None,
        verify: bool = False,
        journal: bool = True,
        delta_interval_s: float = 1.0,
        wait: bool = True,
    ) -> Any:
        """Run a selector over a dataset, or over cycles.

        Args:
            selector: a `Selector` (class or instance), or a function of a block that returns a dict of outputs.
            data: paths, globs, `path:tree`, lists of these, or a fileset; None with `cycles`.
            cycles: run so many cycles instead, each with its own seed.
            params: parameters, readable as `selector.params` everywhere.
            tree: tree for the files that name none.
            first: entries to pass over, counted over all files.
            entries: entries to process after these; None: all.
            files: process so many files, from the start.
            allow_duplicates: count a file that is named twice, twice.
            packetizer: `"adaptive"` or `"fixed"`.
            block_entries: size to which clusters are merged into blocks; part of the query.
            seed: root of the seeds of blocks and cycles; part of the query.
            on_error: when the selector fails: `"isolate"` finds the entries and excludes them, `"skip"` excludes the
                block, `"stop"` ends the query; part of the query.
            max_excluded: entries that may be excluded before the query stops; None: the smaller of 100 and 1 %.
            block_timeout_s: seconds that a block may take; None: 20 times the median, at least 60.
            memory_limit_bytes: private memory that a worker may have; None: its share of the machine's.
            verify: verify the checksums of whole files that the dataset gives, before they are read.
            journal: keep the query's folder, with which it can be resumed.
            delta_interval_s: seconds after which a worker hands over what it has; `inf`: at the end.
            wait: wait for the result; False: return a `Query` at once.

        Returns:
            A `Result`, or a `Query` without `wait`.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
            UserCodeError: the selector raised; what was merged before is in its attribute `result`.
        """
        from overproof.session.code import make_selector

        made = make_selector(selector, params)
        question = self._question(
            data, cycles=cycles, tree=tree, files=files, allow_duplicates=allow_duplicates,
            options=check_options(
                first=first, entries=entries, packetizer=packetizer, block_entries=block_entries, seed=seed,
                on_error=on_error, max_excluded=max_excluded, block_timeout_s=block_timeout_s,
            ),
            manner=check_manner(
                memory_limit_bytes=memory_limit_bytes, verify=verify, journal=journal,
                delta_interval_s=delta_interval_s,
            ),
        )  # fmt: skip
        return self._start(question, prepare=lambda *_: made, dress=lambda result: result, wait=wait)

    def draw(
        self,
        data: Data,
        expression: Drawable,
        *,
        cut: str | None = None,
        weight: str | None = None,
        bins: Any = None,
        name: str | None = None,
        profile: bool = False,
        tree: str | None = None,
        first: int = 0,
        entries: int | None = None,
        files: int | None = None,
        allow_duplicates: bool = False,
        packetizer: str = "adaptive",
        block_entries: int = DEFAULT_BLOCK_ENTRIES,
        on_error: str = "isolate",
        max_excluded: int | None = None,
        block_timeout_s: float | None = None,
        memory_limit_bytes: int | None = None,
        verify: bool = False,
        journal: bool = True,
        delta_interval_s: float = 1.0,
        wait: bool = True,
    ) -> Any:
        """Draw an expression over a dataset into a histogram, by the rules of TTree::Draw.

        Args:
            data: paths, globs, `path:tree`, lists of these, or a fileset.
            expression: what to draw.
            cut: selection; its value is a weight, as in ROOT.
            weight: one more weight.
            bins: `"n, low, high"`, or the three numbers.
            name: name of the histogram; None: `draw`. The expression is the label of its axis.
            tree, first, entries, files, allow_duplicates, packetizer, block_entries, on_error, max_excluded,
                block_timeout_s, memory_limit_bytes, verify, journal, delta_interval_s, wait: as in `process`.

        Returns:
            A `hist.Hist` with `.account`, `.excluded`, `.missing`, `.statistics`, `.state`; a `Query` of one
            without `wait`.

        Raises:
            InputError: what was asked cannot be done; nothing was computed.
        """
        from overproof.session.drawing import check_drawing, dress_histograms

        question = self._question(
            data, cycles=None, tree=tree, files=files, allow_duplicates=allow_duplicates,
            kind="draw",
            options=check_options(
                first=first, entries=entries, packetizer=packetizer, block_entries=block_entries, seed=0,
                on_error=on_error, max_excluded=max_excluded, block_timeout_s=block_timeout_s,
            ),
            manner=check_manner(
                memory_limit_bytes=memory_limit_bytes, verify=verify, journal=journal,
                delta_interval_s=delta_interval_s,
            ),
        )  # fmt: skip
        drawing = check_drawing(expression, cut=cut, weight=weight, bins=bins, name=name, profile=profile)
        assert question.dataset is not None
        return self._start(question, prepare=drawing.prepare(question.dataset), dress=dress_histograms, wait=wait)

    def resume(self, query_id: str, *, selector: Any = None, max_excluded: int | None = None, wait: bool = True) -> Any:
        """Go on with an earlier query that was stopped, or whose process was killed; one that finished is shown again.

        The answer is the same as that of one run, bit for bit. Only the workers of this session are new: dataset,
        selector, parameters and options are those of then.

        Args:
            query_id: the query's id, as the query, `overproof queries` and the message at the stop tell it.
            selector: to be sure that it is the same as then; None: the files in which it is written are compared.
            max_excluded: entries that may be excluded before the query stops, where there were too many; None: as then.
            wait: wait for the result; False: return a `Query` at once.

        Returns:
            What the query would have returned: a `Result`, or a `hist.Hist` when it was a draw.

        Raises:
            QueryError: there is no such query, it runs, or its selector or one of its files has changed.
            UserCodeError: as in `process`.
        """
        from overproof.session.conduct.resumption import take_up
        from overproof.session.drawing import dress_histograms

        self._check_open()
        self._n_queries += 1
        resumption = take_up(query_id, number=self._n_queries, selector=selector, max_excluded=max_excluded)
        return self._start(
            resumption.question,
            prepare=lambda *_: resumption.selector(),
            dress=dress_histograms if resumption.question.kind == "draw" else lambda result: result,
            wait=wait,
            resumption=resumption,
        )

    def exec(self, script: str | Path, arguments: Sequence[str] = ()) -> list[ScriptResult]:
        """Run a script on every worker; `overproof.rank`, `.size` and `.is_master` tell it where it is.

        Args:
            script: path of the script.
            arguments: its `sys.argv[1:]`.

        Returns:
            What each worker printed and the value of the script's last expression, by rank.

        Raises:
            DatasetError: there is no such script.
        """
        from overproof.session.ask import run_everywhere

        path = Path(script)
        try:
            source = path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(f"{path}: cannot be read as a script ({error})") from error
        self._check_open()
        with self._lock:
            search_path = [str(path.resolve().parent), *sys.path]
            try:
                return run_everywhere(self._crew, source, name=str(path), arguments=arguments, search_path=search_path)
            except BaseException:
                self._crew.kill()  # who still runs the script must not answer the next question
                raise

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
        return f"<Session {self.address}: {state}>"

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # -- one query

    def _question(
        self,
        data: Data | None,
        *,
        cycles: int | None,
        tree: str | None,
        files: int | None,
        allow_duplicates: bool,
        options: QueryOptions,
        manner: Manner,
        kind: Kind = "process",
    ) -> Question:
        self._check_open()
        if (data is None) == (cycles is None):
            raise OptionError("give either a dataset or cycles=N: files to process, or a number of cycles without data")
        if cycles is not None:
            check_number("cycles", cycles, at_least=1)
        if files is not None:
            check_number("files", files, at_least=1)
        dataset = None
        if data is not None:
            dataset = resolve_dataset(data, tree=tree, files=files, allow_duplicates=allow_duplicates)
        self._n_queries += 1
        return Question(
            query_id=new_query_id(), number=self._n_queries, dataset=dataset, cycles=cycles, options=options,
            manner=manner, kind=kind,
        )  # fmt: skip

    def _start(
        self,
        question: Question,
        *,
        prepare: Callable[[Crew, Callable[[], bool]], Selector],
        dress: Callable[[Result], Any],
        wait: bool,
        resumption: Resumption | None = None,
    ) -> Any:
        # Numeric libraries load here, while the workers load theirs.
        from overproof.session.handle import Query

        query = Query(
            question, crew=self._crew, crew_lock=self._lock, prepare=prepare, dress=dress,
            resumption=resumption,
        )  # fmt: skip
        self._queries.add(query)
        if not wait:
            return query
        from overproof.session.conduct.grace import graceful
        from overproof.session.show.view import follow

        with graceful(query):
            return follow(query, shows_progress=self._shows_progress)

    def _check_open(self) -> None:
        if self._is_closed:
            raise OptionError("this session is closed: open a new one with overproof.Session()")
