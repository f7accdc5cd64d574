"""From the address of an engine to a crew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overproof.engines.local.cores import usable_cores
from overproof.words.errors import OptionError

if TYPE_CHECKING:
    from overproof.engines.crew import Crew

ENGINES = ("local", "inline")


def hire_crew(address: str, *, workers: int | None = None) -> Crew:
    """Start the workers that an address names: `local`, `local:4` or `inline`.

    Args:
        address: name of the engine, with the number of workers behind a colon.
        workers: the number of workers, said apart; None: as the address says, else one a core.

    Raises:
        OptionError: no such engine, or a number of workers that makes no sense.
    """
    if not isinstance(address, str):
        raise OptionError(f"address={address!r}: give 'local', 'local:N' or 'inline'; workers=N says how many")
    engine, separator, count = address.partition(":")
    if engine not in ENGINES or "://" in address:
        raise OptionError(f"no engine {address!r}: there are 'local', 'local:N' (worker processes) and 'inline'")
    if separator and workers is not None:
        raise OptionError(f"the number of workers is said twice: in the address {address!r} and as {workers}")
    n_workers = _parse_count(count, address) if separator else workers
    if n_workers is not None and (not isinstance(n_workers, int) or isinstance(n_workers, bool)):
        raise OptionError(f"workers={n_workers!r}: give a whole number")
    if n_workers is not None and n_workers < 1:
        raise OptionError(f"{n_workers} workers can do nothing: give at least 1")
    if engine == "inline":
        if n_workers not in (None, 1):
            raise OptionError("the engine 'inline' has one worker, in this process: take 'local' for more")
        from overproof.engines.inline import InlineCrew

        return InlineCrew()
    from overproof.engines.local.forking.planting import planted

    stem = planted()  # first of all: it loads its libraries while we load ours
    from overproof.engines.local.processes import ProcessCrew

    return ProcessCrew(n_workers or usable_cores(), planted=stem)


def _parse_count(text: str, address: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise OptionError(f"{address!r}: behind the colon goes the number of workers, as in 'local:4'") from None
