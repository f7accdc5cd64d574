"""The mergers that there are, those that were called, and whose deltas go to which."""

from __future__ import annotations

from collections import Counter

from overproof.query.merging.policy import LARGE_BYTES, Crowd, MergerPolicy
from overproof.query.roster import Holder, Roster, Worker
from overproof.records.orders import CallMerger, Order
from overproof.words.ids import WorkerId

CHANGE = 10
"""The number of mergers is thought over when the workers have become more or fewer by one in so many."""
CALL_S = 60.0
"""A merger that was called and has not joined for so long is not waited for."""
MAX_REFUSALS = 3
"""Deltas in a row that a merger could not get or add, after which it is shunned: it hands over and goes."""
MAX_LOSSES = 3
"""Mergers shunned, or lost with nothing of any merged meanwhile, for each that is wanted, after which there are none.

Those shunned count for ever, as what their own hosts bring them says nothing of the others. A host of which so many
were shunned gets none any more, even while others do.
"""
NO_USE = "too many mergers were lost, or could not be reached"
CROWDED = 2
"""A merger with so many times its part of the workers gets no more of them, even of its own host."""


class Merger(Holder):
    """One merger in one epoch; it holds the blocks of the deltas that it has added up and not handed over.

    Attributes:
        n_workers: workers whose deltas go to it.
        n_passing: deltas that are on their way to it.
        n_refused: deltas in a row that it could not get or add.
        was_called: it was asked for what it has, and got nothing since.
        was_shunned: it could not get or add too many.
        reason: why it gets nothing more, and is dismissed when it has handed over; empty as long as it stays.
    """

    __slots__ = ("n_passing", "n_refused", "n_workers", "reason", "was_called", "was_shunned")

    def __init__(self, name: WorkerId, epoch: int, *, host: str) -> None:
        super().__init__(name, epoch, host=host)
        self.n_workers = 0
        self.n_passing = 0
        self.n_refused = 0
        self.was_called = False
        self.was_shunned = False
        self.reason = ""

    @property
    def is_leaving(self) -> bool:
        """Tell whether no delta is passed to it any more."""
        return bool(self.reason)


