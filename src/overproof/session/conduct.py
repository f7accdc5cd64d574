"""One query from its selector to its result, in the thread of its handle."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from overproof.analysis.selector import Selector
from overproof.engines.clock import MonotonicClock
from overproof.engines.crew import Crew
from overproof.engines.driver import Driver, Snapshot
from overproof.engines.messages import Brief, Ended
from overproof.engines.pace import Pace
from overproof.engines.worker.failure import USER_ERRORS, describe_failure
from overproof.query.master import Master
from overproof.query.packetizers import packetizer_by_name
from overproof.query.statistics import StatisticsTally
from overproof.records.account import ExcludedRange, MissingRange
from overproof.records.dataset import FileGrid
from overproof.records.facts import Fact
from overproof.records.notices import FileOpened, Notice, PacketDone, WorkerLost
from overproof.records.orders import SendPacket
from overproof.records.outcome.gaps import Excluded, Missing
from overproof.records.progress import Progress
from overproof.records.statistics import Statistics
from overproof.session.code import pack_selector
from overproof.session.question import Question
from overproof.session.result import Result
from overproof.words.errors import AbortedError, EngineError, OverproofError, UserCodeError
from overproof.words.states import QueryState

CYCLE_BLOCKS = 512
"""Blocks into which cycles are cut, when there are enough of them: fine enough for any number of workers."""

MAX_END_S = 10.0
"""How long workers may take over `worker_end` before the result comes without them."""


@dataclass(kw_only=True)
class Journals:
    """Gives each fact to every reader of facts."""

    master: Master
    tally: StatisticsTally
    pace: Pace = field(default_factory=Pace)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, fact: Fact) -> None:
        """Pass one fact on, and take down the pace when packets are given or done."""
        with self.lock:
            self.tally.record(fact)
        if isinstance(fact.what, SendPacket | PacketDone):
            master = self.master
            self.pace.observe(fact.at_s, n_entries=master.n_entries_seen, read_bytes=master.read_bytes)

    def statistics(self, now: float) -> Statistics:
        """Return the statistics up to now; may be asked from any thread."""
        with self.lock:
            return self.tally.statistics(ended_s=now)


class Conduct:
    """Runs one query over a crew and turns what comes out into a result.

    Args:
        question: what is asked.
        selector: ready to begin.
        crew: idle, and ours until `run` returns.
        is_cancelled: tells whether the user wants it to end.
    """

    def __init__(self, question: Question, *, selector: Selector, crew: Crew, is_cancelled: Callable[[], bool]) -> None:
        self.question = question
        self._selector = selector
        self._crew = crew
        self._is_cancelled = is_cancelled
        self.problem: OverproofError | None = None
        self._clock = MonotonicClock()
        self._started_s = self._clock.now()
        options = question.options
        self._master = Master(
            n_files=question.n_files,
            options=options,
            packetizer=packetizer_by_name(options.packetizer, packet_blocks=options.packet_blocks),
        )
        self._journals = Journals(
            master=self._master,
            tally=StatisticsTally(
                packetizer=question.options.packetizer, n_files=question.n_files, started_s=self._started_s
            ),
        )
        self.driver = Driver(question.number, master=self._master, crew=crew, journal=self._journals, clock=self._clock)

    def run(self) -> Result:
        """Run the query to its end.

        Raises:
            AbortedError: it was aborted.
            SelectorError: the selector cannot be sent, or does not start on a worker.
            UserCodeError: `begin` or `terminate` raised.
        """
        _call_user(self._selector.begin, "begin")
        self._packed = pack_selector(self._selector)
        known = self._known_files()
        state = self._driven(known)
        self._remember_files()
        if state is QueryState.ABORTED:
            raise self.problem or AbortedError(f"query {self.question.query_id} was aborted")
        return self._result(self.driver.snapshot(), self._selector)

    def partial(self) -> Result:
        """Return the result so far; `terminate` runs on a copy."""
        import cloudpickle

        selector: Selector = cloudpickle.loads(self._packed.payload)
        return self._result(self.driver.snapshot(), selector)

    def progress(self) -> Progress:
        """Tell how far the query is."""
        now = self._clock.now()
        master, pace = self._master, self._journals.pace
        account = master.account
        rate_per_s, byte_rate_per_s = pace.rates(now)
        average_rate_per_s = pace.average_rate(now)
        n_left = max(0, account.total - master.n_entries_seen)
        can_tell = average_rate_per_s > 0 and not account.files_unopened
        return Progress(
            state=master.state,
            account=account,
            n_entries_seen=master.n_entries_seen,
            read_bytes=master.read_bytes,
            elapsed_s=now - self._started_s,
            rate_per_s=rate_per_s,
            average_rate_per_s=average_rate_per_s,
            byte_rate_per_s=byte_rate_per_s,
            left_s=n_left / average_rate_per_s if can_tell else None,
            n_workers=master.n_workers,
            n_active=master.n_active,
            n_files=self.question.n_files,
            n_files_opened=master.n_files_opened,
            first_failure=self._first_failure(),
        )

    def _driven(self, known: list[Notice]) -> QueryState:
        """Drive the query to its last state and leave the crew idle."""
        state: QueryState | None = None
        try:
            self._crew.begin(self._brief())
            self.driver.run(known)
            state = self.driver.final_state
            self.problem = self.driver.problem
            if state in (QueryState.FINISHED, QueryState.STOPPED):
                self._end_on_workers()
        finally:
            if state not in (QueryState.FINISHED, QueryState.STOPPED):
                self._crew.kill()
        assert state is not None
        return state

    def _end_on_workers(self) -> None:
        """Let every worker end the query, and hear what is wrong with the selector's `worker_end`."""
        self._crew.end()
        waited_for = self.driver.joined & set(self._crew.workers)
        deadline_s = self._clock.now() + MAX_END_S
        while waited_for and self._clock.now() < deadline_s and not self._is_cancelled():
            try:
                letters = self._crew.poll(0.1)
            except EngineError:
                return  # the query is over: who is left to say goodbye does not matter
            for letter in letters:
                match letter.reply:
                    case Ended(worker=worker, problem=problem, traceback=traceback) if (
                        letter.query == self.question.number
                    ):
                        waited_for.discard(worker)
                        if problem and self.problem is None:
                            self.problem = UserCodeError(problem, where="worker_end", traceback=traceback)
                    case WorkerLost(worker=worker):
                        waited_for.discard(worker)

    def _brief(self) -> Brief:
        return Brief(
            query=self.question.number,
            selector=self._packed.payload,
            modules=self._packed.modules,
            dataset=self.question.dataset,
            block_entries=self.question.options.block_entries,
            seed=self.question.options.seed,
            search_path=tuple(sys.path),
            delta_interval_s=self.question.manner.delta_interval_s,
        )

    # -- files

    def _known_files(self) -> list[Notice]:
        """Return what is known of files without looking into them."""
        question = self.question
        if question.cycles is not None:
            return [FileOpened(file=0, grid=cycle_grid(question.cycles))]
        from overproof.columns.remembered import recall

        assert question.dataset is not None
        notices: list[Notice] = []
        self._remembered: set[int] = set()
        for index, spec in enumerate(question.dataset.files):
            if (grid := recall(spec, question.options.block_entries)) is not None:
                self._remembered.add(index)
                notices.append(FileOpened(file=index, grid=grid))
        return notices

    def _remember_files(self) -> None:
        """Keep the grids that workers have learned, for the next query."""
        if self.question.dataset is None:
            return
        from overproof.columns.remembered import remember

        for index, grid in self._master.grids.items():
            if index not in self._remembered:
                remember(self.question.dataset.files[index], self.question.options.block_entries, grid)

    # -- the result

    def _result(self, snapshot: Snapshot, selector: Selector) -> Result:
        """Let `terminate` make the result; where it fails, what was merged goes with the error."""
        try:
            outputs = _terminated(selector, snapshot.outputs.value())
        except UserCodeError as error:
            error.result = self._with_account(snapshot, snapshot.outputs.value())
            raise
        return self._with_account(snapshot, outputs)

    def _with_account(self, snapshot: Snapshot, outputs: Mapping[str, Any]) -> Result:
        return Result(
            query_id=self.question.query_id,
            state=snapshot.state,
            outputs=outputs,
            account=snapshot.account,
            excluded=self._excluded(snapshot.excluded),
            missing=self._missing(snapshot.missing),
            statistics=self._journals.statistics(self._clock.now()),
        )

    def _first_failure(self) -> ExcludedRange | MissingRange | None:
        for failure in self._excluded(self._master.excluded[:1]):
            return failure
        for gap in self._missing(self._master.missing[:1]):
            return gap
        return None

    def _path(self, file: int) -> str:
        dataset = self.question.dataset
        return dataset.files[file].path if dataset else "cycles"

    def _missing(self, gaps: Iterable[Missing]) -> tuple[MissingRange, ...]:
        return tuple(MissingRange(**{**asdict(gap), "file": self._path(gap.file)}) for gap in gaps)

    def _excluded(self, gaps: Iterable[Excluded]) -> tuple[ExcludedRange, ...]:
        return tuple(
            ExcludedRange(
                file=self._path(gap.file),
                tree=gap.tree,
                first=gap.first,
                stop=gap.stop,
                kind=gap.failure.kind,
                reason=gap.failure.reason,
                traceback=gap.failure.traceback,
                cause=gap.failure.cause,
                event=gap.event,
                host=gap.failure.host,
            )
            for gap in gaps
        )


def _call_user(function: Callable[[], Any], name: str) -> Any:
    """Call a method of the user's selector here, and translate what it raises."""
    try:
        return function()
    except USER_ERRORS as error:
        reason, traceback = describe_failure(error)
        raise UserCodeError(reason, where=name, traceback=traceback) from error


def _terminated(selector: Selector, outputs: dict[str, Any]) -> Mapping[str, Any]:
    replaced = _call_user(lambda: selector.terminate(outputs), "terminate")
    if replaced is not None and not isinstance(replaced, Mapping):
        raise UserCodeError(f"terminate returned {type(replaced).__name__}: return a dict of outputs, or None")
    return outputs if replaced is None else replaced


def cycle_grid(n_cycles: int) -> FileGrid:
    """Cut cycles into blocks; a function of their number alone."""
    size = max(1, -(-n_cycles // CYCLE_BLOCKS))
    return FileGrid(tree="", n_entries=n_cycles, stops=(*range(size, n_cycles, size), n_cycles))
