"""The many names and addresses of one machine."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

OWN_V4 = Path("/proc/net/fib_trie")
OWN_V6 = Path("/proc/net/if_inet6")

_LOCAL_V4 = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")
_PORT = re.compile(r":\d+$")


def host_of(place: str) -> str:
    """Return the host out of `host:port`, `[address]:port` or a host alone, in small letters.

    An address of IPv4 that is written as one of IPv6 is written plainly.
    """
    place = place.strip().casefold()
    if place.startswith("["):
        text = place[1:].partition("]")[0]
    elif place.count(":") > 1:
        text = place
    else:
        text = _PORT.sub("", place)
    return _plain(text.rstrip("."))


def server_at(place: str) -> str:
    """Write a server as `host:port`, its address plainly; without a port it stays without."""
    port = _PORT.search(place)
    host = host_of(place)
    shown = f"[{host}]" if ":" in host else host
    return shown + (port[0] if port and has_port(place) else "")


def has_port(place: str) -> bool:
    """Tell whether a server is written with its port."""
    is_bare = place.count(":") > 1 and not place.startswith("[")
    return not is_bare and _PORT.search(place) is not None


def _plain(text: str) -> str:
    if text.startswith("::") and "." in text:
        return text.rpartition(":")[2]
    return text


def is_loopback(host: str) -> bool:
    """Tell whether every machine means itself by a name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.partition(".")[0] in {"localhost", "ip6-localhost"}


def own_names(*, patience_s: float = 1.0) -> tuple[str, ...]:
    """Return the names and addresses by which others may know this machine; those of every machine are left out.

    Args:
        patience_s: longer is not waited for the name servers.
    """
    names = [socket.gethostname()]
    asking = threading.Thread(target=lambda: names.append(socket.getfqdn()), daemon=True)
    asking.start()
    asking.join(patience_s)
    found = (host_of(each) for each in [*names, *_own_addresses()])
    return tuple(dict.fromkeys(each for each in found if each and not is_loopback(each)))


def hosts_here() -> dict[str, tuple[str, ...]]:
    """Return the host of workers that never leave this machine, as they call it, with its names."""
    return {"localhost": own_names()}


def _own_addresses() -> list[str]:
    """Return the addresses of this machine, where the system tells them."""
    found: list[str] = []
    try:
        found += _LOCAL_V4.findall(OWN_V4.read_text())
        lines = (line.split() for line in OWN_V6.read_text().splitlines())
        found += [str(ipaddress.IPv6Address(int(words[0], 16))) for words in lines if words]
    except (OSError, ValueError):
        pass  # without them names alone have to do
    return found


def ask_name_servers(host: str) -> tuple[str, ...]:
    """Return what else name servers call a host; nothing where they do not know it."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return ()
        return tuple(dict.fromkeys(host_of(str(answer[4][0])) for answer in answers))
    try:
        name, others, _ = socket.gethostbyaddr(host)
    except OSError:
        return ()
    return tuple(map(host_of, (name, *others)))


class HostBook:
    """Finds the name by which workers on a machine call it.

    Args:
        given: names of workers' hosts by other names, addresses, or `host:port`, as the site has written them down.
        ask: tells what else a host is called; may take its time.
    """

    def __init__(
        self, given: Mapping[str, str] | None = None, *, ask: Callable[[str], Iterable[str]] = ask_name_servers
    ) -> None:
        self._given = {server_at(place): host for place, host in (given or {}).items()}
        self._ask = ask
        self._others: dict[str, tuple[str, ...]] = {}
        self._hosts: dict[str, str] = {}

    def learn(self, hosts: Mapping[str, Iterable[str]]) -> bool:
        """Learn on which hosts there are workers, and what else these are called; tell whether that is news."""
        before = dict(self._hosts)
        for host, others in hosts.items():
            for each in (host, *others):
                self._hosts.setdefault(host_of(each), host)
        return before != self._hosts

    def name_of(self, place: str, *, seen_from: str = "") -> str:
        """Return how workers on the host of a server call it; where there are none, its name as it is.

        Args:
            place: the server, as a host or `host:port`.
            seen_from: the host that has said so: what it calls by the name of every machine is itself.
        """
        server, host = server_at(place), host_of(place)
        if is_loopback(host) and seen_from and server not in self._given and host not in self._given:
            host = host_of(seen_from)
        for each in (server, host):
            if each in self._given:
                return self._given[each]
        if is_loopback(host):
            return self._known(own_names()) or self._known([host]) or host
        return self._known([host]) or self._known(self._asked(host)) or host

    def _known(self, names: Iterable[str]) -> str:
        """Return the host of workers that one of some names means; a short name means the only one that begins so."""
        names = list(names)
        found = next((self._hosts[each] for each in names if each in self._hosts), "")
        return found or next(filter(None, map(self._begun_alike, names)), "")

    def _begun_alike(self, name: str) -> str:
        if not name or name[0].isdigit() or ":" in name:
            return ""
        short, _, domain = name.partition(".")
        hosts = {
            host
            for known, host in self._hosts.items()
            if known.partition(".")[0] == short and not (domain and known.partition(".")[2])
        }
        return hosts.pop() if len(hosts) == 1 else ""

    def _asked(self, host: str) -> tuple[str, ...]:
        if host not in self._others:
            self._others[host] = tuple(self._ask(host))
        return self._others[host]
