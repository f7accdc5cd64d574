"""Reading alone: overproof's own readers over all blocks, in two processes, and nothing made of the columns."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from benchmarks.peers.parallel import shared
from benchmarks.peers.protocol import TREE, Reply, Request, now, serve

BEGAN_S = now()
BLOCK_ENTRIES = 100_000
PACKET_BLOCKS = 4
"""Consecutive blocks that a process takes in one go."""


def answer(request: Request, question: Any) -> Reply:
    """Learn the blocks of the files, then read them all."""
    from overproof.columns.reader import ReaderCache
    from overproof.engines.local.watch.machine import machine_memory_bytes
    from overproof.records.dataset import FileSpec
    from overproof.store.cache_place import choose_cache

    specs = [FileSpec(path=path, tree=TREE) for path in request.files]
    readers = ReaderCache()
    packets = []
    for number, spec in enumerate(specs):
        stops = readers.get(spec).grid(BLOCK_ENTRIES).stops
        ranges = list(zip((0, *stops), stops, strict=False))
        packets += [(number, ranges[at : at + PACKET_BLOCKS]) for at in range(0, len(ranges), PACKET_BLOCKS)]
    readers.close()
    place = choose_cache(None, environment=os.environ)

    def prepare(number: int) -> ReaderCache:
        readers = ReaderCache()
        readers.columns.use(place and place.sized(machine_memory_bytes()))
        readers.machinery.use(True)
        return readers

    def work(readers: ReaderCache, take: Callable[[], int | None]) -> int:
        while (number := take()) is not None:
            file, ranges = packets[number]
            reader = readers.get(specs[file])
            for place, (first, stop) in enumerate(ranges):
                if place + 1 < len(ranges):
                    reader.expect(question.columns, *ranges[place + 1])
                found = reader.read_native(question.columns, first, stop)
                if rest := [name for name in question.columns if name not in found]:
                    reader.read(rest, first, stop)
                del found  # as a worker does before it reads on
        readers.columns.rest()
        return int(readers.read_bytes)

    begun, ended, n_bytes = shared(request.workers, prepare, work, n_pieces=len(packets))
    return Reply(began_s=BEGAN_S, loop_begin_s=begun, loop_end_s=ended, n_bytes=sum(n_bytes))


if __name__ == "__main__":
    serve(answer)
