"""Ports of this machine that a session may listen on."""

from __future__ import annotations

import contextlib
import itertools
import socket
from collections.abc import Iterator
from typing import Final

from overproof.words.errors import OptionError

MAX_PORT: Final = 65_535


def check_ports(ports: str | int | None, *, n_needed: int) -> None:
    """See that there are as many free ones as are needed.

    Args:
        ports: `"40000-40099"`, one port, or None: any.
        n_needed: 2 where a scheduler is started as well.

    Raises:
        OptionError: this is no range of ports, or too few of it are free.
    """
    if ports is None:
        return
    found = _range_of(ports)
    if len(found) < n_needed:
        raise OptionError(
            f"ports={ports!r}: two are needed, for the session and for Dask's scheduler: give a range such as "
            f"'{found[0]}-{min(found[0] + 9, MAX_PORT)}'"
        )
    n_free = len(list(itertools.islice(_free(found), n_needed)))
    if n_free == 0:
        raise OptionError(f"ports={ports!r}: none of these is free on this machine")
    if n_free < n_needed:
        raise OptionError(f"ports={ports!r}: {n_free} of these is free on this machine, and {n_needed} are needed")


def free_port(ports: str | int | None) -> int:
    """Return a port that is free now, of those that may be used; 0: any.

    Args:
        ports: as of `check_ports`.

    Raises:
        OptionError: this is no range of ports, or none of it is free.
    """
    if ports is None:
        return 0
    for port in _free(_range_of(ports)):
        return port
    raise OptionError(f"ports={ports!r}: none of these is free on this machine")


def some_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def _range_of(ports: str | int) -> range:
    texts = [text.strip() for text in str(ports).split("-")]
    if isinstance(ports, bool) or len(texts) > 2 or not all(text.isascii() and text.isdigit() for text in texts):
        raise OptionError(f"ports={ports!r}: give a range such as '40000-40099'")
    first, last = int(texts[0]), int(texts[-1])
    if not (1 <= first <= MAX_PORT and 1 <= last <= MAX_PORT):
        raise OptionError(f"ports={ports!r}: ports go from 1 to {MAX_PORT}")
    if last < first:
        raise OptionError(f"ports={ports!r}: the range goes backwards: give '{last}-{first}'")
    return range(first, last + 1)


def _free(ports: range) -> Iterator[int]:
    return (port for port in ports if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("", port))
        return True
    return False
