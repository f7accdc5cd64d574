"""What anybody may look at in a master, at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from overproof.query.attendance import Attendance
from overproof.query.files import Files
from overproof.query.handout import Handout
from overproof.query.isolation.isolation import Isolation
from overproof.query.ledger import Ledger
from overproof.query.ledger.accounts import accounts_of
from overproof.query.ledger.audit import audit
from overproof.query.ledger.gaps import Gaps, join_missing, sort_excluded, sort_splits
from overproof.query.ledger.place import key_of
from overproof.query.ledger.standing import take_down
from overproof.query.locality.locality import Locality
from overproof.query.locality.other_copies import OtherCopies
from overproof.query.locality.stranded import Stranded
from overproof.query.merging import Intake, MergerPolicy, Merging
from overproof.query.packetizers.table import LOCAL_ONLY
from overproof.query.packetizers.view import Packetizer
from overproof.query.roster import Roster
from overproof.query.shelf import Shelf
from overproof.query.speculation import Speculation
from overproof.query.timing import BlockTimes
from overproof.records.account import Account
from overproof.records.block import Block, Delta, Range
from overproof.records.dataset import FileGrid
from overproof.records.outcome.gaps import Excluded, Missing, Split, Unread
from overproof.records.outcome.standing import Standing
from overproof.records.query import QueryOptions
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex, WorkerId
from overproof.words.states import TRANSITIONS, QueryState

RUNNING = QueryState.RUNNING


class Outlook:
    """The rooms of a master, made empty, and the windows into them; what goes on inside is the matter of `Master`.

    Args:
        n_files: number of files of the dataset.
        options: limits of the query.
        packetizer: how many blocks a worker gets.
        steps: the entries asked for, for the files of which not all are.
        members: number of files of each of its datasets, one after the other; empty: it is one.
        merging: how many mergers there should be, and where; None: the master merges everything itself.
    """

    def __init__(
        self,
        n_files: int,
        options: QueryOptions,
        packetizer: Packetizer,
        *,
        steps: Mapping[FileIndex, tuple[Range, ...]] | None = None,
        members: Sequence[int] = (),
        merging: MergerPolicy | None = None,
    ) -> None:
        self._options = options
        self._state = QueryState.WAITING
        self._end_state = QueryState.STOPPED
        self._read_bytes = 0
        self._why_unread = ""
        self._members = members
        self._files = files = Files(n_files, options, steps or {})
        self._ledger = ledger = Ledger()
        self._shelf = Shelf()
        self._roster = roster = Roster()
        self._gaps = Gaps()
        self._times = BlockTimes()
        self._locality = Locality(self._shelf, is_strict=options.packetizer == LOCAL_ONLY)
        self._handout = handout = Handout(
            files, ledger, shelf=self._shelf, roster=roster, packetizer=packetizer, locality=self._locality
        )
        self._copies = OtherCopies(
            files,
            ledger,
            roster=roster,
            locality=handout.locality,
            put_back=handout.put_back,
            offer=handout.openings.offer,
        )
        self._stranded = Stranded(files, ledger, shelf=self._shelf, roster=roster, locality=self._locality)
        self._isolation = Isolation(options, ledger, roster=roster, gaps=self._gaps, handout=handout)
        isolation, copies = self._isolation, self._copies
        self._attendance = Attendance(
            files, ledger, roster=roster, gaps=self._gaps, handout=handout, isolation=isolation, copies=copies
        )
        self._speculation = Speculation(ledger, roster=roster, handout=handout)
        self._merging = Merging(merging, ledger, roster=roster, handout=handout)
        self._intake = Intake(
            ledger,
            self._merging,
            roster=roster,
            handout=handout,
            isolation=self._isolation,
            attendance=self._attendance,
        )

    @property
    def state(self) -> QueryState:
        """Where the query is in its life."""
        return self._state

    @property
    def account(self) -> Account:
        """Where every entry is, now."""
        return self._ledger.account(files_unopened=self._files.n_unknown)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The account of each dataset; not for a reader in another thread, and not for ten times a second."""
        if len(self._members) < 2:
            return (self.account,)
        return accounts_of(self._ledger, self._gaps, self._files, members=self._members)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What could not be read, in the order of files and entries."""
        return join_missing(self._gaps.missing)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What a query that has ended left unread for another reason than that the user stopped it."""
        return () if TRANSITIONS[self._state] else tuple(self._stranded.unread(self._why_unread))

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """On what the selector failed, in the order of files and entries."""
        return sort_excluded(self._gaps.excluded)

    @property
    def splits(self) -> tuple[Split, ...]:
        """What failed whole and not in two, in the order of files and entries."""
        return sort_splits(self._gaps.splits)

    @property
    def first_failure(self) -> Excluded | Missing | None:
        """What is lost, or suspect, and was noticed first; None when nothing is."""
        excluded, missing = self._gaps.excluded, self._gaps.missing
        return (excluded[0] if excluded else self._isolation.first_suspect) or (missing[0] if missing else None)

    def newest_failures(self, n: int) -> tuple[Excluded | Missing, ...]:
        """Return what was lost last, so many of each sort at most, as it was noticed."""
        return (*self._gaps.missing[-n:], *self._gaps.excluded[-n:])

    @property
    def n_suspects(self) -> int:
        """Blocks that are being isolated, or wait for that."""
        return self._isolation.n_suspects

    @property
    def standing(self) -> Standing:
        """All that must be known to go on later with the outputs of the merged blocks."""
        return take_down(self._ledger, self._files.grids, self._gaps)

    @property
    def block_timeout_s(self) -> float:
        """Seconds that a block may take."""
        return self._options.block_timeout_s or self._times.timeout_s

    @property
    def blocks(self) -> dict[tuple[FileIndex, int], Block]:
        """Every block asked for, by file and index."""
        return {(block.file, block.index): block for block in self._ledger.blocks}

    @property
    def grids(self) -> dict[FileIndex, FileGrid]:
        """The grids of all files that were opened."""
        return self._files.grids

    @property
    def n_entries_seen(self) -> int:
        """Entries computed, merged or not, with those that failed."""
        return self._ledger.total_entries - self._ledger.left_entries

    @property
    def read_bytes(self) -> int:
        """Compressed bytes read for the packets reported."""
        return self._read_bytes

    @property
    def n_workers(self) -> int:
        """Workers that joined and are not lost."""
        return len(self._roster)

    @property
    def n_active(self) -> int:
        """Workers with a packet in hand."""
        return self._roster.n_active

    @property
    def isolator(self) -> WorkerId | None:
        """Name of the isolator; None when none has joined."""
        return None if self._roster.isolator is None else self._roster.isolator.name

    @property
    def n_mergers(self) -> int:
        """Mergers that joined and are not lost."""
        return len(self._merging.mergers)

    def awaits(self, delta: Delta) -> bool:
        """Tell whether a delta was taken, and neither merged nor lost: its payload may be merged."""
        return key_of(delta) in self._ledger.taken

    @property
    def busy(self) -> list[WorkerId]:
        """Names of the workers with a packet in hand."""
        return [worker.name for worker in self._roster.workers.values() if worker.packets]

    @property
    def n_files_opened(self) -> int:
        """Files looked into, with or without success."""
        return self._files.n_known

    def check(self) -> None:
        """Verify every invariant; takes time in proportion to the blocks.

        Raises:
            InvariantError: a rule is broken.
        """
        self._roster.check()
        self._shelf.check()
        self._merging.check()
        self._intake.check()
        isolator = self._roster.isolator
        workers = [*self._roster.workers.values(), *([isolator] if isolator is not None else [])]
        holders = [*workers, *self._merging.mergers]
        waiting, suspects = self._shelf.waiting_numbers(), self._isolation.numbers
        audit(self._ledger, holders, waiting=waiting, suspects=suspects)
        is_over = not (self._ledger.n_held or self._ledger.n_taken or waiting or suspects)
        if self._state is RUNNING and is_over and self._files.is_settled:
            raise InvariantError("nothing is left to do, but the query runs on")
        is_strict, has_work_for = self._locality.is_strict, self._stranded.has_work_for
        can_work = any(not each.is_leaving and (not is_strict or has_work_for(each)) for each in self._roster.idle)
        if self._state is RUNNING and waiting and can_work and len(self._roster.idle) == len(self._roster):
            raise InvariantError("blocks wait, and so do all workers")
        if self._state is QueryState.FINISHED and not (is_over and self._files.is_settled):
            raise InvariantError("the query has finished, but something is left to do")
