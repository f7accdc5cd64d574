"""The crew of crews: workers of all outposts, as one crew to the driver.

Outposts call the hub, which is here. One that is not heard of for a while, or whose connection ends, is lost with all
of its workers; nothing that it says later is heard, as it comes back under another name. Payloads of large deltas stay
with their outposts until they are fetched, a few at a time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from overproof.engines.limits import Limits
from overproof.engines.local.channel import Payload
from overproof.engines.messages import Brief, Command, DeltaArrived, Letter
from overproof.engines.outposts.abroad.adapting import for_others
from overproof.engines.outposts.invitation import Invitation
from overproof.engines.outposts.logs import LogGrew, LogWriter
from overproof.engines.outposts.signals import (
    Arrived,
    Begin,
    Dismiss,
    End,
    Expect,
    Fetch,
    GaveUp,
    Go,
    KeepIsolator,
    KeepMerger,
    KeepPayloads,
    Kill,
    Killed,
    Listening,
    PassOn,
    Provide,
    Provided,
    Tell,
    Watch,
)
from overproof.engines.outposts.starter import Starter
from overproof.engines.outposts.station import Station, outpost_of
from overproof.engines.uploads.upload import Upload
from overproof.engines.wire import Connection, Exchange, fresh_credentials
from overproof.records.block import Delta
from overproof.records.notices import DeltaLost, DeltaOffered, MergerJoined, WorkerJoined, WorkerLost
from overproof.words.errors import EngineError
from overproof.words.ids import WorkerId

MAX_FETCHES = 2
"""Payloads that are asked for at a time: one on its way while another one is merged."""
PROVIDING_POLL_S = 0.5
KILLING_S = 2.0
"""Workers that are killed have ended by then, or nobody waits for what they have printed."""
MAX_IN_VAIN = 10
"""Outposts that may give up, or come and go before anybody listens there, while none is left: then there is no hope."""


class OutpostCrew:
    """Workers of all outposts that call.

    Args:
        starter: starts outposts wherever there are slots.
        hosts: names and addresses under which outposts reach this machine, the likeliest first.
        listen_on: address of the interface; empty: all of them.
        port: to listen on; 0: any that is free.
        silent_s: after which an outpost that is not heard of is given up.
    """

    can_merge = True

    def __init__(
        self,
        starter: Starter,
        *,
        hosts: Sequence[str] = ("127.0.0.1",),
        listen_on: str = "127.0.0.1",
        port: int = 0,
        silent_s: float = 10.0,
    ) -> None:
        self._starter = starter
        self._arrived = threading.Event()
        credentials = fresh_credentials()
        self._exchange = Exchange(credentials, arrived=self._arrived.set, silent_s=silent_s)
        try:
            self.port = self._exchange.listen(listen_on, port)
            self.invitation = Invitation(hosts=tuple(hosts), port=self.port, credentials=credentials)
            starter.start(self.invitation)
        except BaseException:
            self._exchange.close()
            raise
        self._stations: dict[str, Station] = {}
        self._libraries: tuple[str, ...] = ()
        self._uploads: dict[str, Upload] = {}
        self._provided: list[Provided] = []
        self._unprovided: set[str] = set()
        self._logs = LogWriter()
        self._brief: Brief | None = None
        self._limits = Limits()
        self._wants_isolator = False
        self._is_merging = False
        self._to_fetch: deque[Delta] = deque()
        self._own: list[Letter] = []
        self._in_vain: list[str] = []
        self._is_closed = False

    @property
    def size(self) -> int:
        n_workers = sum(station.arrived.n_workers for station in list(self._stations.values()))
        return max(n_workers, self._starter.n_workers, 1)

    @property
    def workers(self) -> list[WorkerId]:
        return [worker for station in list(self._stations.values()) for worker in station.listening]

    @property
    def hosts(self) -> Mapping[str, tuple[str, ...]]:
        return {station.arrived.host: station.arrived.aliases for station in list(self._stations.values())}

    @property
    def awaited(self) -> str:
        return "" if self._stations else self._starter.awaited

    def expect(self, libraries: Sequence[str]) -> None:
        self._libraries = tuple(libraries)
        self._tell_all(Expect(libraries=self._libraries))

    def provide(self, upload: Upload) -> tuple[str, ...]:
        digest = upload.digest
        self._uploads.pop(digest, None)
        self._uploads[digest] = upload
        self._provided.clear()
        self._unprovided = set(self._stations)
        self._tell_all(Provide(upload=upload))
        while self._unprovided:
            self.poll(PROVIDING_POLL_S)
        problems = [said.problem for said in self._provided if said.problem]
        if problems:
            del self._uploads[digest]
            raise EngineError("; ".join(problems))
        return tuple(dict.fromkeys(remark for said in self._provided for remark in said.remarks))

    def begin(self, brief: Brief) -> None:
        self._forget_query()
        self._brief = for_others(brief)
        self._logs.begin(brief.query, brief.log_directory)
        self._in_vain.clear()
        self._limits = Limits()
        for station in self._stations.values():
            self._welcome(station)

    def watch(self, limits: Limits) -> None:
        self._limits = limits
        self._tell_all(Watch(limits=limits))

    def call_isolator(self) -> None:
        self._wants_isolator = True
        self._settle_isolator()

    def dismiss(self, worker: WorkerId) -> None:
        station = self._station_of(worker)
        if station is None:
            return
        station.known.pop(worker, None)
        station.listening = tuple(each for each in station.listening if each != worker)
        if station.has_isolator and _is_isolator(worker):
            station.has_isolator = self._wants_isolator = False
        station.tell(Dismiss(worker=worker))

    def send(self, worker: WorkerId, command: Command) -> None:
        station = self._station_of(worker)
        if station is not None:
            station.tell(Tell(worker=worker, command=command))

    def poll(self, timeout_s: float) -> list[Letter]:
        if self._is_closed:
            raise EngineError("this session is closed: open a new one with overproof.Session()")
        letters = self._hear_all(timeout_s)
        self._check_hope()
        return letters

    def _hear_all(self, timeout_s: float) -> list[Letter]:
        self._exchange.release()
        self._arrived.wait(timeout_s)
        self._arrived.clear()
        letters, self._own = self._own, []
        arrivals = self._exchange.take()
        while arrivals:
            # Taken out one by one, so that no payload is left in memory when the next one comes.
            arrival = arrivals.pop(0)
            letters += self._hear(arrival.connection, arrival.message, arrival.payload)
        return letters

    def wake(self) -> None:
        self._arrived.set()

    # -- mergers, and payloads

    def call_merger(self, host: str) -> None:
        """Let one of the outposts of a host have a merger; where there is none any more, nobody answers."""
        here = [station for station in self._stations.values() if station.arrived.host == host]
        if not self._is_merging:
            self._is_merging = True
            self._tell_all(KeepPayloads())
        if here:
            station = min(here, key=lambda each: each.n_calls)
            station.n_calls += 1
            station.tell(KeepMerger())

    def pass_on(self, delta: Delta, merger: WorkerId) -> None:
        source, station = self._station_of(delta.worker), self._station_of(merger)
        if station is None:
            return  # its loss is told
        if source is None:
            # Its worker is lost, which settles nothing; the merger's outpost says that nothing came.
            station.tell(PassOn(delta=delta, merger=merger, place=None))
        else:
            place = None if source is station else source.place
            station.tell(PassOn(delta=delta, merger=merger, place=place))

    def fetch(self, delta: Delta) -> None:
        self._to_fetch.append(delta)
        self._fetch_next()

    def _fetch_next(self) -> None:
        n_fetching = sum(len(station.fetching) for station in self._stations.values())
        while self._to_fetch and n_fetching < MAX_FETCHES:
            delta = self._to_fetch.popleft()
            station = self._station_of(delta.worker)
            if station is None:  # it was lost while its offer was on the way to the master
                self._own.append(self._letter(DeltaLost(delta=delta, reason=f"{delta.worker} is gone")))
                self._arrived.set()
                continue
            station.fetching[delta.worker, delta.number] = delta
            station.tell(Fetch(delta=delta))
            n_fetching += 1

    # -- a query, or all of them, ends

    def end(self) -> None:
        self._forget_query()
        self._tell_all(End())

    def kill(self) -> None:
        self._forget_query()
        for station in self._stations.values():
            station.is_killing = True
        self._tell_all(Kill())
        deadline_s = time.monotonic() + KILLING_S
        while any(station.is_killing for station in self._stations.values()) and time.monotonic() < deadline_s:
            self._hear_all(KILLING_S / 10)  # what was printed last

    def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._tell_all(Go())
        self._exchange.close()
        self._starter.close()

    def _forget_query(self) -> None:
        self._brief = None
        self._wants_isolator = False
        self._is_merging = False
        self._to_fetch.clear()
        self._own.clear()
        for station in self._stations.values():
            station.fetching.clear()
            station.has_isolator = False
            station.n_calls = 0

    # -- outposts

    def _hear(self, connection: Connection, message: Any, payload: Payload | None) -> list[Letter]:
        """Take in what an outpost says; return letters of its workers."""
        station: Station | None = connection.owner
        match message:
            case None:
                return [] if station is None else self._lose(station, "is not heard of any more")
            case Arrived():
                connection.owner = station = Station(message, connection)
                self._stations[message.name] = station
                for upload in self._uploads.values():
                    station.tell(Provide(upload=upload))
                self._welcome(station)
            case Listening(workers=workers) if station is not None:
                station.listening = workers
                station.has_listened = station.has_listened or bool(workers)
                station.known.update(dict.fromkeys(workers))
            case Provided() if station is not None:
                self._hear_of_upload(station, message)
            case GaveUp(reason=reason):
                self._in_vain.append(reason)
            case LogGrew():
                self._logs.write(message)
            case Killed() if station is not None:
                station.is_killing = False
            case (int(query), reply) if station is not None:
                return self._open(station, Letter(query, reply, payload))
        return []

    def _hear_of_upload(self, station: Station, said: Provided) -> None:
        """Note that an outpost has a package; one that came later and cannot have it is of no use."""
        if station.arrived.name in self._unprovided:
            self._unprovided.discard(station.arrived.name)
            self._provided.append(said)
        elif said.problem:
            self._in_vain.append(said.problem)
            station.tell(Go())

    def _open(self, station: Station, letter: Letter) -> list[Letter]:
        match letter.reply:
            case WorkerJoined(worker=name) | MergerJoined(merger=name):
                station.known[name] = None
            case WorkerLost(worker=name):
                station.known.pop(name, None)
            case DeltaOffered():
                self._in_vain.clear()  # deaths are ordinary, as long as something is done in between
            case DeltaArrived(delta=delta) | DeltaLost(delta=delta):
                station.fetching.pop((delta.worker, delta.number), None)
                self._fetch_next()
        return [letter]

    def _welcome(self, station: Station) -> None:
        """Tell an outpost what all others know."""
        if self._libraries:
            station.tell(Expect(libraries=self._libraries))
        if self._brief is None:
            return
        station.tell(Begin(brief=self._brief))
        station.tell(Watch(limits=self._limits))  # after it: a new query begins without limits
        if self._is_merging:
            station.tell(KeepPayloads())
        self._settle_isolator()

    def _lose(self, station: Station, how: str) -> list[Letter]:
        """Strike an outpost off; say that all of its workers are lost, and what they were to send."""
        self._stations.pop(station.arrived.name, None)
        self._unprovided.discard(station.arrived.name)
        station.connection.owner = None
        if not station.has_listened:
            self._in_vain.append(f"{station.arrived.host} comes and goes")
        reason = f"the outpost on {station.arrived.host} {how}"
        gone = [delta for delta in self._to_fetch if outpost_of(delta.worker) == station.arrived.name]
        for delta in gone:
            self._to_fetch.remove(delta)
        letters = [self._letter(DeltaLost(delta=delta, reason=reason)) for delta in (*station.fetching.values(), *gone)]
        letters += [self._letter(WorkerLost(worker=worker, reason=reason)) for worker in station.known]
        self._fetch_next()
        self._settle_isolator()
        return letters

    def _letter(self, notice: DeltaLost | WorkerLost) -> Letter:
        """Make a letter of our own, in place of somebody who can write no more."""
        return Letter(self._brief.query if self._brief is not None else 0, notice)

    def _settle_isolator(self) -> None:
        """See that one outpost keeps an isolator up while one is wanted."""
        if not self._wants_isolator or any(station.has_isolator for station in self._stations.values()):
            return
        station = next(iter(self._stations.values()), None)
        if station is not None:
            station.has_isolator = True
            station.tell(KeepIsolator())

    def _station_of(self, worker: WorkerId) -> Station | None:
        return self._stations.get(outpost_of(worker))

    def _tell_all(self, message: Any) -> None:
        for station in list(self._stations.values()):
            station.tell(message)

    def _check_hope(self) -> None:
        is_alone = not self._stations
        if is_alone and len(self._in_vain) >= MAX_IN_VAIN:
            raise EngineError(f"no outpost can keep workers up: {self._in_vain[-1]}")
        self._starter.check(is_alone=is_alone)


def _is_isolator(worker: WorkerId) -> bool:
    return worker.rpartition(".")[2].startswith("i")
