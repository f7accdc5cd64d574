"""Payloads of deltas that wait at their outpost until somebody fetches them, or nobody will."""

from __future__ import annotations

from overproof.engines.local.channel import Payload
from overproof.engines.outposts.signals import DeltaKey
from overproof.words.ids import WorkerId


class Kept:
    """The payloads offered by the workers of one outpost; at most one of each worker, as the next one waits for it."""

    def __init__(self) -> None:
        self._payloads: dict[DeltaKey, Payload] = {}

    def __len__(self) -> int:
        return len(self._payloads)

    def put(self, key: DeltaKey, payload: Payload) -> None:
        """Keep a payload."""
        self._payloads[key] = payload

    def get(self, key: DeltaKey) -> Payload | None:
        """Return a payload, which stays; None: it is not here any more."""
        return self._payloads.get(key)

    def settle(self, worker: WorkerId, number: int) -> None:
        """Drop what a worker may forget."""
        self._drop(lambda key: key[1] == worker and key[3] == number)

    def lose(self, worker: WorkerId) -> None:
        """Drop what a worker has offered that is no more."""
        self._drop(lambda key: key[1] == worker)

    def clear(self) -> None:
        """Drop everything."""
        self._payloads.clear()

    def _drop(self, is_over: object) -> None:
        assert callable(is_over)
        for key in [key for key in self._payloads if is_over(key)]:
            del self._payloads[key]
