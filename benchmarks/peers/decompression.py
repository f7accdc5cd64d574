"""The limit: the bytes that a question needs, decompressed in two processes, and nothing else.

The same libraries as overproof's, into memory that is used again and again; no checksum that a library does not verify
by itself, no header looked at twice, no array. What is timed is decompression; reading from the page cache of the
operating system comes before, and is told apart.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from benchmarks.peers.parallel import shared
from benchmarks.peers.protocol import TREE, Reply, Request, now, serve
from benchmarks.peers.stored import Stored, blocks, stored

BEGAN_S = now()
PIECE_BYTES = 4_000_000
"""What a process takes in one go."""


def answer(request: Request, question: Any) -> Reply:
    """List the baskets or pages, then decompress them all."""
    places = stored(request.files, TREE, question.columns)
    pieces = in_pieces(places)

    def work(prepared: tuple[list[int], Any], take: Callable[[], int | None]) -> float:
        handles, unpack = prepared
        seconds = 0.0
        while (number := take()) is not None:
            data = [(os.pread(handles[each.file], each.size_bytes, each.seek), each) for each in pieces[number]]
            begun = now()
            for stored_bytes, each in data:
                for algorithm, block, inside_bytes in blocks(memoryview(stored_bytes), each.inside_bytes):
                    unpack[algorithm](block, inside_bytes)
            seconds += now() - begun
        return seconds

    def prepare(number: int) -> tuple[list[int], Any]:
        return [os.open(path, os.O_RDONLY) for path in request.files], unpackers()

    begun, ended, seconds = shared(request.workers, prepare, work, n_pieces=len(pieces))
    # Both processes decompress at the same time, but for the last piece: what the slower one needs is the limit.
    return Reply(
        began_s=BEGAN_S,
        loop_begin_s=begun,
        loop_end_s=begun + max(seconds),
        n_bytes=sum(each.size_bytes for each in places),
        with_reading_s=ended - begun,
    )


def in_pieces(places: list[Stored]) -> list[list[Stored]]:
    """Share baskets or pages out, in order."""
    pieces: list[list[Stored]] = [[]]
    size_bytes = 0
    for each in places:
        if size_bytes > PIECE_BYTES:
            pieces.append([])
            size_bytes = 0
        pieces[-1].append(each)
        size_bytes += each.size_bytes
    return pieces


def unpackers() -> dict[bytes, Callable[[memoryview, int], object]]:
    """Return how to decompress a block, by algorithm."""
    import cramjam
    import deflate
    import zstandard

    memory = memoryview(bytearray(1 << 24))
    zstd = zstandard.ZstdDecompressor()

    def unpack_zstd(block: memoryview, inside_bytes: int) -> object:
        return zstd.stream_reader(block, read_size=len(block)).readinto(memory[:inside_bytes])

    return {
        b"ZS": unpack_zstd,
        b"ZL": deflate.zlib_decompress,
        b"L4": lambda block, n: cramjam.lz4.decompress_block_into(block[8:], memory[:n], output_len=n),
        b"XZ": lambda block, n: cramjam.xz.decompress_into(block, memory[:n]),
        b"": lambda block, n: None,
    }


if __name__ == "__main__":
    serve(answer)
