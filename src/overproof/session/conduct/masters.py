"""The master of a question, and what it thinks as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overproof.analysis.selector import Selector
from overproof.columns.cycles import items_in_block
from overproof.engines.driver import Snapshot
from overproof.query.master import Master
from overproof.query.merging import just, near_the_root
from overproof.query.packetizers import packetizer_by_name
from overproof.records.dataset import FileGrid
from overproof.session.question import Question
from overproof.words.states import QueryState

if TYPE_CHECKING:
    from overproof.outputs.state import OutputState

CYCLE_BLOCKS = 512
"""Blocks into which cycles are cut, when there are enough of them: fine enough for any number of workers."""


def snapshot_of(master: Master, outputs: OutputState, *, state: QueryState) -> Snapshot:
    """Bundle outputs that nobody changes any more with the account of just these."""
    return Snapshot(
        state=state,
        outputs=outputs,
        account=master.account,
        accounts=master.accounts,
        missing=master.missing,
        excluded=master.excluded,
        splits=master.splits,
        unread=master.unread,
    )


def master_of(question: Question, *, can_merge: bool) -> Master:
    """Make a fresh master for a question; on a crew that `can_merge` there may be mergers."""
    options, dataset, n_mergers = question.options, question.dataset, question.manner.mergers
    policy = near_the_root if n_mergers is None else just(n_mergers)
    files = dataset.files if dataset is not None else ()
    return Master(
        n_files=question.n_files,
        options=options,
        packetizer=packetizer_by_name(options.packetizer, packet_blocks=options.packet_blocks),
        steps={index: spec.steps for index, spec in enumerate(files) if spec.steps is not None},
        members=() if dataset is None else [member.n_files for member in dataset.all_members],
        merging=policy if can_merge and n_mergers != 0 else None,
    )


def path_of(selector: Selector) -> str:
    """Return the path that serves a query of the draw language; empty for selectors of users."""
    return str(getattr(selector, "path", "")) if type(selector).__module__.startswith("overproof.") else ""


def cycle_grid(question: Question) -> FileGrid:
    """Cut cycles, or the items of a map, into blocks; a function of their number alone."""
    n_cycles = question.cycles or 0
    size = items_in_block(n_cycles) if question.kind == "map" else max(1, -(-n_cycles // CYCLE_BLOCKS))
    if not n_cycles:
        return FileGrid(tree="", n_entries=0, stops=())
    return FileGrid(tree="", n_entries=n_cycles, stops=(*range(size, n_cycles, size), n_cycles))