class Staff:
    """Calls mergers as the policy wants them, and gives each worker one of those there are.

    Args:
        policy: how many mergers, and where.
        roster: the workers.

    Attributes:
        mergers: those that joined and are not lost, by name; those that are to leave as well, as they are still up.
        largest_bytes: size of the largest delta of a worker.
    """

    __slots__ = (
        "_active",
        "_called",
        "_for_large",
        "_for_workers",
        "_is_stale",
        "_last_epochs",
        "_n_lost",
        "_n_wanted",
        "_of",
        "_policy",
        "_roster",
        "_shunned",
        "largest_bytes",
        "mergers",
    )

    def __init__(self, policy: MergerPolicy, roster: Roster) -> None:
        self.mergers: dict[WorkerId, Merger] = {}
        self.largest_bytes = 0
        self._policy: MergerPolicy | None = policy  # None: mergers have done no good
        self._roster = roster
        self._active: list[Merger] = []
        self._called: list[tuple[str, float]] = []  # hosts, and when; the oldest first
        self._of: dict[Worker, Merger | None] = {}
        self._last_epochs: dict[WorkerId, int] = {}
        self._n_wanted = self._n_lost = 0
        self._shunned: Counter[str] = Counter()  # by host
        self._for_workers = 0
        self._is_stale = self._for_large = False

    def find(self, name: WorkerId, epoch: int) -> Merger | None:
        """Find a merger in this very epoch; None when it is lost."""
        merger = self.mergers.get(name)
        return merger if merger is not None and merger.epoch == epoch else None

    # -- they are called, come and go

    def call(self, orders: list[Order], *, now: float) -> None:
        """Call the mergers that are wanted and not there, if that has to be thought over."""
        n_workers, is_large = len(self._roster.workers), self.largest_bytes >= LARGE_BYTES
        is_other = CHANGE * abs(n_workers - self._for_workers) > self._for_workers or is_large != self._for_large
        is_late = bool(self._called) and now - self._called[0][1] > CALL_S
        if self._policy is None or not (is_other or is_late or self._is_stale):
            return
        self._for_workers, self._for_large, self._is_stale = n_workers, is_large, False
        workers = Counter(worker.host for worker in self._roster.workers.values())
        self._called = [(host, at_s) for host, at_s in self._called if host in workers and now - at_s <= CALL_S]
        wanted = self._policy(Crowd(workers, self.largest_bytes))
        self._n_wanted = sum(wanted.values())
        there = Counter([host for host, _ in self._called] + [merger.host for merger in self.mergers.values()])
        good = {host: n for host, n in wanted.items() if self._shunned[host] < MAX_LOSSES * n}
        lacking = {host: n - there[host] for host, n in good.items() if n > there[host]}
        hosts = sorted(lacking, key=lambda host: (-lacking[host], host))
        calls = [host for host in hosts for _ in range(lacking[host])]
        for host in calls[: max(0, self._n_wanted - there.total())]:
            self._called.append((host, now))
            orders.append(CallMerger(host=host))

    def join(self, name: WorkerId, epoch: int, *, host: str) -> Merger | None:
        """Enter a merger; None for an epoch that was entered before."""
        if epoch <= self._last_epochs.get(name, epoch - 1):
            return None
        self._last_epochs[name] = epoch
        answered = next((call for call in self._called if call[0] == host), None)
        if answered is not None:
            self._called.remove(answered)
        merger = self.mergers[name] = Merger(name, epoch, host=host)
        merger.reason = NO_USE if self._policy is None else ""
        self.choose_anew()
        return merger

    def let_go(self, merger: Merger, reason: str) -> None:
        """Give a merger nothing more; it counts as there until it has handed over and left."""
        merger.reason = merger.reason or reason
        self.choose_anew()

    def leave(self, merger: Merger) -> None:
        """Strike off a merger that has handed over everything."""
        del self.mergers[merger.name]
        self.choose_anew()

    def lose(self, merger: Merger) -> None:
        """Strike off a merger that is lost; there are none any more when too many are.

        One that was shunned before was dying when it refused: it counts as lost, and for no more.
        """
        self._n_lost += 1
        self._shunned[merger.host] -= merger.was_shunned
        self.leave(merger)
        self._give_up_if_useless()

    def _give_up_if_useless(self) -> None:
        """Let all mergers go, and call none any more, when they have done no good too often."""
        if self._n_lost + self._shunned.total() >= MAX_LOSSES * max(1, self._n_wanted):
            self._policy = None
            for merger in self.mergers.values():
                self.let_go(merger, NO_USE)

    def praise(self) -> None:
        """Note that something of a merger was merged."""
        self._n_lost = 0

    # -- who gets whose deltas

    def choose_anew(self) -> None:
        """Let every worker be given a merger anew, when its next delta comes."""
        for merger in self.mergers.values():
            merger.n_workers = 0
        self._of.clear()
        self._active = [merger for merger in self.mergers.values() if not merger.is_leaving]
        self._is_stale = True

    def merger_of(self, worker: Worker) -> Merger | None:
        """Return the merger to whom a worker's deltas go; None when the master has them, or it is not settled."""
        return self._of.get(worker)

    def choose(self, worker: Worker) -> Merger | None:
        """Return the merger to whom a delta of a worker goes; None: the master has it.

        One of its own host, unless these are crowded; the one with the fewest workers.
        """
        if not self._active or self._policy is None:
            return None
        if worker in self._of:
            return self._of[worker]
        most = CROWDED * -(-len(self._roster.workers) // len(self._active))
        near = [merger for merger in self._active if merger.host == worker.host and merger.n_workers < most]
        merger = self._of[worker] = min(near or self._active, key=lambda merger: merger.n_workers)
        merger.n_workers += 1
        return merger

    def part(self, worker: Worker, merger: Merger) -> None:
        """Note that a delta of a worker did not get to its merger: the master has its next ones.

        Until mergers come or go: one that has often failed is not asked again, but shunned.
        """
        self._of[worker] = None
        merger.n_refused += 1
        if merger.n_refused >= MAX_REFUSALS and not merger.is_leaving:
            merger.was_shunned = True
            self._shunned[merger.host] += 1
            self.let_go(merger, f"it could not get or add {merger.n_refused} deltas in a row")
            self._give_up_if_useless()
