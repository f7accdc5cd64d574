"""Hosts of their own on one machine: network namespaces with addresses, cables, delay and loss."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from real_service import Service, started

NETS = range(60, 250)
"""Numbers for networks 10.N.0.0/24."""


class Hosts:
    """Some hosts, each with its own address, and this machine beside them.

    Hosts are named `h1`, `h2` and so on; all hang on cables with delay and loss, at first none.
    """

    def __init__(self, service: Service, net: int, names: list[str]) -> None:
        self.address = f"10.{net}.0.1"
        self.names = names
        self._service = service

    def command(self, host: str, *command: str) -> list[str]:
        """Return the command that runs another one on a host."""
        return self._service.command("exec", host, *command)

    def shape(self, host: str, *, delay_ms: float, mbit: float, loss_percent: float = 0.0) -> None:
        """Give a cable a delay each way, a rate and a loss of frames."""
        self._service.tell("wan", host, f"{delay_ms:g}", f"{mbit:g}", f"{loss_percent:g}")

    def cut(self, host: str) -> None:
        """Cut a cable: what is sent is lost in silence."""
        self._service.tell("cut", host)

    def heal(self, host: str) -> None:
        """Mend a cable."""
        self._service.tell("join", host)

    def part(self, host: str, other: str) -> None:
        """Let two hosts reach everybody but each other: what they send is lost in silence."""
        self._service.tell("drop", host, other)


@contextmanager
def started_hosts(n_hosts: int) -> Iterator[Hosts]:
    """Start some hosts."""
    if os.geteuid():
        pytest.skip("only root can make hosts out of network namespaces")
    net = free_net()
    names = [f"h{number}" for number in range(1, n_hosts + 1)]
    specs = [f"{name}:wan" for name in names]
    with started("netns-hosts.sh", *specs, needs=["ip", "nft", "/dev/net/tun"], NET=str(net)) as service:
        yield Hosts(service, net, names)


def free_net() -> int:
    """Return the number of a network that nobody has made."""
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    return random.choice([net for net in NETS if f"af{net}:" not in links])
