"""What may be said to a batch system, looked at before anything starts."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from datetime import time
from numbers import Integral, Real
from typing import Any, Final

from dask.utils import parse_bytes
from dask_jobqueue.core import JobQueueCluster

from overproof.engines.dask.batch import CLUSTERS
from overproof.words.errors import OptionError

OURS: Final = frozenset({
    "asynchronous", "dashboard_address", "job_cls", "job_name", "loop", "n_workers", "name", "protocol", "scheduler",
    "scheduler_cls", "security", "silence_logs",
})  # fmt: skip
"""Options of dask-jobqueue that a session sets by itself."""
_HIDDEN: Final = "job_kwargs"
"""With this dask-jobqueue begins to tell all that it was given, keys included."""
MAX_TEXT: Final = 300


def checked_options(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said, without what is None.

    Args:
        kind: `slurm` or `htcondor`.
        options: of the cluster of dask-jobqueue.

    Raises:
        OptionError: there is no such option, or it cannot have such a value.
    """
    said = {name: value for name, value in options.items() if value is not None}
    known = _known(kind)
    for name, value in said.items():
        if name in OURS:
            raise OptionError(f"{kind}: {name} is set by each session for itself: leave it out")
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            raise OptionError(f"{kind} has no option {name}" + (f": is it {close[0]}?" if close else ""))
        is_right, how = _SHAPES[kind].get(name) or _SHAPES["both"].get(name, _ANY)
        if not is_right(value):
            raise OptionError(f"{kind}: {name}={value!r}: give {how}")
    if said.get("processes", 1) > said.get("cores", 1):
        raise OptionError(f"{kind}: processes={said['processes']} of {said.get('cores', 1)} cores: each needs one")
    return said


def plainly(error: BaseException) -> str:
    """Return what Dask says of an error in one line, without anything that it was given."""
    lines = [line.strip() for line in str(error).partition(_HIDDEN)[0].splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} ..."


def _known(kind: str) -> frozenset[str]:
    """Name the options that dask-jobqueue knows for a batch system."""
    classes = [JobQueueCluster, *CLUSTERS[kind].job_cls.__mro__]
    beginnings = [inspect.signature(each.__init__) for each in classes if each is not object]
    return frozenset(
        name
        for signature in beginnings
        for name, parameter in signature.parameters.items()
        if name != "self" and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    )


def _is_count(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 1


def _is_span(value: object) -> bool:
    return isinstance(value, str) or (not isinstance(value, bool) and isinstance(value, Real) and float(value) > 0)


def _is_size(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | Real):
        return False
    try:
        return bool(parse_bytes(value) > 0)
    except ValueError:
        return False


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _is_text(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, str | Integral | time)


Shape = tuple[Callable[[Any], bool], str]
_ANY: Final[Shape] = (lambda _: True, "")
_COUNT: Final[Shape] = (_is_count, "a whole number of at least 1")
_SIZE: Final[Shape] = (_is_size, "a size, such as '8 GB'")
_TEXT: Final[Shape] = (_is_text, "text")
_LIST: Final[Shape] = (_is_list, 'a list of texts, such as ["one", "two"]')
_TABLE: Final[Shape] = (lambda value: isinstance(value, Mapping), 'a table, such as {name = "value"}')
_SHAPES: Final[dict[str, dict[str, Shape]]] = {
    "both": {
        "cores": _COUNT,
        "processes": _COUNT,
        "memory": _SIZE,
        "death_timeout": (_is_span, "a number of seconds above 0"),
        "nanny": (lambda value: isinstance(value, bool), "true or false"),
        "scheduler_options": _TABLE,
        **dict.fromkeys(("worker_extra_args", "job_script_prologue", "job_directives_skip"), _LIST),
        **dict.fromkeys(("interface", "local_directory", "log_directory", "python", "shebang"), _TEXT),
    },
    "slurm": {
        "job_cpu": _COUNT,
        "job_extra_directives": _LIST,
        **dict.fromkeys(("account", "job_mem", "queue", "walltime"), _TEXT),
    },
    "htcondor": {
        "disk": _SIZE,
        "job_extra_directives": _TABLE,
        **dict.fromkeys(("cancel_command_extra", "submit_command_extra"), _LIST),
    },
}
