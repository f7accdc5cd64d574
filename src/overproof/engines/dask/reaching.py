"""Whom a session may talk to, and how others reach it."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import socket
from urllib.parse import urlsplit

from distributed import Client, Security

from overproof.words.errors import EngineError, OptionError

CONNECT_S = 15.0


def open_client(address: str, *, insecure: bool) -> Client:
    """Connect to a scheduler that runs somewhere.

    Args:
        address: `dask://host:port`, or as Dask writes it, `tls://...` or `tcp://...`; the first means TLS where Dask's
            configuration has certificates.
        insecure: talk to one that is open to everybody all the same.

    Raises:
        OptionError: it makes no sense, or the scheduler is open and not on this machine.
        EngineError: nobody answers.
    """
    scheme, _, place = address.partition("://")
    try:
        host, port = urlsplit(address).hostname, urlsplit(address).port
    except ValueError:
        host = port = None
    if not host or port is None:
        raise OptionError(f"{address!r}: give the scheduler's host and port, as in 'dask://host:8786'")
    if scheme == "dask":
        scheme = "tls" if Security().tls_client_cert else "tcp"
    _check_host(host, address)
    if scheme == "tls" and not Security().tls_client_cert:
        raise OptionError(
            f"{address}: TLS needs certificates: name them in Dask's configuration (distributed.comm.tls.ca-file, "
            "distributed.comm.tls.client.cert and .key)"
        )
    check_open(f"{scheme}://{place}", insecure=insecure)
    try:
        return Client(f"{scheme}://{place}", timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
        raise EngineError(f"no Dask scheduler answers at {scheme}://{place}: {error}") from error


def _check_host(host: str, address: str) -> None:
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError) as error:
        raise EngineError(f"no Dask scheduler answers at {address}: the name {host} is not known here") from error


def quieten() -> None:
    """Let Dask keep to itself what it logs while a cluster of ours ends: whoever is told to go, it calls lost."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def check_client(client: Client, *, insecure: bool) -> None:
    """See that a client may be used.

    Raises:
        OptionError: it is asynchronous, closed, or connected to an open scheduler on another machine.
    """
    if client.asynchronous:
        raise OptionError("the client is asynchronous: give one that was made with asynchronous=False")
    if client.status != "running":
        raise OptionError(f"the client is {client.status}: give one that is connected")
    check_open(client.scheduler.address, insecure=insecure)


def check_open(address: str, *, insecure: bool) -> None:
    """Refuse a scheduler that anybody can talk to.

    Raises:
        OptionError: it is such a one.
    """
    scheme, _, _ = address.partition("://")
    if scheme in ("tls", "inproc") or is_here(address) or insecure:
        return
    raise OptionError(
        f"the scheduler at {address} is open: whoever reaches it can run programs as you. Start it with TLS, and name "
        "the certificates in Dask's configuration (distributed.comm.tls); or, in a network where you trust all, say "
        "insecure=True (--engine-option insecure=true)"
    )


def is_here(address: str) -> bool:
    """Tell whether an address can be reached from this machine alone."""
    host = urlsplit(address).hostname
    if address.startswith("inproc://"):
        return True
    if not host:
        return False
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(str(each).partition("%")[0]).is_loopback for each in found)


def own_names(scheduler: str) -> tuple[str, ...]:
    """List the names and addresses under which this machine may be reached, the likeliest first.

    Args:
        scheduler: address of the scheduler; workers and this machine can both reach it.
    """
    names = []
    host = urlsplit(scheduler).hostname
    if host:
        with contextlib.suppress(OSError):
            family, _, _, _, target = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect(target)  # sends nothing
                names.append(str(probe.getsockname()[0]))
    names += [socket.getfqdn(), os.uname().nodename]
    return tuple(dict.fromkeys(names))
