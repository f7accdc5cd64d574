"""How many mergers there should be, and on which hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import NamedTuple, TypeAlias

from overproof.words.errors import OptionError

MIN_WORKERS = 32
"""With fewer workers the master merges everything itself."""
MIN_WORKERS_OF_LARGE = 8
"""So does it with fewer than these where outputs are large."""
LARGE_BYTES = 4 << 20
"""Outputs from this size on are large: merging them costs more than the way through one more process."""


class Crowd(NamedTuple):
    """What a policy may know.

    Attributes:
        workers: number of workers on each host; at least one on each.
        size_bytes: of the largest delta of a worker that was offered; 0 where nobody says.
    """

    workers: Mapping[str, int]
    size_bytes: int


MergerPolicy: TypeAlias = Callable[[Crowd], Mapping[str, int]]
"""How many mergers there should be on each host; hosts that are not named need none."""


def near_the_root(crowd: Crowd) -> Mapping[str, int]:
    """Want as many mergers as each of them has workers: the square root of the workers, spread as these are.

    Every process, the master included, then takes in about as many deltas as any other.

    Source: sub-mergers of PROOF, of which the best number was measured to be near the square root.
    """
    n_workers = sum(crowd.workers.values())
    if n_workers < (MIN_WORKERS_OF_LARGE if crowd.size_bytes >= LARGE_BYTES else MIN_WORKERS):
        return {}
    return spread(round(sqrt(n_workers)), crowd.workers)


def just(n_mergers: int) -> MergerPolicy:
    """Make a policy that wants a certain number of mergers, whatever there is.

    Raises:
        OptionError: fewer than none.
    """
    if n_mergers < 0:
        raise OptionError(f"{n_mergers} mergers make no sense: give 0 or more")

    def want(crowd: Crowd) -> Mapping[str, int]:
        return spread(n_mergers, crowd.workers)

    return want


def spread(n_mergers: int, workers: Mapping[str, int]) -> dict[str, int]:
    """Spread mergers over hosts as the workers are, by largest remainder; hosts that get none are left out."""
    n_workers = sum(workers.values())
    if not n_workers:
        return {}
    whole = {host: n_mergers * n // n_workers for host, n in workers.items()}
    n_left = n_mergers - sum(whole.values())
    for host in sorted(workers, key=lambda host: (-(n_mergers * workers[host] % n_workers), host))[:n_left]:
        whole[host] += 1
    return {host: n for host, n in whole.items() if n}
