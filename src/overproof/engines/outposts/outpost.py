"""A crew on another machine, and its way to the hub.

The outpost calls the hub until it answers; while it does, it does what it is told and passes letters up. Where the hub
cannot be heard any more, nobody knows what it believes: all workers end, and the outpost calls again under another
name. After a while without a hub it ends.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from typing import Any

from overproof.columns.locating.hosts import own_names
from overproof.engines.clock import MonotonicClock
from overproof.engines.local.channel import Payload
from overproof.engines.local.processes import ProcessCrew
from overproof.engines.local.watch import machine_memory_bytes
from overproof.engines.messages import DeltaArrived, Ended, Letter, Ready, Settled
from overproof.engines.outposts import signals
from overproof.engines.outposts.abroad import Scratch, adapted
from overproof.engines.outposts.invitation import Invitation
from overproof.engines.outposts.logs import LogSender
from overproof.engines.outposts.payloads.kept import Kept
from overproof.engines.outposts.payloads.passing import ANSWER_S, Passing
from overproof.engines.wire import Connection, Exchange
from overproof.records.notices import (
    DeltaLost,
    DeltaNotPassed,
    DeltaOffered,
    DeltaPassed,
    MergerJoined,
    WorkerJoined,
    WorkerLost,
)
from overproof.words.errors import EngineError
from overproof.words.ids import WorkerId

POLL_S = 0.5
HUB_SILENT_S = 30.0
"""A hub may be silent for longer than an outpost: its machine may sleep, or user code hold up its thread."""
RECALL_S = 1.0
"""Time between two calls of a hub that does not answer."""
LEAVING_S = 22.0
"""Time for workers to hand over, a little more than they take; batch systems kill after 30 seconds."""
FLUSH_S = 2.0
WITH_OFFER_BYTES = 64 * 1024
"""Payloads up to this size travel with the offer, where there are no mergers."""
MEMORY_SHARE = 0.9
"""Part of the slot's memory that workers share; the rest is ours."""


