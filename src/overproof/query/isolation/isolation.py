"""Which suspect the isolator has, and what it does next."""

from __future__ import annotations

from collections import deque

from overproof.query.handout import Handout
from overproof.query.isolation.bisection import Answer, BadEntry, Findings, remaining
from overproof.query.isolation.case import Case, Verdict
from overproof.query.isolation.limit import is_too_much, most_excluded
from overproof.query.ledger import Ledger
from overproof.query.ledger.gaps import Gaps
from overproof.query.roster import Roster, Worker
from overproof.records.block import Packet, Range
from overproof.records.notices import BlockFailed, RangeProbed, WorkerJoined
from overproof.records.orders import CallIsolator, DismissWorker, Order, ProbeRange, SendPacket
from overproof.records.outcome.failure import Failure
from overproof.records.outcome.gaps import Excluded, Split
from overproof.records.query import QueryOptions


class Isolation:
    """Tries suspects one by one, alone, and finds their bad entries.

    Attributes:
        is_hopeless: so much is excluded that the selector must be wrong.
    """

    __slots__ = (
        "_at_hand",
        "_cases",
        "_gaps",
        "_guilty_part",
        "_handout",
        "_is_called",
        "_is_guilty",
        "_ledger",
        "_n_probes",
        "_options",
        "_roster",
        "is_hopeless",
    )

    def __init__(self, options: QueryOptions, ledger: Ledger, *, roster: Roster, gaps: Gaps, handout: Handout) -> None:
        self.is_hopeless = False
        self._options = options
        self._ledger = ledger
        self._roster = roster
        self._gaps = gaps
        self._handout = handout
        self._cases: deque[Case] = deque()
        self._is_called = False
        self._at_hand: tuple[str, int] | None = None  # "packet" or "probe", and its number
        self._n_probes = 0
        self._is_guilty = False
        self._guilty_part: Range | None = None

    @property
    def n_suspects(self) -> int:
        """Blocks that are neither acquitted nor settled."""
        return len(self._cases)

    @property
    def numbers(self) -> set[int]:
        """Their numbers in the ledger."""
        return {case.number for case in self._cases}

    @property
    def first_suspect(self) -> Excluded | None:
        """The first suspect with its failure, as if it were excluded whole."""
        case = next((case for case in tuple(self._cases) if case.failure is not None), None)
        return None if case is None else self._excluded(case, (case.block.first, case.block.stop))

    # -- suspects come, the isolator comes and goes

    def accuse(self, number: int, failure: Failure | None, orders: list[Order]) -> None:
        """Take a block that the ledger has put among the suspects; without a failure it is only tried alone."""
        self._cases.append(Case(number, self._ledger.blocks[number], failure))
        if not self._is_called:
            self._is_called = True
            orders.append(CallIsolator())
        self.go_on(orders)

    def exclude_whole(self, number: int, failure: Failure) -> None:
        """Exclude a block that the ledger has put among the suspects, without a trial."""
        case = Case(number, self._ledger.blocks[number], failure)
        self._cases.append(case)
        self._exclude(case, list(case.block.parts))
        self.is_hopeless = self.is_hopeless or self._options.on_error == "stop"

    def meet_isolator(self, notice: WorkerJoined, orders: list[Order]) -> None:
        """Enter the isolator, in place of one that must be gone, and give it something to do."""
        self.lose_isolator()
        self._roster.join_isolator(notice.worker, notice.epoch, host=notice.host)
        self.go_on(orders)

    def lose_isolator(self) -> None:
        """Note that the isolator is gone; what it had in hand is asked again of the next one."""
        isolator = self._roster.isolator
        if isolator is not None:
            self._ledger.release_suspects(isolator)
        self._roster.isolator = None
        if self._at_hand is not None and not self._ledger.is_suspect(self._cases[0].number):
            self._cases.popleft()  # its delta came before the loss
        self._at_hand = None

    def give_up(self, orders: list[Order]) -> None:
        """Leave all suspects unread: the query stops."""
        isolator = self._roster.isolator
        if isolator is not None:
            self.lose_isolator()
            orders.append(DismissWorker(worker=isolator.name, reason="the query stops"))
        while self._cases:
            self._handout.put_back([self._ledger.acquit(self._cases.popleft().number)], orders)

    def go_on(self, orders: list[Order]) -> None:
        """Give the isolator the next thing to do, if it has nothing."""
        isolator = self._roster.isolator
        if isolator is None or self._at_hand is not None or not self._cases:
            return
        case = self._cases[0]
        if case.probing is not None:
            self._n_probes += 1
            self._at_hand = ("probe", self._n_probes)
            path = self._handout.reading_of(isolator, case.number).path
            orders.append(
                ProbeRange(worker=isolator.name, probe=self._n_probes, block=case.block, part=case.probing, path=path)
            )
        else:
            number = self._handout.next_number()
            self._is_guilty = False
            self._at_hand = ("packet", number)
            self._ledger.try_suspect(isolator, case.number)
            isolator.reading = self._handout.reading_of(isolator, case.number)
            packet = Packet(number=number, blocks=(case.block,), is_apart=True, path=isolator.reading.path)
            orders.append(SendPacket(worker=isolator.name, packet=packet))

    # -- the isolator answers

    def hear_failure(self, notice: BlockFailed) -> None:
        """Note that the suspect in hand has failed alone."""
        if self._cases and self._ledger.find(notice.block) == self._cases[0].number:
            self._is_guilty = self._cases[0].hear_failure(notice.failure)
            self._guilty_part = notice.part

    def end_packet(self, isolator: Worker, number: int, orders: list[Order]) -> None:
        """Note that the suspect in hand was tried: it has passed, is tried again, or is guilty."""
        if self._at_hand != ("packet", number):
            return
        self._at_hand = None
        self._ledger.release_suspects(isolator)
        case = self._cases[0]
        if not self._ledger.is_suspect(case.number):
            self._cases.popleft()
        elif self._is_guilty:
            self._convict(case)
        self.go_on(orders)

    def hear_probe(self, notice: RangeProbed, orders: list[Order]) -> None:
        """Note what came of a probe."""
        if self._at_hand != ("probe", notice.probe):
            return
        self._at_hand = None
        case = self._cases[0]
        verdict = case.hear_answer(Answer(notice.failure, notice.event))
        most = most_excluded(self._options)
        if verdict is not None:
            self._apply(case, verdict)
        elif most is not None and self._ledger.excluded_entries + len(case.findings.entries) > most:
            self._apply(case, Verdict(case.findings, None))
        self.go_on(orders)

    # -- verdicts

    def _convict(self, case: Case) -> None:
        part = self._guilty_part if self._guilty_part in case.block.parts else None
        if part is None and len(case.block.parts) == 1:
            part = case.block.parts[0]
        if self._options.on_error != "isolate" or not case.block.n_entries:
            self._exclude(case, list(case.block.parts))
            self.is_hopeless = self.is_hopeless or self._options.on_error == "stop"
            return
        most = most_excluded(self._options)
        case.start_search(part, samples=most is not None and case.block.n_entries > most)

    def _apply(self, case: Case, verdict: Verdict) -> None:
        """Cut what a search has found out of the block; what is left is tried in turn."""
        findings, ranges = verdict
        if ranges is None:
            self.is_hopeless = True
            ranges = remaining(case.block.parts, findings)
        elif ranges == case.block.parts:  # it fails, and nothing in it does
            self._exclude(case, [self._guilty_part] if self._guilty_part in ranges else list(ranges))
            return
        self._note(case, findings)
        self._cut(case, ranges)

    def _note(self, case: Case, findings: Findings) -> None:
        file, tree = case.block.file, self._handout.tree(case.block.file)
        self._gaps.excluded += [
            Excluded(file=file, tree=tree, first=entry, stop=entry + 1, failure=failure, event=event)
            for entry, failure, event in map(BadEntry._make, findings.entries)
        ]
        self._gaps.splits += [
            Split(file=file, tree=tree, first=first, at=at, stop=stop, failure=failure)
            for first, at, stop, failure in findings.halvings
        ]

    def _exclude(self, case: Case, parts: list[Range]) -> None:
        self._gaps.excluded += [self._excluded(case, part) for part in parts]
        self._cut(case, tuple(part for part in case.block.parts if part not in parts))

    def _excluded(self, case: Case, part: Range) -> Excluded:
        assert case.failure is not None
        first, stop = part
        tree = self._handout.tree(case.block.file)
        return Excluded(file=case.block.file, tree=tree, first=first, stop=stop, failure=case.failure)

    def _cut(self, case: Case, ranges: tuple[Range, ...]) -> None:
        block = self._ledger.cut(case.number, ranges)
        if ranges:
            case.become(block)
        else:
            self._cases.remove(case)
        account = self._ledger.account(files_unopened=0)
        if is_too_much(account.excluded, account.processed, self._options):
            self.is_hopeless = True
