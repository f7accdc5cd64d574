"""One try of the selector on pieces of a block: from entries to outputs, and whose fault it was when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from overproof.columns.views import materialized
from overproof.engines.local.logbook import Logbook
from overproof.engines.worker.failure import failure_of
from overproof.engines.worker.logs import PrintLog
from overproof.engines.worker.source import PIECES_AHEAD, BlockSource
from overproof.records.block import Block, Range
from overproof.records.outcome.failure import EventName, Failure
from overproof.words.errors import BranchError, InputError, Phase, ReadError
from overproof.words.frozen import dataclass

if TYPE_CHECKING:
    from overproof.analysis.selector import Selector


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """The file is to blame, not the selector."""

    phase: Phase
    reason: str


class Attempt:
    """Computes pieces of a block one by one, notes in the logbook what is in hand, and judges what goes wrong.

    Args:
        selector: begun.
        source: of the events.
        block: the block.
        pieces: ranges of it that are computed in one go, in order.
        following: entries of the same file that will be computed behind this block, piece by piece.
        logbook: shared with whoever watches over this process.
        prints: takes what user code prints.

    Attributes:
        part: the range in hand, from the first entry to the last of a piece; None before the first and after the last.
    """

    def __init__(
        self,
        selector: Selector,
        source: BlockSource,
        *,
        block: Block,
        pieces: Sequence[Sequence[Range]],
        following: Sequence[Range] = (),
        logbook: Logbook | None,
        prints: PrintLog | None,
    ) -> None:
        self.part: Range | None = None
        self._selector = selector
        self._source = source
        self._block = block
        self._pieces = pieces
        self._following = following
        self._logbook = logbook
        self._prints = prints
        self._events: Any = None

    def outputs(self) -> Iterator[Mapping[str, Any] | None]:
        """Compute piece by piece; the output of one is to be copied before the next is asked for."""
        spans = [(piece[0][0], piece[-1][1]) for piece in self._pieces]
        for number, (piece, (first, stop)) in enumerate(zip(self._pieces, spans, strict=True), start=1):
            self._enter((first, stop))
            block = self._block
            if block.ranges is not None or (first, stop) != (block.first, block.stop):
                block = replace(block, first=first, stop=stop, ranges=None)
            events = self._source.events(block, following=(*spans[number:], *self._following)[:PIECES_AHEAD])
            shown = self._source.shown(events)
            if len(piece) > 1:
                shown = shown[_places(piece)]
            self._events = events
            # Views are put out as arrays, read now: what fails to be read here is the file's fault still.
            output = materialized(self._selector.process(shown))
            # What went wrong with a column counts also where user code swallowed it.
            if (failure := getattr(self._events, "failure", None)) is not None:
                raise failure
            yield output
            del output, shown, events
            self._note_prints()
            self._events = None
        self.part = None

    def event_name(self) -> EventName | None:
        """Tell what the file calls the first entry; None where it does not say, or cannot be read."""
        part = self._pieces[0][0]
        self._enter(part)
        with nullcontext() if self._logbook is None else self._logbook.reading:
            return self._source.event_name(self._block.file, part[0])

    def end(self) -> None:
        """Note that nothing of the block is in hand any more."""
        self._note_prints()
        if self._logbook is not None:
            self._logbook.leave()

    @property
    def is_cut_short(self) -> bool:
        """Tell whether user code was begun for the range in hand and has not come to its end, or not to a good one."""
        return self._events is not None

    def judge(self, error: BaseException) -> Failure | Unreadable:
        """Tell whose fault an error is that came out of `outputs`, or out of adding them.

        What a column failed with is the file's fault, also where user code turned it into something else.
        """
        is_of_the_file = (self._events is None and self.part is not None) or isinstance(error, BranchError)
        cause = error if is_of_the_file else getattr(self._events, "failure", None)
        match cause:
            case ReadError():
                return Unreadable(phase=cause.phase, reason=cause.reason)
            case InputError():
                return Unreadable(phase="branch" if isinstance(cause, BranchError) else "open", reason=str(cause))
        return failure_of(error)

    def _enter(self, part: Range) -> None:
        self.part = part
        if self._logbook is not None:
            self._logbook.enter(self._block, part)
        if self._prints is not None:
            self._prints.start()

    def _note_prints(self) -> None:
        if self._prints is not None and self.part is not None:
            self._prints.note(self._block, self.part)


def _places(piece: Sequence[Range]) -> npt.NDArray[np.int64]:
    """Return where the entries of a piece are, counted from its first."""
    return np.concatenate([np.arange(first, stop, dtype=np.int64) for first, stop in piece]) - piece[0][0]
