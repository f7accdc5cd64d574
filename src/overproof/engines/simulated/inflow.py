"""What comes to the master: payloads, one by one over its link, merged one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from overproof.engines.simulated.agenda import Agenda
from overproof.engines.simulated.cluster.storage import MB
from overproof.engines.simulated.options import SimulationOptions
from overproof.records.block import Delta


class Inflow:
    """Gets payloads and merges them; one may be merged, and one may wait for that, before the next one comes.

    Args:
        options: with the size of outputs, and the speed of the link and of merging.
        agenda: virtual time.
        is_there: tells whether the payload of a delta can still be got.
        merge: called when a payload is merged.
        miss: called when a payload does not come.

    Attributes:
        n_bytes: that came.
        peak_bytes: of outputs here, at most: the merged ones, and payloads.
        coming_s: seconds in which something came.
        merging_s: seconds in which something was merged.
    """

    def __init__(
        self,
        options: SimulationOptions,
        agenda: Agenda,
        *,
        is_there: Callable[[Delta], bool],
        merge: Callable[[Delta], object],
        miss: Callable[[Delta], object],
    ) -> None:
        self.n_bytes = self.peak_bytes = self.coming_s = self.merging_s = 0.0
        self._agenda = agenda
        self._is_there = is_there
        self._merge = merge
        self._miss = miss
        self._size_bytes = options.output_mb * MB
        self._come_s = options.output_mb / options.inflow_mb_s
        self._merge_s = options.output_mb / options.merge_mb_s + options.merge_s
        self.clear()

    def clear(self) -> None:
        """Forget everything that is to come, because the master is gone."""
        self._to_come: deque[Delta] = deque()
        self._coming: Delta | None = None
        self._waiting: Delta | None = None
        self._merging: Delta | None = None

    def fetch(self, delta: Delta) -> None:
        """Get a payload, after those that are to come already, and merge it."""
        self._to_come.append(delta)
        self._go_on()

    def _go_on(self) -> None:
        if self._merging is None and self._waiting is not None:
            self._merging, self._waiting = self._waiting, None
            self.merging_s += self._merge_s
            self._agenda.at(self._agenda.now + self._merge_s, self._end)
        if self._coming is None and self._waiting is None and self._to_come:
            self._coming = self._to_come.popleft()
            self.coming_s += self._come_s
            n_payloads = 1 + (self._merging is not None)
            self.peak_bytes = max(self.peak_bytes, (1 + n_payloads) * self._size_bytes)
            self._agenda.at(self._agenda.now + self._come_s, self._arrive)

    def _arrive(self) -> None:
        delta, self._coming = self._coming, None
        assert delta is not None
        if self._is_there(delta):
            self.n_bytes += self._size_bytes
            self._waiting = delta
        else:
            self._miss(delta)
        self._go_on()

    def _end(self) -> None:
        delta, self._merging = self._merging, None
        assert delta is not None
        self._merge(delta)
        self._go_on()