class Outpost:
    """Joins a crew of this machine to the hub.

    `leave` may be called from anywhere; all else belongs to one thread.

    Args:
        invitation: where the hub is.
        n_workers: to keep up.
        host: name of this machine.
        memory_bytes: of all workers; None: what the machine has.
        listen_on: address for other outposts; None: all of this machine.
        quit_after_s: time without a hub after which it ends.
        leave_after_s: time after which it leaves by itself, as slots end.

    Attributes:
        was_alone: it has ended since there was no hub.
    """

    def __init__(
        self,
        invitation: Invitation,
        *,
        n_workers: int,
        host: str,
        memory_bytes: int | None = None,
        listen_on: str | None = None,
        quit_after_s: float = 60.0,
        leave_after_s: float | None = None,
    ) -> None:
        self._invitation = invitation
        self._n_workers = n_workers
        self._host = host
        self._aliases = own_names(patience_s=0.5)
        self._memory_bytes = memory_bytes
        self._clock = MonotonicClock()
        self._quit_after_s = quit_after_s
        self._leave_at_s = None if leave_after_s is None else self._clock.now() + leave_after_s
        self._arrived = threading.Event()
        self._exchange = Exchange(invitation.credentials, arrived=self._wake, silent_s=HUB_SILENT_S)
        self._peer_port = self._exchange.listen(listen_on or "")
        self._addresses = cycle(invitation.hosts)
        self._scratch = Scratch()
        self._logs = LogSender(host, send=self._say, clock=self._clock)
        self._kept = Kept()
        self._passing = Passing(
            self._exchange, self._kept, fail=self._say_not_passed, give_up=self._give_up_merger, clock=self._clock
        )  # fmt: skip
        self._hub: Connection | None = None
        self._alone_since_s: float | None = self._clock.now()
        self._call_at_s = 0.0
        self._is_asked_to_leave = False
        self._leaving_since_s: float | None = None
        self._is_over = self.was_alone = False
        self._crew: ProcessCrew | None = None
        self._begin_anew()
        self._do_by_signal = self._orders()

    def _begin_anew(self) -> None:
        """Take a name that nobody had before, and workers that nobody knows."""
        self._query = 0
        self._keeps_payloads = False
        self._epochs: dict[WorkerId, int] = {}
        self._listening: tuple[WorkerId, ...] | None = None
        self._name = f"{self._host.partition('.')[0]}-{secrets.token_hex(3)}"
        self._crew = ProcessCrew(self._n_workers, prefix=f"{self._name}.")

    def leave(self) -> None:
        """Let workers hand over and go, then end; for any thread, and for signal handlers."""
        self._is_asked_to_leave = True
        self._wake()

    def run(self) -> None:
        """Serve until told to go, or alone for too long.

        Raises:
            EngineError: workers die faster than they can be replaced.
        """
        try:
            while not self._is_over:
                self._turn()
        finally:
            if self._crew is not None:
                self._crew.close()
            self._exchange.close()
            self._scratch.remove()

    def _wake(self) -> None:
        self._arrived.set()
        if self._crew is not None:
            self._crew.wake()

    def _turn(self) -> None:
        self._exchange.release()
        for letter in self._poll():
            self._relay(letter)
        arrivals = self._exchange.take()
        while arrivals:
            # Taken out one by one, so that no payload is left in memory when the next one comes.
            arrival = arrivals.pop(0)
            self._hear(arrival.connection, arrival.message, arrival.payload)
        if self._crew is not None:
            self._passing.look(self._crew)
        self._say_who_listens()
        self._logs.look()
        self._mind_hub()
        self._mind_leaving()

    def _poll(self) -> list[Letter]:
        if self._crew is None:
            self._arrived.wait(POLL_S)
            self._arrived.clear()
            return []
        try:
            return self._crew.poll(POLL_S)
        except EngineError as error:
            self._say(signals.GaveUp(reason=f"{self._host}: {error}"))
            self._flush()
            raise

    # -- the hub

    def _mind_hub(self) -> None:
        """Call the hub when there is none; end when there is none for long."""
        now = self._clock.now()
        if self._hub is None:
            if now >= self._call_at_s and not self._is_asked_to_leave:
                self._call_at_s = now + RECALL_S
                self._hub = self._exchange.dial(next(self._addresses), self._invitation.port)
        elif self._hub.is_open and self._alone_since_s is not None:
            self._alone_since_s = None
            if self._crew is None:
                self._begin_anew()
            arrived = signals.Arrived(
                name=self._name, host=self._host, n_workers=self._n_workers, peer_port=self._peer_port,
                aliases=self._aliases,
            )  # fmt: skip
            self._hub.send(arrived)
        if self._alone_since_s is not None and now - self._alone_since_s > self._quit_after_s:
            self._is_over = self.was_alone = True

    def _lose_hub(self) -> None:
        """Nobody is there any more who could take what workers have: let them end."""
        self._hub = None
        if self._alone_since_s is not None:
            return  # it has never answered
        self._alone_since_s = self._clock.now()
        self._kept.clear()
        self._passing.clear()
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close()
        self._is_over = self._is_asked_to_leave

    def _mind_leaving(self) -> None:
        now = self._clock.now()
        if self._leave_at_s is not None and now >= self._leave_at_s:
            self._is_asked_to_leave = True
        if not self._is_asked_to_leave:
            return
        if self._crew is None:
            self._is_over = True
        elif self._leaving_since_s is None:
            self._leaving_since_s = now
            self._crew.retire()
        elif self._crew.is_empty or now - self._leaving_since_s > LEAVING_S:
            self._flush()
            self._is_over = True

    def _flush(self) -> None:
        """Wait until what was said last is on its way."""
        if self._hub is None:
            return
        self._hub.close(flushes=True)
        deadline_s = self._clock.now() + FLUSH_S
        while self._hub is not None and (left_s := deadline_s - self._clock.now()) > 0:
            self._arrived.wait(left_s)
            self._arrived.clear()
            for arrival in self._exchange.take():
                if arrival.connection is self._hub and arrival.message is None:
                    self._hub = None

    def _say(self, message: Any, payload: Payload | None = None) -> None:
        if self._hub is not None and self._alone_since_s is None:
            self._hub.send(message, payload)

    def _say_who_listens(self) -> None:
        if self._crew is None or self._alone_since_s is not None:
            return
        listening = tuple(self._crew.workers)
        if listening != self._listening:
            self._listening = listening
            self._say(signals.Listening(workers=listening))

    # -- letters up

    def _relay(self, letter: Letter) -> None:
        """Pass a letter up, with what only we know; payloads stay here until they are fetched."""
        query, reply, payload = letter
        match reply:
            case Ready():
                return
            case DeltaOffered(delta=delta) if payload is not None:
                self._kept.put(signals.key_of(query, delta), payload)
                reply = replace(reply, size_bytes=len(payload))
                if self._keeps_payloads or len(payload) > WITH_OFFER_BYTES:
                    payload = None
            case WorkerJoined():
                reply = replace(reply, host=self._host)
            case MergerJoined(merger=merger, epoch=epoch):
                self._epochs[merger] = epoch
                reply = replace(reply, host=self._host)
            case WorkerLost(worker=worker):
                self._kept.lose(worker)
                self._passing.lose_merger(worker)
                self._logs.send_all()
            case Ended():
                self._logs.send_all()  # whoever waits for this looks at the logs next
        self._say((query, reply), payload)
        if isinstance(reply, DeltaPassed | DeltaNotPassed) and self._crew is not None:
            self._passing.answered(reply.merger, self._crew)

    def _say_not_passed(self, query: int, order: signals.PassOn, reason: str) -> None:
        epoch = self._epochs.get(order.merger, 0)
        self._say((query, DeltaNotPassed(merger=order.merger, epoch=epoch, delta=order.delta, reason=reason)))

    def _give_up_merger(self, merger: WorkerId) -> None:
        """End a merger that hangs in what it adds; what it held is computed again."""
        if self._crew is not None:
            self._crew.dismiss(merger)
        self._kept.lose(merger)
        reason = f"the merger did not answer within {self._passing.answer_s:.0f} s"
        self._say((self._query, WorkerLost(worker=merger, reason=reason)))

    # -- orders down

    def _orders(self) -> dict[type, Callable[[ProcessCrew, Any], None]]:
        """Say what is done at each signal."""
        return {
            signals.Expect: lambda crew, signal: crew.expect(signal.libraries),
            signals.Provide: self._provide,
            signals.Begin: self._begin,
            signals.Watch: self._watch,
            signals.Tell: self._tell,
            signals.Dismiss: self._dismiss,
            signals.KeepIsolator: lambda crew, _: crew.call_isolator(),
            signals.KeepMerger: lambda crew, _: crew.call_merger(self._host),
            signals.KeepPayloads: self._keep_payloads,
            signals.Fetch: self._fetch,
            signals.PassOn: lambda crew, signal: self._passing.begin(self._query, signal, crew),
            signals.End: self._end,
            signals.Kill: self._kill,
            signals.Go: self._go,
        }

    def _hear(self, connection: Connection, message: Any, payload: Payload | None) -> None:
        if message is None:
            if connection is self._hub:
                self._lose_hub()
            elif self._crew is not None:
                self._passing.lose(connection, self._crew)
        elif self._crew is None:
            return
        elif isinstance(message, signals.Want | signals.Here | signals.Gone):
            self._passing.arrive(connection, message, payload, self._crew)
        elif connection is self._hub:
            self._do_by_signal[type(message)](self._crew, message)

    def _begin(self, crew: ProcessCrew, signal: signals.Begin) -> None:
        self._forget_query()
        self._query = signal.brief.query
        brief = signal.brief
        if brief.log_directory is not None and not os.access(brief.log_directory, os.W_OK):
            brief = replace(brief, log_directory=self._logs.begin(brief.query, self._scratch.path))
        crew.begin(adapted(brief, machine_bytes=machine_memory_bytes(), directory=self._scratch.path))

    def _provide(self, crew: ProcessCrew, signal: signals.Provide) -> None:
        digest = signal.upload.digest
        try:
            remarks = crew.provide(signal.upload)
        except EngineError as error:
            self._say(signals.Provided(digest=digest, problem=f"{self._host}: {error}"))
        else:
            self._say(signals.Provided(digest=digest, remarks=remarks))

    def _watch(self, crew: ProcessCrew, signal: signals.Watch) -> None:
        limits = signal.limits
        self._passing.answer_s = max(ANSWER_S, limits.block_timeout_s or 0.0)
        if limits.memory_bytes is None and self._memory_bytes is not None:
            limits = replace(limits, memory_bytes=int(self._memory_bytes / self._n_workers * MEMORY_SHARE))
        crew.watch(limits)

    def _tell(self, crew: ProcessCrew, signal: signals.Tell) -> None:
        if isinstance(signal.command, Settled):
            self._kept.settle(signal.worker, signal.command.number)
        crew.send(signal.worker, signal.command)

    def _dismiss(self, crew: ProcessCrew, signal: signals.Dismiss) -> None:
        self._kept.lose(signal.worker)
        crew.dismiss(signal.worker)

    def _keep_payloads(self, crew: ProcessCrew, _: signals.KeepPayloads) -> None:
        self._keeps_payloads = True

    def _fetch(self, crew: ProcessCrew, signal: signals.Fetch) -> None:
        delta = signal.delta
        payload = self._kept.get(signals.key_of(self._query, delta))
        if payload is None:
            self._say((self._query, DeltaLost(delta=delta, reason=f"{delta.worker} is gone")))
        else:
            self._say((self._query, DeltaArrived(delta=delta)), payload)

    def _end(self, crew: ProcessCrew, _: signals.End) -> None:
        self._forget_query()
        crew.end()
        self._logs.send_all()

    def _kill(self, crew: ProcessCrew, _: signals.Kill) -> None:
        self._forget_query()
        with contextlib.suppress(EngineError):  # told at the next turn
            crew.kill()
        self._logs.send_all()
        self._say(signals.Killed())

    def _go(self, crew: ProcessCrew, _: signals.Go) -> None:
        self._is_over = True

    def _forget_query(self) -> None:
        self._kept.clear()
        self._passing.clear()
        self._epochs.clear()
        self._keeps_payloads = False
