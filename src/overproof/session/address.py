"""From the address of an engine to a crew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from overproof.engines.local.cores import usable_cores
from overproof.words.errors import EngineError, OptionError

if TYPE_CHECKING:
    from distributed import Client

    from overproof.engines.crew import Crew

Address: TypeAlias = "str | Client"

ON_BATCH: Final = ("slurm", "htcondor")
ON_DASK: Final = ("dask", "tls", "tcp")
"""Schemes of addresses of schedulers, the last two as Dask itself writes them."""
THERE_ARE: Final = (
    "'local', 'local:N' (worker processes), 'inline', 'slurm:N', 'htcondor:N' (workers in batch jobs) and "
    "'dask://HOST:PORT'"
)


def hire_crew(address: Address, *, workers: int | None = None, options: Mapping[str, Any] | None = None) -> Crew:
    """Start the workers that an address names.

    Args:
        address: name of the engine, with the number of workers behind a colon; the address of a Dask scheduler, or a
            client of one.
        workers: the number of workers, said apart; None: as the address says, else one a core.
        options: of the engine, which go over those of the site file.

    Raises:
        OptionError: no such engine, a number of workers that makes no sense, an option that the engine does not have.
        EngineError: the engine is not to be had.
    """
    if not isinstance(address, str):
        _check_client(address)
        _check_uncounted(workers)
        return _on_dask(address, options)
    engine, separator, count = address.partition(":")
    if engine in ON_DASK and "://" in address:
        _check_uncounted(workers)
        return _on_dask(address, options)
    if engine not in ("local", "inline", *ON_BATCH) or "://" in address:
        raise OptionError(f"no engine {address!r}: there are {THERE_ARE}")
    if separator and workers is not None:
        raise OptionError(f"the number of workers is said twice: in the address {address!r} and as {workers}")
    n_workers = _parse_count(count, address) if separator else workers
    if n_workers is not None and (not isinstance(n_workers, int) or isinstance(n_workers, bool)):
        raise OptionError(f"workers={n_workers!r}: give a whole number")
    if n_workers is not None and n_workers < 1:
        raise OptionError(f"{n_workers} workers can do nothing: give at least 1")
    if engine in ON_BATCH:
        return _on_batch(engine, n_workers, options)
    if options:
        raise OptionError(f"the engine '{engine}' has no option {', '.join(sorted(options))}")
    return _here(engine, n_workers)


def _here(engine: str, n_workers: int | None) -> Crew:
    if engine == "inline":
        if n_workers not in (None, 1):
            raise OptionError("the engine 'inline' has one worker, in this process: take 'local' for more")
        from overproof.engines.inline import InlineCrew

        return InlineCrew()
    from overproof.engines.local.forking.planting import planted

    stem = planted()  # first of all: it loads its libraries while we load ours
    from overproof.engines.local.processes import ProcessCrew

    return ProcessCrew(n_workers or usable_cores(), planted=stem)


def _on_batch(engine: str, n_workers: int | None, options: Mapping[str, Any] | None) -> Crew:
    if n_workers is None:
        raise OptionError(f"say how many workers: '{engine}:64', or workers=64")
    try:
        from overproof.engines.dask import hire_on_batch
    except ImportError as error:
        raise _missing(error) from error
    return hire_on_batch(engine, n_workers, _with_site(engine, options))


def _on_dask(address: Address, options: Mapping[str, Any] | None) -> Crew:
    try:
        from overproof.engines.dask import hire_on_dask
    except ImportError as error:
        raise _missing(error) from error
    return hire_on_dask(address, _with_site("dask", options))


def _with_site(engine: str, options: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options of an engine: what the site says, and over it what the user does."""
    from overproof.session.site import read_site

    return {**read_site().engines[engine], **(options or {})}


def _missing(error: ImportError) -> EngineError:
    return EngineError(f"Dask, Slurm and HTCondor need {error.name}: pip install 'overproof[dask]'")


def _check_client(address: Any) -> None:
    if not type(address).__module__.startswith("distributed.") or not hasattr(address, "scheduler_info"):
        raise OptionError(
            f"address={address!r}: give 'local', 'local:N', 'inline', another engine, or a client of Dask; "
            "workers=N says how many"
        )


def _check_uncounted(workers: int | None) -> None:
    if workers is not None:
        raise OptionError(f"workers={workers}: a Dask cluster has the workers that it has; leave it out")


def _parse_count(text: str, address: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise OptionError(f"{address!r}: behind the colon goes the number of workers, as in 'local:4'") from None
