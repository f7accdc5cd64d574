"""The storage: which server has which file, and how long it takes to read from it."""

from __future__ import annotations

import math
import random
from collections import deque

from overproof.engines.simulated.options import SimulationOptions
from overproof.records.dataset import Replica
from overproof.words.ids import FileIndex

MB = 1e6


class Line:
    """What gives bytes to one after the other: a disk, or a link; so its bandwidth is shared, and never exceeded.

    Args:
        mb_s: MB a second.
        thrash: part by which it becomes slower with each further one who waits.
    """

    __slots__ = ("_free_s", "_s_per_byte", "_thrash", "_waiting")

    def __init__(self, mb_s: float, *, thrash: float = 0.0) -> None:
        self._s_per_byte = 1.0 / (mb_s * MB)
        self._thrash = thrash
        self._free_s = 0.0
        self._waiting: deque[float] = deque()

    def give(self, n_bytes: float, now: float) -> float:
        """Say when these bytes have come, to somebody who asks now."""
        needed_s = n_bytes * self._s_per_byte
        if self._thrash:
            waiting = self._waiting
            while waiting and waiting[0] <= now:
                waiting.popleft()
            needed_s *= 1.0 + self._thrash * len(waiting)
        self._free_s = max(self._free_s, now) + needed_s
        if self._thrash:
            self._waiting.append(self._free_s)
        return self._free_s


class Storage:
    """Servers with disks and links, and the files on them.

    Each file lies on as many servers as it has replicas; the first replicas are spread evenly.

    Args:
        options: how many servers, how fast, and how many of them are lost.
        horizon_s: about the time that the query takes.

    Attributes:
        local_bytes: read on the machine that has them.
        remote_bytes: read from another one.
        lost_s: when each server is lost; None: never.
        mb_s: MB a second that each server can give, over its disk, or over its link if nobody works there.
    """

    def __init__(self, options: SimulationOptions, *, horizon_s: float = 0.0) -> None:
        self.local_bytes = 0.0
        self.remote_bytes = 0.0
        self._n_servers = options.servers
        self._n_hosts = min(options.hosts, options.workers)
        dice = random.Random(f"storage {options.seed}")
        slow = set(dice.sample(range(options.servers), math.ceil(options.slow_servers * options.servers)))
        speeds = [options.disk_mb_s / (options.server_slowdown if at in slow else 1.0) for at in range(options.servers)]
        self._disks = [Line(mb_s, thrash=options.thrash) for mb_s in speeds]
        self._links = [Line(options.network_mb_s) for _ in speeds]
        self.mb_s = [
            mb_s if server < self._n_hosts else min(mb_s, options.network_mb_s) for server, mb_s in enumerate(speeds)
        ]
        self.placed = [
            (at % options.servers, *_others(at % options.servers, options, dice)) for at in range(options.files)
        ] if options.servers else []  # fmt: skip
        fates = random.Random(f"lost servers {options.seed}")
        self.lost_s = [
            fates.uniform(0.0, horizon_s) if fates.random() < options.server_losses else None for _ in speeds
        ]

    @property
    def local_share(self) -> float:
        """Share of the bytes that were read where they lie; 1 where nothing was read."""
        n_bytes = self.local_bytes + self.remote_bytes
        return self.local_bytes / n_bytes if n_bytes else 1.0

    def host(self, n_hired: int) -> str:
        """Name the machine of a worker that is hired after so many others."""
        return f"h{n_hired % self._n_hosts}" if self._n_hosts else "localhost"

    def replicas(self, file: FileIndex) -> tuple[Replica, ...]:
        """Return the copies of a file."""
        return tuple(
            Replica(
                path=path_on(server, file), host=f"h{server}" if server < self._n_hosts else "", server=f"s{server}"
            )
            for server in self.placed[file]
        )

    def locate(self) -> dict[FileIndex, tuple[Replica, ...]]:
        """Return the copies of all files."""
        return {file: self.replicas(file) for file in range(len(self.placed))}

    def server(self, file: FileIndex, path: str) -> int:
        """Tell which server is read: that of a path, or that of the first copy."""
        return int(path[1 : path.index(":")]) if path else self.placed[file][0]

    def is_there(self, server: int, now: float) -> bool:
        """Tell whether a server is not lost yet."""
        lost_s = self.lost_s[server]
        return lost_s is None or now < lost_s

    def read(self, server: int, n_bytes: int, *, host: str, now: float) -> float:
        """Say when somebody on a host, who asks now, has got these bytes."""
        ready_s = self._disks[server].give(n_bytes, now)
        if host == f"h{server}":
            self.local_bytes += n_bytes
            return ready_s
        self.remote_bytes += n_bytes
        return max(ready_s, self._links[server].give(n_bytes, now))


def path_on(server: int, file: FileIndex) -> str:
    """Name the copy of a file on a server."""
    return f"s{server}:f{file}"


def _others(first: int, options: SimulationOptions, dice: random.Random) -> list[int]:
    """Draw the servers of the further copies, apart from that of the first."""
    if options.replicas == 1:
        return []
    others = dice.sample(range(options.servers - 1), options.replicas - 1)
    return [server + (server >= first) for server in others]
