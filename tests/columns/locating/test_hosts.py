"""Laws of the names of machines: whatever a server is called, it is the host by which its workers go."""

from __future__ import annotations

import socket

import pytest

from overproof.columns.locating.hosts import HostBook, host_of, hosts_here, is_loopback, own_names, server_at


@pytest.mark.parametrize(
    ("place", "host", "server"),
    [
        ("Disk1.Example.ORG:1094", "disk1.example.org", "disk1.example.org:1094"),
        ("disk1.", "disk1", "disk1"),
        ("[::127.0.0.1]:23105", "127.0.0.1", "127.0.0.1:23105"),
        ("[::ffff:10.0.0.5]:1094", "10.0.0.5", "10.0.0.5:1094"),
        ("[2001:db8::1]:1094", "2001:db8::1", "[2001:db8::1]:1094"),
        ("2001:db8::1", "2001:db8::1", "[2001:db8::1]"),
        ("10.0.0.5", "10.0.0.5", "10.0.0.5"),
    ],
)
def test_spellings(place: str, host: str, server: str) -> None:
    """Every way to write a host, with a port or without, comes to one."""
    assert (host_of(place), server_at(place)) == (host, server)


@pytest.mark.parametrize("name", ["localhost", "localhost.localdomain", "127.0.0.1", "127.9.9.9", "::1"])
def test_what_every_machine_calls_itself(name: str) -> None:
    """Names and addresses of loopback are nobody's own."""
    assert is_loopback(name)
    assert name not in own_names()


def nobody(host: str) -> tuple[str, ...]:
    return ()


def test_names_of_workers_hosts() -> None:
    """By any name or address a host is what its workers call it; others stay themselves."""
    book = HostBook(ask=nobody)
    assert book.learn({"disk1": ("disk1.example.org", "10.0.0.1"), "Disk2.example.org": ("10.0.0.2",)})
    places = ["disk1.example.org:1094", "10.0.0.1:1094", "DISK1", "disk2:1094", "[::ffff:10.0.0.2]:1", "10.0.0.9:1"]
    assert [book.name_of(each) for each in places] == [
        "disk1", "disk1", "disk1", "Disk2.example.org", "Disk2.example.org", "10.0.0.9"
    ]  # fmt: skip
    assert not book.learn({"disk1": ("10.0.0.1",)})


def test_short_names_of_two_are_nobodys() -> None:
    """A short name that begins two hosts means neither; nor does the same short name in another domain."""
    book = HostBook(ask=nobody)
    book.learn({"node1.here.org": (), "node1.there.org": (), "node2.here.org": ()})
    assert [book.name_of(each) for each in ("node1", "node2", "node2.there.org")] == [
        "node1", "node2.here.org", "node2.there.org"
    ]  # fmt: skip


def test_name_servers_are_asked_once() -> None:
    """An address that nobody here knows is looked up, and not again."""
    asked: list[str] = []

    def ask(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("disk1.example.org",)

    book = HostBook(ask=ask)
    book.learn({"disk1.example.org": ()})
    assert {book.name_of("10.0.0.1:1094"), book.name_of("10.0.0.1:2094")} == {"disk1.example.org"}
    assert asked == ["10.0.0.1"]


def test_what_the_site_has_written_counts_most() -> None:
    """A server, or an address, of which the site says the host is there, whatever else is known."""
    book = HostBook({"127.0.0.1:1095": "one", "10.0.0.1": "two"}, ask=nobody)
    book.learn({"three": ("10.0.0.1",)})
    assert book.name_of("[::127.0.0.1]:1095", seen_from="lead") == "one"
    assert book.name_of("10.0.0.1:1094") == "two"


def test_loopback_is_who_says_so() -> None:
    """What a redirector calls by the name of every machine is on its own; what nobody says is on this one."""
    book = HostBook(ask=nobody)
    book.learn({"lead": ("10.0.0.7",), "localhost": own_names()})
    assert book.name_of("127.0.0.1:1095", seen_from="10.0.0.7") == "lead"
    assert book.name_of("127.0.0.1:1095", seen_from="localhost") == "localhost"
    assert book.name_of("localhost") == "localhost"


def test_this_machine() -> None:
    """Workers of this machine are at the host that they name, which goes by its own name."""
    assert host_of(socket.gethostname()) in hosts_here()["localhost"] or is_loopback(socket.gethostname())


def test_name_servers_that_do_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """One who asks name servers for a name waits no longer than he wants to."""
    import threading

    held = threading.Event()
    monkeypatch.setattr(socket, "getfqdn", lambda: str(held.wait(20)))
    assert isinstance(own_names(patience_s=0.01), tuple)
    held.set()
