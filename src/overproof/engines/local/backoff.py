"""How fast the dead are replaced: at once, and slower and slower while nothing at all gets done."""

from __future__ import annotations

from overproof.words.errors import EngineError

FIRST_DELAY_S = 0.1
MAX_DELAY_S = 5.0
MAX_BARREN_DEATHS = 10
"""Processes that may die one after the other without anything done between (three rounds, where there are many)."""
OWN_WEIGHT = 2
"""One that ends by its own doing before it has begun counts for two: the next one will most likely do the same."""


class Backoff:
    """Counts deaths that nothing came of, and says when the next process may start.

    Args:
        size: number of processes that should be up.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._n_barren = 0
        self._weight = 0
        self._starts_s: list[float] = []

    def reset(self) -> None:
        """Note that something got done: whoever waits may start now."""
        self._n_barren = 0
        self._weight = 0
        self._starts_s.clear()

    def forgive(self) -> None:
        """Note that others got something done: nobody gives up yet, but who waits goes on waiting."""
        self._weight = 0

    def delay(self, now: float, *, how_it_ended: str, weight: int = 1) -> EngineError | None:
        """Note a death that nothing came of: who replaces the dead waits for a while.

        Args:
            now: the time.
            how_it_ended: told when it is the last one.
            weight: deaths for which this one counts.

        Returns:
            Why the engine gives up, when too many have died.
        """
        self._n_barren += 1
        self._weight += weight
        if self._weight > max(MAX_BARREN_DEATHS, 3 * self._size):
            n_deaths = self._n_barren
            self.reset()
            return EngineError(
                f"{n_deaths} worker processes died one after the other without handing anything over; "
                f"of the last one: {how_it_ended}"
            )
        if self._n_barren > 1:
            self._starts_s.append(now + min(MAX_DELAY_S, FIRST_DELAY_S * 2.0 ** (self._n_barren - 2)))
        return None

    def n_waiting(self, now: float) -> int:
        """Return the number of processes that must not start yet."""
        self._starts_s = [start_s for start_s in self._starts_s if start_s > now]
        return len(self._starts_s)

    def wait_s(self, now: float) -> float | None:
        """Return the time until the next one may start; None when nobody waits."""
        return max(0.0, min(self._starts_s) - now) if self._starts_s else None
