"""One query from its selector to its result, in the thread of its handle."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from overproof.analysis.selector import Selector
from overproof.engines.clock import MonotonicClock
from overproof.engines.crew import Crew
from overproof.engines.driver import Driver
from overproof.engines.messages import Brief, Ended
from overproof.query.statistics import StatisticsTally
from overproof.records.dataset import Dataset
from overproof.records.notices import FileFailed, FileOpened, Notice, WorkerLost
from overproof.records.outcome.gaps import Excluded, Missing
from overproof.records.progress import Progress
from overproof.session.code import module_names, pack_selector
from overproof.session.conduct.ahead import load_ahead
from overproof.session.conduct.facts import FactReaders
from overproof.session.conduct.masters import cycle_grid, master_of, path_of, snapshot_of
from overproof.session.conduct.user_code import call_user
from overproof.session.keeping.beginning import begin_keeping, wall_time
from overproof.session.keeping.checkpoint import Head
from overproof.session.keeping.identity.code_identity import CodeIdentity, identify
from overproof.session.keeping.keeper import Keeper
from overproof.session.question import OF_USERS, Question
from overproof.session.surroundings import Surroundings
from overproof.words.errors import AbortedError, EngineError, MergeError, OverproofError, UserCodeError
from overproof.words.states import TRANSITIONS, QueryState

if TYPE_CHECKING:
    from overproof.records.account import ExcludedRange, MissingRange
    from overproof.session.conduct.feedback import Feedback, Named
    from overproof.session.conduct.resumption import Resumption
    from overproof.session.result import Result

MAX_END_S = 10.0
"""How long workers may take over `worker_end` before the result comes without them."""


class Conduct:
    """Runs one query over a crew and turns what comes out into a result.

    Args:
        question: what is asked.
        selector: ready to begin; one that is resumed has begun.
        crew: idle, and ours until `run` returns.
        is_cancelled: tells whether the user wants it to end.
        resumption: where to go on; None: from the start.
    """

    def __init__(
        self,
        question: Question,
        *,
        selector: Selector,
        crew: Crew,
        is_cancelled: Callable[[], bool],
        resumption: Resumption | None = None,
    ) -> None:
        self.question = question
        self._selector = selector
        self._crew = crew
        self._is_cancelled = is_cancelled
        self._resumption = resumption
        self.problem: OverproofError | None = None
        self._clock = MonotonicClock()
        self._started_s = self._clock.now()
        self._ended_s: float | None = None
        self._master = master_of(question, can_merge=crew.can_merge)
        self._facts = FactReaders(
            master=self._master,
            tally=StatisticsTally(
                packetizer=question.options.packetizer,
                n_files=question.n_files,
                started_s=self._started_s,
                path=path_of(selector),
            ),
        )
        self.driver = Driver(
            question.number,
            master=self._master,
            crew=crew,
            journal=self._facts,
            clock=self._clock,
            memory_limit_bytes=question.manner.memory_limit_bytes,
            at_rest=self._rest,
        )
        self._surroundings = Surroundings(question, crew=crew, tell=self.driver.tell)

    @property
    def is_resumable(self) -> bool:
        """Tell whether the query is on disk, and whether to go on with it may go well."""
        return self._facts.keeper is not None and self._head().can_go_on

    def run(self) -> Result:
        """Run the query to its end.

        Raises:
            AbortedError: it was aborted.
            SelectorError: the selector cannot be sent, or does not start on a worker.
            UserCodeError: `begin` or `terminate` raised.
        """
        self._begin()
        if self._resumption is not None and self._resumption.is_finished:
            return self._recalled(self._resumption)
        try:
            state = self._driven(self._known_files())
            self._remember_files()
            if state is QueryState.ABORTED:
                raise self.problem or AbortedError(f"query {self.question.query_id} was aborted")
            return self._result()
        finally:
            self._ended_s = self._clock.now()
            self._end_keeping()

    def failure_of(self, result: Result) -> OverproofError | None:
        """Say why the query failed; None when it did not."""
        if self.problem is not None:
            return self.problem
        return result.reason_for_failure() if result.state is QueryState.FAILED else None

    def partial(self) -> Result:
        """Return the result so far; `terminate` runs on a copy."""
        import cloudpickle

        from overproof.session.conduct.making import make_result

        resumed = self._resumption
        selector = cloudpickle.loads(self._packed.payload) if resumed is None else resumed.selector()
        statistics = self._facts.statistics(self._clock.now())
        return make_result(self.question, self.driver.snapshot(), selector=selector, statistics=statistics)

    def outline(self) -> Named:
        """List the outputs so far, by name; nothing of them is copied."""
        from overproof.outputs.state import OutputState

        return self._feedback.named(self.driver.look(OutputState.outline))

    def feedback(self, names: Sequence[str]) -> Result:
        """Return the result so far with some outputs only; no other is copied, and the user's `terminate` does not run.

        Raises:
            OptionError: there is no output of one of these names.
        """
        from overproof.session.conduct.feedback import chosen
        from overproof.session.conduct.making import bundle

        named = chosen(self.outline(), names)
        snapshot = self.driver.snapshot(lambda outputs: outputs.part(self._feedback.paths(named)))
        outputs = self._feedback.finished(snapshot.outputs.value(), named)
        return bundle(self.question, snapshot, outputs, statistics=self._facts.statistics(self._clock.now()))

    @cached_property
    def _feedback(self) -> Feedback:
        from overproof.session.conduct.feedback import feedback_of

        return feedback_of(self._selector)

    def progress(self) -> Progress:
        """Tell how far the query is."""
        now = self._clock.now() if self._ended_s is None else self._ended_s
        master, pace = self._master, self._facts.pace
        first_failure = master.first_failure
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
            first_failure=None if first_failure is None else self._named(first_failure),
            n_suspects=self._master.n_suspects,
            awaited=self._crew.awaited,
        )

    def _driven(self, known: list[Notice]) -> QueryState:
        """Drive the query to its last state and leave the crew idle."""
        state: QueryState | None = None
        try:
            self._crew.begin(self._brief())
            self._surroundings.begin()
            load_ahead(self.question.kind)
            self.driver.run(known)
            state = self.driver.final_state
            self.problem = self.driver.problem
            if self._facts.keeper is not None:
                self._facts.keeper.end(self._head(), self.driver.write_down)
            if state in (QueryState.FINISHED, QueryState.STOPPED):
                self._end_on_workers()
        finally:
            self._surroundings.end()
            if state not in (QueryState.FINISHED, QueryState.STOPPED):
                self._crew.kill()
        assert state is not None
        return state

    def _end_on_workers(self) -> None:
        """Let every worker end the query, and hear what is wrong with the selector's `worker_end`.

        Who still computes a block that somebody else was faster with is not waited for.
        """
        for worker in self._master.busy:
            self._crew.dismiss(worker)
        self._crew.end()
        waited_for = self.driver.joined & set(self._crew.workers)
        deadline_s = self._clock.now() + MAX_END_S
        while waited_for and self._clock.now() < deadline_s and not self._is_cancelled():
            try:
                letters = self._crew.poll(0.1)
            except EngineError:
                return  # the query is over: who is left to say goodbye does not matter
            waited_for &= set(self._crew.workers)  # who was let go in silence, on another machine, says nothing more
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
        question, resumed, keeper = self.question, self._resumption, self._facts.keeper
        return Brief(
            query=question.number,
            selector=self._packed.payload,
            modules=self._packed.modules,
            dataset=_for_reading(question.dataset, verifies=question.manner.verifies),
            block_entries=question.options.block_entries,
            seed=question.options.seed,
            search_path=tuple(sys.path) if resumed is None else resumed.description.search_path,
            delta_interval_s=question.manner.delta_interval_s,
            log_directory=str(keeper.query.log_directory) if keeper is not None else None,
            cache=question.cache,
            credentials=self._surroundings.credentials,
            **_of_schema(self._selector.schema),
        )

    # -- what outlives the process

    def _begin(self) -> None:
        """Let the selector begin and get the query onto the disk; or take both from there."""
        if self._resumption is not None:
            self._packed = self._resumption.packed
            self._code = self._resumption.description.code
            self.driver.outputs = self._resumption.outputs
            self._facts.keeper = Keeper(self._resumption.query, clock=self._clock, modules=self._packed.modules)
            return
        is_ours = self.question.kind not in OF_USERS
        self._code = CodeIdentity() if is_ours else identify(self._selector, module_names(self._selector))
        call_user(self._selector.begin, "begin")
        self._packed = pack_selector(self._selector)
        if self.question.manner.journal:
            folder = begin_keeping(self.question, self._selector, packed=self._packed, code=self._code)
            self._facts.keeper = (
                Keeper(folder, clock=self._clock, modules=self._packed.modules) if folder is not None else None
            )

    def _head(self) -> Head:
        state, problem = self._master.state, self.driver.problem
        return Head(
            state=state,
            at=wall_time(),
            account=self._master.account,
            problem=" ".join(str(problem or "").split()),
            is_dead_end=state is QueryState.FAILED and (problem is None or isinstance(problem, MergeError)),
        )

    def _rest(self, now: float) -> None:
        self._surroundings.rest(now, self.driver.joined)
        if self._facts.keeper is not None:
            self._facts.keeper.rest(now, self._head, self.driver.write_down)

    def _end_keeping(self) -> None:
        """Close the folder; remove it when nothing is in it that anybody could want."""
        keeper, account, state = self._facts.keeper, self._master.account, self._master.state
        if keeper is None:
            return
        is_over = self._resumption is None and not TRANSITIONS[state]
        if is_over and state is not QueryState.STOPPED and not (account.processed or account.excluded):
            self._facts.keeper = None
            keeper.discard()
        else:
            keeper.close()

    # -- files

    def _known_files(self) -> list[Notice]:
        """Return what is known of files without looking into them, and where the query stood."""
        question = self.question
        notices = self._resumption.notices() if self._resumption is not None else []
        self._remembered = {notice.file for notice in notices if isinstance(notice, FileOpened)}
        if question.dataset is None:
            return notices or [FileOpened(file=0, grid=cycle_grid(question))]
        from overproof.columns.files.recognized import why_another
        from overproof.columns.remembered import recall

        for index, spec in enumerate(question.dataset.files):
            if index in self._remembered:
                continue
            if (grid := recall(spec, question.options.block_entries)) is not None:
                self._remembered.add(index)
                difference = why_another(spec, grid)
                notices.append(
                    FileFailed(file=index, reason=difference) if difference else FileOpened(file=index, grid=grid)
                )
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

    def _result(self) -> Result:
        """Make the result of a query that is over; the outputs are not copied."""
        from overproof.session.conduct.making import make_result

        return make_result(
            self.question,
            snapshot_of(self._master, self.driver.outputs, state=self._master.state),
            selector=self._selector,
            statistics=self._facts.statistics(self._clock.now()),
            standing=self._master.standing,
            code=self._code.digest,
        )

    def _recalled(self, resumption: Resumption) -> Result:
        """Make the result of a query that has finished earlier; nothing is computed, and nothing is written."""
        from overproof.session.conduct.recalled import recalled

        try:
            return recalled(self._master, resumption, selector=self._selector)
        finally:
            self._end_keeping()

    def failures(self, n_newest: int) -> list[ExcludedRange | MissingRange]:
        """Return what was lost last, so many of each sort at most."""
        return [self._named(failure) for failure in self._master.newest_failures(n_newest)]

    def _named(self, failure: Excluded | Missing) -> ExcludedRange | MissingRange:
        from overproof.session.outcome.gaps import name_excluded, name_missing

        dataset = self.question.dataset
        if isinstance(failure, Excluded):
            return name_excluded([failure], dataset)[0]
        return name_missing([failure], dataset)[0]


def _of_schema(schema: Any) -> dict[str, Any]:
    """Return what workers must know of a schema of coffea's beside what the selector holds."""
    if schema is None:
        return {}
    import cloudpickle

    from overproof.columns.nanoevents.schemas import name_of_schema, settings_of

    return {"schema": name_of_schema(schema), "settings": cloudpickle.dumps(settings_of(schema))}


def _for_reading(dataset: Dataset | None, *, verifies: bool) -> Dataset | None:
    """Let workers see what they read.

    Checksums of whole files only when these are to be verified, which takes a second reading; which entries are asked
    for the master knows, and with an entry list there may be millions.
    """
    if dataset is None:
        return None
    files = (replace(spec, steps=None, checksum=spec.checksum if verifies else "") for spec in dataset.files)
    return replace(dataset, files=tuple(files))
