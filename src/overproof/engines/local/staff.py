"""The processes of a crew: hired under names that nobody had before, found by what they are for, let go for good."""

from __future__ import annotations

import threading
from typing import Final

from overproof.engines.local.forking.planting import Planted, plant
from overproof.engines.local.forking.stem import Stem
from overproof.engines.local.hand import ENDING_S, Hand, Role, hire
from overproof.engines.local.mailbox import Mailbox
from overproof.words.clock import Clock
from overproof.words.ids import WorkerId

LETTERS: Final[dict[Role, str]] = {"worker": "w", "isolator": "i", "merger": "m"}
"""How the names of processes begin."""


class Staff:
    """Those who are up; `let_go` and whatever reads what was let go hold the lock.

    Args:
        prefix: before the name of each, where there are other crews.
        planted: the stem, where it was started before; None: it is started now.
        frozen_s: seconds without beat and processor time after which a process is given up.
        clock: monotonic seconds of this machine.

    Attributes:
        hands: they, by name, the oldest first.
        lock: to be held by other threads while they look at a hand.
        mailbox: what they say.
        stem: who forks them.
    """

    def __init__(self, *, prefix: str, planted: Planted | None, frozen_s: float, clock: Clock) -> None:
        self.hands: dict[WorkerId, Hand] = {}
        self.lock = threading.RLock()
        self.mailbox: Mailbox[Hand] = Mailbox()
        self.stem = Stem(planted or plant(), frozen_s=frozen_s)
        self._prefix = prefix
        self._frozen_s = frozen_s
        self._clock = clock
        self._n_hired = 0

    def of(self, role: Role) -> list[Hand]:
        """Give those of one kind, the oldest first."""
        return [hand for hand in list(self.hands.values()) if hand.role == role]

    def hire(self, role: Role, *, in_haste: bool = False) -> None:
        """Ask for one more.

        Args:
            role: what for.
            in_haste: with nothing loaded but what plain columns need; somebody waits for it.
        """
        name = f"{self._prefix}{LETTERS[role]}{self._n_hired}"
        self._n_hired += 1
        hand = hire(
            name, stem=self.stem, role=role, now=self._clock.now(), frozen_s=self._frozen_s, in_haste=in_haste
        )  # fmt: skip
        self.hands[name] = hand
        self.mailbox.add(hand.channel, hand)

    def let_go(self, hand: Hand) -> int | None:
        """End a process for good; return its exit code, None when it cannot be told."""
        with self.lock:
            if self.hands.pop(hand.name, None) is None:
                return None
            self.mailbox.remove(hand.channel)
            hand.kill()
            hand.release()
        exit_code = hand.end()
        hand.bury()
        return exit_code

    def let_all_go(self) -> None:
        """End all for good."""
        hands = list(self.hands.values())
        for hand in hands:
            hand.kill()  # all at once, then wait for one after the other
        for hand in hands:
            self.let_go(hand)

    def replace_lost_stem(self) -> None:
        """Have somebody again who forks.

        Raises:
            EngineError: this system starts no more processes.
        """
        if self.stem.is_lost:
            self.stem.close()
            self.stem = Stem(plant(), frozen_s=self._frozen_s)

    def note_ends(self) -> list[Hand]:
        """Give those that run; note of the others that they have ended, so that `poll` sees their loss."""
        for hand in self.hands.values():
            if not hand.ended_s and hand.has_ended:
                # What it has forked holds the connection open: it ends too.
                hand.ended_s = self._clock.now()
                hand.kill()
        return [hand for hand in self.hands.values() if not hand.ended_s and hand.pid]

    def silent_dead(self) -> list[Hand]:
        """Return those that have ended, or were killed, and whose connection has not told so for a while.

        Those that never began are too, and those of a lost stem.
        """
        now = self._clock.now()
        self.stem.check(now)
        hands = list(self.hands.values())
        return [hand for hand in hands if hand.process.problem or 0 < hand.ended_s < now - ENDING_S]

    def close(self) -> None:
        """End all, and who forks them."""
        self.let_all_go()
        self.stem.close()
        self.mailbox.close()
