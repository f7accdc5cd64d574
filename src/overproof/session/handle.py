"""The handle of a running query."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from overproof.records.account import ITEMS, Account, ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.session.conduct.conduct import Conduct
from overproof.session.members import divided
from overproof.session.question import Question
from overproof.session.show.looking import PLAIN_LOOK, Look
from overproof.session.show.notebook.kernel import is_in_kernel
from overproof.words.errors import AbortedError, OptionError
from overproof.words.states import QueryState

if TYPE_CHECKING:
    from overproof.analysis.selector import Selector
    from overproof.engines.crew import Crew
    from overproof.outputs.outline import Outlined
    from overproof.session.conduct.resumption import Resumption
    from overproof.session.mapping.so_far import RaisedSoFar
    from overproof.session.result import Result

Prepare: TypeAlias = "Callable[[Question, Crew, Callable[[], bool]], Selector]"
"""Makes the selector of a question, over an idle crew, unless the user wants it to end; friends are joined by then."""


NAMELESS = frozenset({"scan", "count", "map"})
"""Kinds of questions whose answers have no outputs by name."""

TURN_S = 0.1
"""How often a query that waits for the workers looks whether it is still wanted."""


class Query:
    """A query that runs, or has run; every method may be called from any thread.

    Attributes:
        id: the query's id.
    """

    def __init__(
        self,
        question: Question,
        *,
        crew: Crew,
        crew_lock: threading.Lock,
        prepare: Prepare,
        dress: Callable[[Result], Any],
        resumption: Resumption | None = None,
        look: Look = PLAIN_LOOK,
    ) -> None:
        self.id = question.query_id
        self._question = question
        self._crew = crew
        self._crew_lock = crew_lock
        self._prepare = prepare
        self._dress = dress
        self._resumption = resumption
        self._look = look
        self._conduct: Conduct | None = None
        self._outcome: Result | None = None
        self._error: BaseException | None = None
        self._stop_wanted = ""
        self._raised_so_far: RaisedSoFar | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"query {self.id}", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        progress = self.progress()
        account = progress.account
        return f"<Query {self.id} {self.state}: {account.processed:,} of {account.total:,} {progress.unit}>"

    # -- looking

    def show(self, *names: str) -> None:
        """Show the query here: in a notebook until it ends, in the cell of the call; elsewhere how it stands now.

        Args:
            names: of the outputs to look at, those of nested mappings as `outer/inner`; none: as the session says.
        """
        from overproof.session.show.now import show_now

        show_now(self, look=Look(names=names, is_wanted=True) if names else self._look)

    def _ipython_display_(self) -> None:
        """Show the query in the cell that ends with it; outside of notebooks it is its `repr`."""
        if not is_in_kernel():
            raise NotImplementedError
        self.show()

    @property
    def state(self) -> QueryState:
        """Where the query is in its life."""
        if self._outcome is not None:
            return self._outcome.state
        if self._error is not None:
            return QueryState.ABORTED if isinstance(self._error, AbortedError) else QueryState.FAILED
        return self._conduct.progress().state if self._conduct else QueryState.WAITING

    @property
    def is_done(self) -> bool:
        """Tell whether `result` would answer at once."""
        return self._done.is_set()

    def progress(self) -> Progress:
        """Tell how far the query is; cheap enough for ten times a second."""
        if self._conduct is not None:
            return self._progress_of(self._conduct)
        n_files = self._question.n_files
        return Progress(
            state=self.state,
            account=Account(files_unopened=n_files),
            n_entries_seen=0,
            read_bytes=0,
            elapsed_s=0.0,
            rate_per_s=0.0,
            average_rate_per_s=0.0,
            byte_rate_per_s=0.0,
            left_s=None,
            n_workers=0,
            n_active=0,
            n_files=n_files,
            n_files_opened=0,
            unit=ITEMS if self._question.kind == "map" else "entries",
            awaited=self._crew.awaited,
        )

    def _progress_of(self, conduct: Conduct) -> Progress:
        if self._question.kind != "map":
            return conduct.progress()
        from overproof.session.mapping.so_far import progress_of_items

        raised = self._raised(conduct)  # before the figures: none of it is missing in them
        return progress_of_items(conduct.progress(), raised)

    def failures(self, n_newest: int = 10) -> list[ExcludedRange | MissingRange]:
        """Return what was lost last, so many of each sort at most; the result has all of it, in order."""
        if self._conduct is None:
            return []
        found = self._conduct.failures(n_newest)
        if self._question.kind != "map":
            return found
        from overproof.session.mapping.so_far import of_items

        return [*self._raised(self._conduct)[-n_newest:], *map(of_items, found)]

    def _raised(self, conduct: Conduct) -> tuple[ExcludedRange, ...]:
        """Return what items of a map have raised so far."""
        from overproof.session.mapping.selector import RAISED
        from overproof.session.mapping.so_far import RaisedSoFar

        if self._raised_so_far is None:
            self._raised_so_far = RaisedSoFar(lambda: conduct.feedback([RAISED]).outputs[RAISED])
        return self._raised_so_far.ranges(conduct.progress().account.processed)

    def partial(self, *names: str) -> Any:
        """Return what is merged so far, in the form of `result`; None before the first delta. Nothing is warned of.

        Args:
            names: of outputs, those of nested mappings as `outer/inner`: only these are copied and rounded, as they
                were merged. Histograms of draws are finished; the `terminate` of a selector, and the `postprocess` of a
                processor, do not run, for they may need the others. None at all: everything, through `terminate`.

        Raises:
            OptionError: there is no such output; `outline` tells which there are.
            UserCodeError: `terminate` raised.
        """
        if names and self._question.kind in NAMELESS:
            raise OptionError(f"a {self._question.kind} has no outputs by name: ask for `partial()`")
        conduct = self._conduct
        if not names and self._done.is_set():
            return self.result()
        if conduct is None or conduct.progress().account.processed == 0:
            return None
        return self._dress(conduct.feedback(names) if names else conduct.partial())

    def outline(self) -> dict[str, Outlined]:
        """List the outputs so far by name, each with its kind; none of them is copied."""
        return {} if self._conduct is None or self._question.kind in NAMELESS else self._conduct.outline()

    # -- steering

    @property
    def is_resumable(self) -> bool:
        """Tell whether the query is on disk, something of it is left to be done, and that may go well."""
        return self._conduct is not None and self._conduct.is_resumable

    def stop(self) -> None:
        """Stop soon and keep what is done; `session.resume` goes on with it."""
        self._stop_wanted = self._stop_wanted or "stop"
        self._crew.wake()
        if self._conduct is not None:
            self._conduct.driver.request_stop("stopped by the user")

    def abort(self) -> None:
        """End at once without a result; what was merged before is on disk, for `session.resume`."""
        self._stop_wanted = "abort"
        self._crew.wake()
        if self._conduct is not None:
            self._conduct.driver.request_abort()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; tell whether it has come."""
        return self._done.wait(timeout_s)

    def result(self, timeout_s: float | None = None) -> Any:
        """Wait for the result.

        Raises:
            TimeoutError: it has not come in time.
            AbortedError: the query was aborted.
            UserCodeError: the selector raised; what was merged before is in its attribute `result`.
            OverproofError: whatever else ended the query.
        """
        if not self._done.wait(timeout_s):
            raise TimeoutError(f"query {self.id} has not ended within {timeout_s} s")
        if self._error is not None:
            raise self._error
        assert self._outcome is not None
        assert self._conduct is not None
        if (error := self._conduct.failure_of(self._outcome)) is not None:
            error.result = self._outcome
            raise error
        from overproof.session.answers import warn_of_gaps

        answer = self._dress(self._outcome)
        warn_of_gaps(self._outcome, answer, kind=self._question.kind)
        return answer

    # -- the query's own thread

    def _run(self) -> None:
        try:
            self._take_turn()
            try:
                self._outcome = self._conducted()
            finally:
                self._crew_lock.release()
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
            self._error = error
        finally:
            if self._resumption is not None:
                self._resumption.query.release()
            self._done.set()

    def _take_turn(self) -> None:
        """Wait for the crew; whoever waits has nothing to lose, and ends when told to."""
        while not self._crew_lock.acquire(timeout=TURN_S):
            if self._stop_wanted:
                raise AbortedError(f"query {self.id} was stopped while another one had the workers: ask it again")

    def _conducted(self) -> Result:
        self._end_if_aborted()
        try:
            self._question = self._with_friends()
            selector = self._selector()
        except AbortedError as error:  # one Ctrl-C is enough where there is nothing yet to be kept
            raise AbortedError(
                f"query {self.id} was stopped before its first entry was computed: nothing is kept, ask it again"
            ) from error
        self._conduct = Conduct(
            self._question, selector=selector, crew=self._crew, is_cancelled=self._is_cancelled,
            resumption=self._resumption,
        )  # fmt: skip
        if self._stop_wanted:  # asked for while nobody could be told
            self._conduct.driver.request_stop("stopped by the user")
            self._end_if_aborted()
        result = self._conduct.run()
        problem = result.reason_for_nothing(may_be_empty=self._question.may_be_empty)
        if problem is not None:
            raise problem
        return result

    def _selector(self) -> Selector:
        """Prepare the selector, as it is needed for the datasets of the question."""
        question = self._question
        selector = self._prepare(question, self._crew, self._is_cancelled)
        if self._resumption is not None:
            return selector
        return divided(selector, question.dataset, question.division, is_total=question.kind != "process")

    def _with_friends(self) -> Question:
        if self._question.dataset is None or not self._question.dataset.friends:
            return self._question
        from overproof.session.chains import with_friends

        return with_friends(self._question, crew=self._crew, is_cancelled=self._is_cancelled)

    def _is_cancelled(self) -> bool:
        return bool(self._stop_wanted)

    def _end_if_aborted(self) -> None:
        if self._stop_wanted == "abort":
            raise AbortedError(f"query {self.id} was aborted")
