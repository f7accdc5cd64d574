"""What is measured of one server: a storage server, or a disk."""

from __future__ import annotations

from overproof.query.storage.bound import Bound, Seen

MEMORY = 0.9
"""Weight of all earlier packets in a pace, against 1 for the last one."""
MIN_S = 1e-6
"""Shorter than any packet; keeps rates finite where a clock is coarse."""
REVIEW_S = 1.0
"""No review comes sooner after the last one."""
MIN_PACKETS = 6
"""And none with fewer packets, nor with fewer than one for each reader."""
NEAR_ENOUGH = 0.1
"""When so much of the time is that of near readers, they alone tell how long one waits for the server."""
FAILURES = 2
"""Failures in a row after which a server is asked only when there is nothing else to do."""


class Pace:
    """Entries a second of one reader, lately.

    Attributes:
        rate_per_s: 0 until measured.
    """

    __slots__ = ("_entries", "_s", "rate_per_s")

    def __init__(self) -> None:
        self.rate_per_s = 0.0
        self._entries = 0.0
        self._s = 0.0

    def add(self, n_entries: int, busy_s: float) -> None:
        """Learn from one packet."""
        self._entries = MEMORY * self._entries + n_entries
        self._s = MEMORY * self._s + max(busy_s, MIN_S)
        self.rate_per_s = self._entries / self._s


class Server:
    """One server: who reads from it, how fast, and how many it bears.

    Attributes:
        name: as the replicas name it.
        n_readers: workers that have a packet of it in hand.
        n_near: those of them on whose machine it is.
        near: pace of those on whose machine it is.
        far: pace of the others.
        waiting: part of their time in which readers waited for it, lately.
    """

    __slots__ = (
        "_began_s",
        "_bound",
        "_busy_s",
        "_entries",
        "_n_failures",
        "_n_packets",
        "_near_s",
        "_seat_s",
        "_seen_s",
        "_waited_near_s",
        "_waited_s",
        "far",
        "n_near",
        "n_readers",
        "name",
        "near",
        "waiting",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.n_readers = self.n_near = 0
        self.waiting = 0.0
        self.near = Pace()
        self.far = Pace()
        self._bound = Bound()
        self._n_failures = 0
        self._began_s = self._seen_s = 0.0
        self._forget(0.0)

    def __repr__(self) -> str:
        return f"Server({self.name}, {self.n_readers} readers)"

    @property
    def limit(self) -> int | None:
        """How many may read at once; None: nothing speaks against as many as anywhere."""
        return self._bound.limit

    @property
    def is_failing(self) -> bool:
        """Tell whether nothing came of it lately."""
        return self._n_failures >= FAILURES

    def fail(self) -> None:
        """Note that something could not be read."""
        self._n_failures += 1

    def learn(self, n_entries: int, busy_s: float, *, is_near: bool, waited_s: float) -> None:
        """Learn from one packet.

        Args:
            n_entries: of the packet.
            busy_s: seconds spent on it.
            is_near: its reader is on the machine of the server.
            waited_s: of the seconds, those spent waiting for what is read.
        """
        (self.near if is_near else self.far).add(n_entries, busy_s)
        self._n_failures = 0
        self._n_packets += 1
        self._entries += n_entries
        self._busy_s += busy_s
        self._waited_s += waited_s
        if is_near:
            self._near_s += busy_s
            self._waited_near_s += waited_s

    def review(self, now: float, *, most: int) -> bool:
        """Think again how many it bears, when enough was seen; tell whether that are more than before.

        Args:
            now: the driver's time.
            most: how many may read from a server of which nothing bad is known.
        """
        elapsed_s = now - self._began_s
        if elapsed_s < REVIEW_S or self._n_packets < max(MIN_PACKETS, self.n_readers):
            return False
        before = self.limit or most
        self._count_seats(now)
        readers = self._seat_s / elapsed_s
        # What came is not counted as it came: packets end in crowds, and those in hand would be left out.
        busy_s = max(self._busy_s, MIN_S)
        self.waiting = self._waiting()
        seen = Seen(readers, readers * self._entries / busy_s, self.waiting)
        self._bound.review(seen, most=most)
        self._forget(now)
        return (self.limit or most) > before

    def _waiting(self) -> float:
        """Return in which part of their time readers waited; who is far also waits for the way."""
        if self._near_s > NEAR_ENOUGH * self._busy_s:
            return self._waited_near_s / self._near_s
        return self._waited_s / max(self._busy_s, MIN_S)

    def seat(self, change: int, now: float, *, is_near: bool) -> None:
        """Note that somebody begins to read (1), or ends (-1)."""
        self._count_seats(now)
        self.n_readers += change
        self.n_near += change * is_near

    def _count_seats(self, now: float) -> None:
        self._seat_s += self.n_readers * (now - self._seen_s)
        self._seen_s = now

    def _forget(self, now: float) -> None:
        self._began_s = self._seen_s = now
        self._seat_s = 0.0
        self._n_packets = 0
        self._entries = 0
        self._busy_s = 0.0
        self._waited_s = 0.0
        self._near_s = self._waited_near_s = 0.0
