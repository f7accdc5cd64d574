"""Laws of who is talked to."""

from __future__ import annotations

import socket

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")


from overproof.engines.dask.ports import check_ports, free_port
from overproof.engines.dask.reaching import check_open, is_here, open_client, own_names
from overproof.words.errors import EngineError, OptionError

ELSEWHERE = "192.0.2.99"
"""An address that is reserved for documentation: nobody has it."""


def test_an_open_scheduler_elsewhere_is_refused_before_anything_is_sent() -> None:
    """Plain text to another machine needs the explicit word; TLS, and this machine, do not."""
    with pytest.raises(OptionError, match="is open: whoever reaches it can run programs as you"):
        check_open(f"tcp://{ELSEWHERE}:8786", insecure=False)
    with pytest.raises(OptionError, match="is open"):
        open_client(f"dask://{ELSEWHERE}:8786", insecure=False)
    check_open(f"tcp://{ELSEWHERE}:8786", insecure=True)
    check_open(f"tls://{ELSEWHERE}:8786", insecure=False)
    check_open("tcp://127.0.0.1:8786", insecure=False)
    check_open("inproc://192.0.2.1/1/1", insecure=False)


@pytest.mark.parametrize("address", ["dask://host", "dask://", "dask://:8786", "tls://host:port"])
def test_an_address_without_a_port_is_no_address(address: str) -> None:
    """The error says what an address looks like."""
    with pytest.raises(OptionError, match="give the scheduler's host and port"):
        open_client(address, insecure=False)


def test_a_scheduler_that_is_not_there_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers the error says whom was called."""
    monkeypatch.setattr("overproof.engines.dask.reaching.CONNECT_S", 0.2)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(EngineError, match=f"no Dask scheduler answers at tcp://127.0.0.1:{port}"):
            open_client(f"dask://127.0.0.1:{port}", insecure=False)


def test_only_loopback_is_here() -> None:
    """An address is here when no other machine can reach it."""
    assert is_here("tcp://127.0.0.1:8786")
    assert is_here("tls://localhost:8786")
    assert not is_here(f"tcp://{ELSEWHERE}:8786")
    assert not is_here("tcp://no-such-host.invalid:8786")


def test_the_likeliest_name_is_the_address_on_the_way_to_the_scheduler() -> None:
    """Whoever reaches the scheduler reaches us by the same network; other names follow, each once."""
    names = own_names("tcp://127.0.0.1:8786")
    assert names[0] == "127.0.0.1"
    assert len(set(names)) == len(names) > 1


def test_a_port_is_taken_from_the_range_that_a_firewall_leaves_open() -> None:
    """The first free one of the range; an error where there is none, or no range."""
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OptionError, match="none of these is free"):
            free_port(port)
        assert free_port(f"{port}-{port + 20}") in range(port + 1, port + 21)
    assert free_port(None) == 0
    for nonsense in ("x", "5-y", "-"):
        with pytest.raises(OptionError, match="give a range such as"):
            free_port(nonsense)


@pytest.mark.parametrize(
    ("ports", "complaint"),
    [
        ("40099-40000", "goes backwards: give '40000-40099'"),
        (70000, "from 1 to 65535"),
        ("65000-70000", "from 1 to 65535"),
        (0, "from 1 to 65535"),
        (True, "give a range such as"),
        (40000, "two are needed, for the session and for Dask's scheduler: give a range such as '40000-40009'"),
    ],
)
def test_ports_that_cannot_do_are_told_why(ports: int | str, complaint: str) -> None:
    """A range backwards, a number that is no port, one port where two are needed: each is said."""
    with pytest.raises(OptionError, match=complaint):
        check_ports(ports, n_needed=2)


def test_one_free_port_of_a_range_is_too_few_for_two() -> None:
    """Where a scheduler is started too, two ports must be free; for a session alone one does."""
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        check_ports(f"{port}-{port + 40}", n_needed=1)
        with pytest.raises(OptionError, match="of these is free"):
            check_ports(f"{port}-{port + 1}", n_needed=2)


def test_a_name_that_nobody_knows_is_told_as_such() -> None:
    """A slip of the pen in the host's name is no open scheduler."""
    with pytest.raises(EngineError, match=r"the name no-such-host\.invalid is not known here"):
        open_client("dask://no-such-host.invalid:8786", insecure=False)


def test_tls_without_certificates_says_where_they_are_named() -> None:
    """The error names the keys of Dask's configuration."""
    with pytest.raises(OptionError, match=r"name them in Dask's configuration \(distributed.comm.tls.ca-file"):
        open_client("tls://127.0.0.1:8786", insecure=False)
