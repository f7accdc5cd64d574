"""Everything around one query that the master is told of."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from overproof.engines.crew import Crew
from overproof.query.packetizers.table import LOCAL_ONLY
from overproof.records.dataset import Dataset
from overproof.records.notices import CredentialExpired, Notice
from overproof.session.question import Question
from overproof.session.surroundings.protocols import needs_credentials, tells_places
from overproof.words.ids import WorkerId

if TYPE_CHECKING:
    from overproof.columns.credentials import Credential
    from overproof.session.surroundings.passes import Passes
    from overproof.session.surroundings.whereabouts import Whereabouts

PATIENCE_S = 1.0
"""So long the first packets wait to be given to workers near their files, where there are several hosts."""


class Surroundings:
    """Looks around while a query runs.

    Args:
        question: what is asked.
        crew: whose workers read.
        tell: takes notices for the master; for any thread.
    """

    def __init__(self, question: Question, *, crew: Crew, tell: Callable[[Notice], None]) -> None:
        self._crew = crew
        self._tell = tell
        self._paths = [] if question.dataset is None else [spec.path for spec in question.dataset.files]
        self._is_local_only = question.options.packetizer == LOCAL_ONLY
        self._passes = self._find_passes() if needs_credentials(_all_paths(question.dataset)) else None
        self._whereabouts: Whereabouts | None = None

    @property
    def credentials(self) -> tuple[Credential, ...]:
        """What files are read with; none where nobody will ask."""
        return () if self._passes is None else self._passes.credentials

    def begin(self) -> None:
        """Begin to ask where files lie; wait a moment where that may spare the network.

        Raises:
            OptionError: nobody understands what the site has written down.
        """
        has_several = self._crew.can_merge
        is_wanted = self._is_local_only or has_several or tells_places(self._paths)
        if not self._paths or not is_wanted:
            return
        from overproof.columns.locating import mounts_of
        from overproof.session.site import read_site
        from overproof.session.surroundings.whereabouts import Whereabouts

        mounts = mounts_of(read_site(os.environ).mounts)
        self._whereabouts = Whereabouts(self._paths, mounts=mounts, hosts=lambda: self._crew.hosts, tell=self._tell)
        self._whereabouts.begin()
        if has_several:
            self._whereabouts.wait(PATIENCE_S)

    def rest(self, now: float, workers: Collection[WorkerId]) -> None:
        """Look around; called about twice a second.

        Args:
            now: time of the driver.
            workers: those who have joined.
        """
        if self._passes is not None:
            self._passes.rest(now, workers)
        if self._whereabouts is not None:
            self._whereabouts.rest()

    def end(self) -> None:
        """Look no more."""
        if self._whereabouts is not None:
            self._whereabouts.end()

    def _find_passes(self) -> Passes:
        from overproof.session.surroundings.passes import Passes  # hardly anybody needs them

        return Passes(self._crew, expired=self._say_expired)

    def _say_expired(self, reason: str) -> None:
        self._tell(CredentialExpired(reason=reason))


def _all_paths(dataset: Dataset | None) -> list[str]:
    """List whatever is read for a dataset: its files, and those of friends, which may lie elsewhere."""
    if dataset is None:
        return []
    chains = [spec.path for chain in dataset.friends for spec in chain.files]
    parts = [part.path for spec in dataset.files for friend in spec.friends for part in friend.parts]
    return [*(spec.path for spec in dataset.files), *chains, *parts]
