"""Limits for automatic axes, from the first values that are selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from overproof.analysis.draw.axes import Automatic, Axis, Binning, Growing
from overproof.analysis.draw.axes.limits import find_limits
from overproof.analysis.draw.plan import DrawPlan
from overproof.session.question import Question

if TYPE_CHECKING:
    from overproof.columns.kernels.fills.extremes import Extremes
    from overproof.engines.crew import Crew

N_FIRST = 1_000_000
"""Rows from which limits are taken. Source: the default of ROOT's TTree::SetEstimate."""

N_KEPT = 1000
"""ROOT keeps so few rows back until it draws, and then no axis grows. Source: TH1's default size of a buffer."""

SPARE = 1.25
"""Entries that are looked at for each that should be enough."""

_numbers = count(-1, -1)
"""Numbers of queries that no session gives away."""


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
    waiting = [plan for plan in plans if any(isinstance(axis, Automatic) for axis in plan.axes)]
    if not waiting:
        return list(plans)
    found = dict(zip(map(id, waiting), _look(waiting, question, crew, is_cancelled), strict=True))
    return [_settled(plan, found[id(plan)]) if id(plan) in found else plan for plan in plans]


def _settled(plan: DrawPlan, extremes: Extremes) -> DrawPlan:
    axes = [_limited(axis, extremes, place) for place, axis in enumerate(plan.axes)]
    return replace(plan, axes=tuple(axes))


def _limited(axis: Axis, extremes: Extremes, place: int) -> Axis:
    if not isinstance(axis, Automatic):
        return axis
    if not extremes.n_rows:
        return Binning(n=axis.n, low=0.0, high=1.0)
    low, high = extremes.lows[place], extremes.highs[place]
    start = find_limits(low, high, n=axis.n, is_whole=axis.is_whole)
    reaches_all = not extremes.is_full and ((start.low <= low and high < start.high) or low > high)
    return start if reaches_all or extremes.n_rows <= N_KEPT else Growing(start=start)


def _look(
    plans: Sequence[DrawPlan], question: Question, crew: Crew, is_cancelled: Callable[[], bool]
) -> list[Extremes]:
    """Look at the first rows of each plan."""
    from overproof.columns.kernels.fills.extremes import Extremes
    from overproof.columns.kernels.selectors.estimate_selector import EstimateSelector
    from overproof.session.conduct.conduct import Conduct

    found = [Extremes.none(len(plan.axes), n_wanted=N_FIRST) for plan in plans]
    options, n_seen, n_next = question.options, 0, N_FIRST
    while n_next:
        part = replace(
            question,
            number=next(_numbers),
            options=replace(options, first=options.first + n_seen, entries=n_next),
            manner=replace(question.manner, journal=False),
        )
        result = Conduct(part, selector=EstimateSelector(plans), crew=crew, is_cancelled=is_cancelled).run()
        for number, extremes in enumerate(found):
            for block in result.outputs.get(str(number), []):
                extremes.take(block)
        n_seen += n_next
        if result.account.total < n_next or all(extremes.is_full for extremes in found):
            break
        n_next = _entries_for(found, n_seen)
        if options.entries is not None:
            n_next = min(n_next, options.entries - n_seen)
    return found


def _entries_for(found: Sequence[Extremes], n_seen: int) -> int:
    """Tell how many more entries are probably enough; at most four times as many as before, for all may change."""
    rarest = min(extremes.n_rows / extremes.n_wanted for extremes in found)
    enough = n_seen * (1 - rarest) / rarest * SPARE if rarest else 4.0 * n_seen
    return int(min(max(enough, N_FIRST / 10), 4.0 * n_seen))
