"""The lazy record of one block that selectors get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from overproof.columns.fetching import NOTHING_AROUND, Block, BlockColumns, ColumnMemory, NoSuchBranchError
from overproof.columns.formats import Reader
from overproof.columns.layouts import NativeColumn
from overproof.columns.views import View
from overproof.records.outcome.failure import EventName
from overproof.records.schema import Branch

__all__ = ["NOTHING_AROUND", "ColumnMemory", "Events", "NoSuchBranchError", "columns_of", "name_of_event"]

RUN_NAMES = ("run", "RunNum", "EventInfoAuxDyn.runNumber", "EventInfoAux.runNumber", "runNumber")
LUMINOSITY_BLOCK_NAMES = (
    "luminosityBlock", "LumiBlockNum", "EventInfoAuxDyn.lumiBlock", "EventInfoAux.lumiBlock", "lumiBlock", "lumi",
)  # fmt: skip
EVENT_NAMES = ("event", "EvtNum", "EventInfoAuxDyn.eventNumber", "EventInfoAux.eventNumber", "eventNumber")
"""How NanoAOD, TreeMaker, PHYSLITE and private trees call the three numbers; upper and lower case are one."""


class Events(View):
    """The entries of one block.

    Args:
        reader: the open tree.
        first: first entry.
        stop: last entry, exclusive.
        memory: what recent blocks have touched, fetched together with the first column; it learns what this one does.
        branches: names or glob patterns of what may be touched; None: everything.
        optional: for branches that the file may lack: what each entry has instead.
        seed: numbers that make the dice of the block: seed of the query, place of the file, first entry.
        metadata: what the dataset says about the file.
        file_number: place of the file in the dataset, from 0.
        n_files: of the dataset.
        around_reads: entered while the file is read, so that a stall or crash there is not taken for the selector's.
        following: ranges of entries that will be asked for next: what is read here is announced for those.
    """

    def __init__(
        self,
        reader: Reader,
        first: int,
        stop: int,
        *,
        memory: ColumnMemory | None = None,
        branches: Sequence[str] | None = None,
        optional: Mapping[str, Any] | None = None,
        seed: int | Sequence[int] = 0,
        metadata: Mapping[str, Any] | None = None,
        file_number: int = 0,
        n_files: int = 1,
        around_reads: AbstractContextManager[object] = NOTHING_AROUND,
        following: Sequence[tuple[int, int]] = (),
    ) -> None:
        columns = BlockColumns(
            reader,
            first,
            stop,
            memory=ColumnMemory() if memory is None else memory,
            allowed=branches,
            optional=optional or {},
            around_reads=around_reads,
            following=following,
        )
        entropy = (seed, 0, first) if isinstance(seed, int) else seed
        self._block = Block(
            columns, seed=entropy, metadata=metadata or {}, file_number=file_number, n_files=n_files
        )  # fmt: skip
        self._own = {}

    def __len__(self) -> int:
        return self._block.stop - self._block.first

    @property
    def _fields(self) -> Sequence[str]:
        return self._block.columns.names

    def _get(self, name: str) -> Any:
        return self._block.columns.get(name)

    def _native(self, name: str) -> NativeColumn | None:
        return self._block.columns.native(name)

    def _has(self, name: str) -> bool:
        return self._block.columns.has(name)

    def _is_column(self, name: str) -> bool:
        return self._block.columns.is_column(name)

    def _is_taken(self, name: str) -> bool:
        return super()._is_taken(name) or self._block.columns.is_taken(name)

    def _branch(self, name: str) -> Branch | None:
        return self._block.types.get(name)

    def _empty(self, name: str) -> Any:
        columns = self._block.columns
        # An optional branch that the file lacks is not read from it: its column is at hand.
        return columns.reader.read([name], 0, 0)[name] if name in self._block.types else columns.get(name)[:0]


def columns_of(events: Events) -> BlockColumns:
    """Return the columns of a block, for whoever shows them in another way."""
    return events._block.columns


def name_of_event(reader: Reader, entry: int) -> EventName | None:
    """Tell what the file calls the event of an entry; None where it has no such numbers.

    Raises:
        ReadError: the description of the file is damaged, or these numbers are.
    """
    branches = {branch.name.casefold(): branch for branch in reader.schema().branches}
    tables = (RUN_NAMES, LUMINOSITY_BLOCK_NAMES, EVENT_NAMES)
    names = [next((found for name in table if (found := _plain_integer(branches, name))), None) for table in tables]
    wanted = [name for name in names if name is not None]
    if not wanted:
        return None
    columns = reader.read(wanted, entry, entry + 1)
    run, luminosity_block, event = (None if name is None else int(columns[name][0]) for name in names)
    return EventName(run=run, luminosity_block=luminosity_block, event=event)


def _plain_integer(branches: Mapping[str, Branch], name: str) -> str | None:
    """Return the file's spelling of a branch that has one integer an entry."""
    branch = branches.get(name.casefold())
    is_plain = branch is not None and branch.kind == "number" and not branch.n_jagged and not branch.fixed_shape
    return branch.name if branch is not None and is_plain and "int" in branch.dtype else None
