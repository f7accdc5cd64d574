"""Limits for automatic axes, from the first values that are selected."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from overproof.analysis.draw.axes import Automatic, Axis, Binning, Growing
from overproof.analysis.draw.axes.kept import N_KEPT, let_go, n_kept
from overproof.analysis.draw.axes.limits import find_limits
from overproof.analysis.draw.plan import DrawPlan
from overproof.records.dataset import FileSpec
from overproof.session.question import Question
from overproof.session.result import Result
from overproof.words.errors import DatasetError
from overproof.words.frozen import dataclass

if TYPE_CHECKING:
    from overproof.columns.kernels.fills.extremes import Extremes, FirstRows
    from overproof.engines.crew import Crew

N_FIRST = 1_000_000
"""Rows from which limits are taken. Source: the default of ROOT's TTree::SetEstimate."""

N_LOOKS = 4
"""How often the first rows are looked at where something of them cannot be read."""

POLL_S = 0.2

SPARE = 1.25
"""Entries that are looked at for each that should be enough."""

_numbers = count(-1, -1)
"""Numbers of queries that no session gives away."""


class LimitsWarning(UserWarning):
    """Limits of axes were chosen without some of the first rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """What is known of the first rows of one plan.

    Attributes:
        rows: as many as limits are taken from.
        kept: for each axis, the values of the very first, at least as many as ROOT keeps back.
    """

    rows: Extremes
    kept: list[list[float]]

    @property
    def is_full(self) -> bool:
        """Tell whether there may be more rows."""
        return self.rows.is_full

    def take(self, block: FirstRows) -> None:
        """Look at the next block."""
        self.rows.take(block)
        for values, added in zip(self.kept, block.kept, strict=True):
            if len(values) < N_KEPT:
                values.extend(added.tolist())


def settle_axes(
    plans: Sequence[DrawPlan], *, question: Question, crew: Crew, is_cancelled: Callable[[], bool]
) -> list[DrawPlan]:
    """Give limits to all automatic axes, by ROOT's rule.

    The first rows are looked at in queries of their own, over as many entries as it takes; so the plans, and with
    them the answer, do not depend on who computes what. Where all rows are among the first, the limits hold; else the
    axes grow with later values.

    Args:
        plans: with axes of any kind.
        question: the query that they are for.
        crew: idle.
        is_cancelled: tells whether the user wants it to end.

    Raises:
        AbortedError: it was cancelled.
        OverproofError: whatever may end a query.
    """
    firsts = {plan.name: plan for plan in reversed(plans)}  # what is added to another one takes its axes
    waiting = [plan for plan in firsts.values() if any(isinstance(axis, Automatic) for axis in plan.axes)]
    if not waiting:
        return list(plans)
    found = _look(waiting, question, crew, is_cancelled)
    axes = {plan.name: _settled(plan, first).axes for plan, first in zip(waiting, found, strict=True)}
    return [replace(plan, axes=axes.get(plan.name, plan.axes)) for plan in plans]


def _settled(plan: DrawPlan, first: First) -> DrawPlan:
    """Give limits to the axes of one plan."""
    n_axes, is_profile = len(plan.axes), plan.request.is_profile
    n_back = n_kept(n_axes=n_axes, is_profile=is_profile)
    all_kept = first.rows.n_rows <= n_back
    axes: list[Axis] = []
    for place, axis in enumerate(plan.axes):
        if isinstance(axis, Automatic):
            start = _limits(axis, first, place)
            if not all_kept:
                start = let_go(start, first.kept[place][:n_back], n_axes=n_axes, is_profile=is_profile)
            axes.append(start if all_kept or _holds_all(start, first, place) else Growing(start=start))
        else:
            axes.append(axis)
    return replace(plan, axes=tuple(axes))


def _limits(axis: Automatic, first: First, place: int) -> Binning:
    if not first.rows.n_rows:
        return Binning(n=axis.n, low=0.0, high=1.0)
    return find_limits(first.rows.lows[place], first.rows.highs[place], n=axis.n, is_whole=axis.is_whole)


def _holds_all(axis: Binning, first: First, place: int) -> bool:
    """Tell whether no value makes an axis grow: there are no more, and all are on it."""
    low, high = first.rows.lows[place], first.rows.highs[place]
    are_on_it = low > high or (axis.low <= low and high < axis.high)
    return not first.is_full and are_on_it


def _look(plans: Sequence[DrawPlan], question: Question, crew: Crew, is_cancelled: Callable[[], bool]) -> list[First]:
    """Look at the first rows of each plan."""
    from overproof.columns.kernels.fills.extremes import Extremes

    found = [
        First(rows=Extremes.none(n_axes, n_wanted=N_FIRST), kept=[[] for _ in range(n_axes)])
        for n_axes in (len(plan.axes) for plan in plans)
    ]
    options, n_seen, n_next = question.options, 0, N_FIRST
    if options.entries is not None:
        n_next = min(n_next, options.entries)
    while n_next:
        part = _part(question, n_seen, n_next)
        result = _looked(partial(_conducted, part, plans, crew, is_cancelled))
        for number, first in enumerate(found):
            for block in result.outputs.get(str(number), []):
                first.take(block)
        n_seen += n_next
        if result.account.total < n_next or all(first.is_full for first in found):
            break
        n_next = _entries_for(found, n_seen)
        if options.entries is not None:
            n_next = min(n_next, options.entries - n_seen)
    return found


def _looked(look: Callable[[], Result]) -> Result:
    """Look until nothing lacks, or twice the same, which then lacks for good.

    A file that could not be read for a moment would give other axes than the rows that are drawn.

    Raises:
        DatasetError: each time something else could not be read.
    """
    lacked: set[tuple[str, int, int | None]] = set()
    for _ in range(N_LOOKS):
        result = look()
        gaps: set[tuple[str, int, int | None]] = {(gap.file, gap.first, gap.stop) for gap in result.missing}
        gaps |= {(gap.file, gap.first, gap.stop) for gap in result.excluded}
        if not gaps or gaps == lacked:
            if gaps:
                warnings.warn(
                    f"the limits of the axes are chosen without {len(gaps)} ranges of entries that cannot be read now: "
                    "if the histogram has them (see its .account), draw it again",
                    LimitsWarning,
                    stacklevel=2,
                )
            return result
        lacked = gaps
    raise DatasetError(
        f"no limits can be chosen for the axes: of the first rows, other ones could be read each of {N_LOOKS} times; "
        "say bins, or draw again when the files can be read"
    )


def _conducted(question: Question, plans: Sequence[DrawPlan], crew: Crew, is_cancelled: Callable[[], bool]) -> Result:
    """Look at some of the entries once."""
    from overproof.columns.kernels.selectors.estimate_selector import EstimateSelector
    from overproof.session.conduct.conduct import Conduct

    part = replace(question, number=next(_numbers))
    conduct = Conduct(part, selector=EstimateSelector(plans), crew=crew, is_cancelled=is_cancelled)
    with _ended_when(is_cancelled, conduct.driver.request_abort):
        result = conduct.run()
    if (problem := conduct.failure_of(result)) is not None:
        raise problem  # what was read of the first rows by chance must give no limits
    return result


@contextmanager
def _ended_when(is_cancelled: Callable[[], bool], end: Callable[[], None]) -> Iterator[None]:
    """End a query that only its own thread knows of, once the user has had enough."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(POLL_S):
            if is_cancelled():
                end()
                return

    watcher = threading.Thread(target=watch, name="watch over an estimate", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _part(question: Question, first: int, n_entries: int) -> Question:
    """Ask for some of the entries of a question, by their numbers among those asked for."""
    options, data = question.options, question.data
    if any(spec.steps is not None for spec in data.files):
        files = tuple(_cut(data.files, first, first + n_entries))
        data = replace(data, files=files)
    else:
        options = replace(options, first=options.first + first, entries=n_entries)
    manner = replace(question.manner, journal=False)
    return replace(question, dataset=data, options=options, manner=manner)


def _cut(files: Iterable[FileSpec], first: int, stop: int) -> Iterator[FileSpec]:
    """Keep of each file what lies between two numbers of entries that are asked for.

    Of a file that is asked for whole nobody knows the length: it is taken whole, in the first part.
    """
    before = 0
    for spec in files:
        if spec.steps is None:
            yield spec if first == 0 else replace(spec, steps=())
            continue
        steps = []
        for begin, end in spec.steps:
            kept = (begin + max(first - before, 0), min(end, begin + stop - before))
            before += end - begin
            if kept[0] < kept[1]:
                steps.append(kept)
        yield replace(spec, steps=tuple(steps))


def _entries_for(found: Sequence[First], n_seen: int) -> int:
    """Tell how many more entries are probably enough; at most four times as many as before, for all may change."""
    rarest = min(first.rows.n_rows / first.rows.n_wanted for first in found)
    enough = n_seen * (1 - rarest) / rarest * SPARE if rarest else 4.0 * n_seen
    return int(min(max(enough, N_FIRST / 10), 4.0 * n_seen))
