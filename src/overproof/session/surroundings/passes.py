"""Whether what files are read with is still valid, and who has it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from overproof.columns.credentials import Credential, find_credentials
from overproof.engines.crew import Crew
from overproof.engines.messages import TakeCredentials
from overproof.session.surroundings.protocols import needs_credentials
from overproof.words.ids import WorkerId

LOOK_S = 1.0
"""How often is looked whether the user has renewed a credential."""


def hand_out(crew: Crew, workers: Iterable[WorkerId], paths: Iterable[str]) -> None:
    """Give workers what they need to read some files, outside of a query."""
    if needs_credentials(paths):
        hand_out_all(crew, workers)


def hand_out_all(crew: Crew, workers: Iterable[WorkerId]) -> None:
    """Give workers what credentials the user has, whatever for."""
    if credentials := find_credentials():
        for worker in workers:
            crew.send(worker, TakeCredentials(credentials=credentials))


class Passes:
    """The credentials of one query.

    Args:
        crew: whose workers read.
        expired: told once, why nothing can be read any more.
        environment: where the user's credentials are named.
        wall_s: tells the time in seconds since 1970.
    """

    def __init__(
        self,
        crew: Crew,
        *,
        expired: Callable[[str], None],
        environment: Mapping[str, str] = os.environ,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._crew = crew
        self._expired = expired
        self._environment = environment
        self._wall_s = wall_s
        self._looked_s = float("-inf")
        self._has_expired = False
        self.credentials = find_credentials(environment)
        self._was_valid = self._is_valid()
        self._given: dict[WorkerId, tuple[Credential, ...]] = {}
        self._first = self.credentials

    def rest(self, now: float, workers: Iterable[WorkerId]) -> None:
        """Look for newer credentials, give them to all who work, and say when there is no valid one any more.

        Args:
            now: time of the driver.
            workers: those who have joined; they came with what was found first.
        """
        if now - self._looked_s < LOOK_S:
            return
        self._looked_s = now
        # What was found once and is gone is kept: its file may be about to be replaced.
        if found := find_credentials(self._environment):
            kinds = {each.kind for each in found}
            self.credentials = (*found, *(each for each in self.credentials if each.kind not in kinds))
        for worker in workers:
            if self._given.setdefault(worker, self._first) != self.credentials:
                self._given[worker] = self.credentials
                self._crew.send(worker, TakeCredentials(credentials=self.credentials))
        self._was_valid = self._was_valid or self._is_valid()
        if self._was_valid and not self._is_valid() and not self._has_expired:
            self._has_expired = True
            self._expired(_why(self.credentials))

    def _is_valid(self) -> bool:
        return any(each.is_valid(self._wall_s()) for each in self.credentials)


def _why(credentials: Iterable[Credential]) -> str:
    """Say what has expired, and what to do."""
    texts = [
        f"the {each.kind} ({each.origin}) has expired at "
        f"{datetime.fromtimestamp(each.expires_at_s).astimezone():%Y-%m-%d %H:%M:%S %z}"
        for each in credentials
        if each.expires_at_s is not None
    ]
    return f"{' and '.join(texts)}: get a new one, and go on with `overproof resume last`"
