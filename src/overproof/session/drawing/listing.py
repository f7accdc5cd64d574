"""Tables and counts as queries: checked here, typed with the schema that a worker tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from overproof.analysis.draw.listing import ListRequest, plan_listing, read_listing
from overproof.analysis.path import Path
from overproof.analysis.selector import Selector
from overproof.session.chains import measure_chain, with_chain
from overproof.session.drawing.path import path_for
from overproof.session.question import Question
from overproof.words.errors import OptionError

if TYPE_CHECKING:
    from overproof.engines.crew import Crew


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What is to be listed or counted; its texts are known to parse.

    Attributes:
        request: the columns and the cut; without columns, the rows are counted.
    """

    request: ListRequest

    def prepare(self, question: Question, crew: Crew, is_cancelled: Callable[[], bool]) -> Selector:
        """Turn it into a selector, over a crew that can look into the files.

        Raises:
            AbortedError: it was cancelled.
            InputError: an expression does not fit the files.
        """
        from overproof.columns.kernels.selectors.count_selector import CountSelector
        from overproof.columns.kernels.selectors.scan_selector import ScanSelector
        from overproof.session.ask import survey

        plan = plan_listing(self.request, schema=survey(crew, question.data.files, is_cancelled=is_cancelled))
        (plan,) = with_chain([plan], question=question, crew=crew, is_cancelled=is_cancelled)
        path: Path = "interpreted"
        if plan.is_joint or not self.request.names:
            path = path_for([plan.rows], question=question, crew=crew, is_cancelled=is_cancelled)
        if not self.request.names:
            return CountSelector(plan.rows, path=path)
        if question.n_files > 1:
            plan = replace(plan, chain=measure_chain(crew, question, is_cancelled=is_cancelled))
        return ScanSelector(plan, path=path)


def check_scan(columns: str | Sequence[str], *, cut: str | None, rows: int | None, **speech: Any) -> Listing:
    """Parse what a table is made of.

    Raises:
        ExpressionError: a text that cannot be understood.
        OptionError: no columns, or a number of rows that makes no sense.
    """
    if not columns:
        raise OptionError("nothing is to be listed: give expressions, as in 'nMuon:MET_pt' or ['nMuon', 'MET_pt']")
    return Listing(request=read_listing(columns, cut=cut, rows=rows, **speech))


def check_count(cut: str | None, **speech: Any) -> Listing:
    """Parse what is counted.

    Raises:
        ExpressionError: a text that cannot be understood.
    """
    return Listing(request=read_listing((), cut=cut, **speech))
