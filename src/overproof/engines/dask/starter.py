"""Outposts on the workers of a Dask cluster."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from distributed import Client
from distributed.protocol.pickle import dumps

from overproof.engines.clock import MonotonicClock
from overproof.engines.dask.jobs import Jobs
from overproof.engines.dask.scout import environment
from overproof.engines.dask.sending import Sent
from overproof.engines.outposts.invitation import Invitation
from overproof.words.errors import EngineError

PATIENCE_S = 3.0
"""How long after one Dask worker was refused it is believed that no other one will do."""
MAX_DEATHS = 3
"""Outposts that may end by themselves one after the other while none lives, before there is no hope."""
CLOSE_S = 10.0
HELLO_S = 0.01


class EnvironmentWarning(UserWarning):
    """Dask workers do not have what the user's session has."""


class DaskStarter:
    """Sends a scout to each Dask worker, present and future.

    Args:
        client: of the cluster, synchronous.
        n_workers: that were asked for; 0: as many as the cluster has threads.
        arguments: further ones of each outpost.
        jobs: in which its workers are; None: they are somebody else's.
        is_own_cluster: the cluster ends with the session.
        close: called last.
    """

    def __init__(
        self,
        client: Client,
        *,
        n_workers: int = 0,
        arguments: Sequence[str] = (),
        jobs: Jobs | None = None,
        is_own_cluster: bool = False,
        close: Callable[[], object],
    ) -> None:
        self.n_workers = n_workers
        self._client = client
        self._arguments = list(arguments)
        self._jobs = jobs
        self._is_own_cluster = is_own_cluster
        self._close = close
        self._name = f"overproof-{secrets.token_hex(6)}"
        self._clock = MonotonicClock()
        self._lock = threading.Lock()
        self._sending: Future[None] | None = None
        self._is_listening = self._has_news = False
        self._n_accepted = 0
        self._refused: dict[str, str] = {}
        self._refused_s = 0.0
        self._deaths: list[str] = []
        self._differences: dict[str, list[str]] = {}
        self._is_warned: set[str] = set()

    @property
    def awaited(self) -> str:
        with self._lock:
            if self._n_accepted:
                return ""
        return "waiting for Dask workers" if self._jobs is None else self._jobs.awaited

    def start(self, invitation: Invitation) -> None:
        if not self.n_workers:
            self.n_workers = sum(self._client.nthreads().values())
        self._client.subscribe_topic(self._name, self._hear)
        sent = Sent(
            {
                "topic": self._name,
                "client": self._client.id,
                "invitation": invitation.to_text(),
                "environment": environment(),
                "arguments": self._arguments,
                "is_own": self._is_own_cluster,
            }
        )
        # Not waited for: a worker that cannot be reached holds up nobody.
        self._sending = self._begin(self._send(dumps(sent)))

    async def _send(self, scout: bytes) -> None:
        """Send the scout, when it is sure that what scouts say is heard: Dask does not say when it begins to listen."""
        scheduler = self._client.scheduler
        while not self._is_listening:
            await scheduler.log_event(topic=self._name, msg={"what": "hello", "host": "", "reason": ""})
            await asyncio.sleep(HELLO_S)
        await scheduler.register_worker_plugin(plugin=scout, name=self._name, idempotent=False)

    def check(self, *, is_alone: bool) -> None:
        if self._has_news:
            self._warn()
        if not is_alone:
            with self._lock:
                self._deaths.clear()  # that some die is ordinary, as long as others come
            return
        self._check_scheduler()
        with self._lock:
            refused, n_accepted, deaths = dict(self._refused), self._n_accepted, list(self._deaths)
        if refused and not n_accepted and self._clock.now() - self._refused_s > PATIENCE_S:
            raise EngineError(f"no Dask worker can be used: {_listed(refused)}")
        if len(deaths) >= MAX_DEATHS:
            raise EngineError(f"outposts end by themselves: {deaths[-1]}")
        if self._jobs is not None:
            self._jobs.check()

    def _check_scheduler(self) -> None:
        is_gone = self._client.status == "closed"
        problem = self._sending.exception() if self._sending is not None and self._sending.done() else None
        if is_gone or problem is not None:
            raise EngineError(
                f"Dask's scheduler cannot be reached any more: {problem or 'it has closed the connection'}"
            )

    def close(self) -> None:
        if not self._is_own_cluster:
            with contextlib.suppress(Exception):  # Dask's own, of many kinds: outposts have ended by themselves
                self._client.unsubscribe_topic(self._name)
                self._begin(self._client.scheduler.unregister_worker_plugin(name=self._name)).result(CLOSE_S)
        self._close()

    # -- what scouts say, in Dask's thread

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        _, said = event
        host, reason = str(said["host"]), str(said["reason"])
        with self._lock:
            self._has_news = True
            match said["what"]:
                case "hello":
                    self._is_listening = True
                case "accepted":
                    self._n_accepted += 1
                    self._deaths.clear()
                    if reason:
                        self._differences.setdefault(reason, []).append(host)
                case "refused":
                    self._refused[host] = reason
                    self._refused_s = self._clock.now()
                case "died":
                    self._deaths.append(f"{host}: {reason}")

    def _warn(self) -> None:
        """Say once what differs, and who is left out where others are not."""
        with self._lock:
            self._has_news = False
            refused = dict(self._refused) if self._n_accepted else {}
            differing = {reason: ", ".join(sorted(set(hosts))) for reason, hosts in self._differences.items()}
        for reason, hosts in differing.items():
            self._warn_once(f"libraries differ on {hosts}, and answers may in the last bit: {reason}", about=reason)
        for host, reason in refused.items():
            self._warn_once(f"the Dask worker on {host} is not used: {reason}", about=host)

    def _warn_once(self, text: str, *, about: str) -> None:
        if about not in self._is_warned:
            self._is_warned.add(about)
            warnings.warn(text, EnvironmentWarning, stacklevel=2)

    def _begin(self, coroutine: Any) -> Future[Any]:
        """Let Dask's thread do something."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)


def _listed(refused: dict[str, str]) -> str:
    """Name each reason once, with its hosts."""
    hosts_by_reason: dict[str, list[str]] = {}
    for host, reason in refused.items():
        hosts_by_reason.setdefault(reason, []).append(host)
    return "; ".join(f"{', '.join(hosts)}: {reason}" for reason, hosts in hosts_by_reason.items())
