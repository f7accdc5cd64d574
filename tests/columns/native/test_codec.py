"""Compressed blocks as ROOT writes them."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable

import cramjam
import numpy as np
import pytest
import xxhash
import zstandard

from overproof.columns.files.damage import DamageError
from overproof.columns.native.codec import Codec


def lz4(content: bytes) -> bytes:
    """Compress as ROOT does, the checksum in front."""
    block = bytes(memoryview(cramjam.lz4.compress_block(content, store_size=False)))
    return xxhash.xxh64_digest(block) + block


WAYS: dict[bytes, Callable[[bytes], bytes]] = {
    b"ZL": zlib.compress,
    b"XZ": lzma.compress,
    b"L4": lz4,
    b"ZS": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def block(algorithm: bytes, content: bytes, *, told: int | None = None) -> bytes:
    """Return one block with its header; `told` is the length that it tells."""
    stored = WAYS[algorithm](content)
    inside = len(content) if told is None else told
    sizes = struct.pack("<HBHB", len(stored) & 0xFFFF, len(stored) >> 16, inside & 0xFFFF, inside >> 16)
    return algorithm + b"\x01" + sizes + stored


@pytest.fixture(scope="module")
def content() -> bytes:
    return np.random.default_rng(1).poisson(3, 20_000).astype(np.uint8).tobytes()


@pytest.mark.parametrize("algorithm", sorted(WAYS))
def test_blocks_give_what_went_in(algorithm: bytes, content: bytes) -> None:
    """One block, several of any size, and one of nothing."""
    codec = Codec()
    assert bytes(codec.unpack(block(algorithm, content), len(content))) == content
    pieces = [content[:7], content[7:10_000], b"", content[10_000:]]
    assert bytes(codec.unpack(b"".join(block(algorithm, each) for each in pieces), len(content))) == content


def test_algorithms_may_change_from_block_to_block(content: bytes) -> None:
    """Files that were merged have what each of them was written with."""
    data = b"".join(block(algorithm, content) for algorithm in WAYS)
    assert bytes(Codec().unpack(data, len(WAYS) * len(content))) == content * len(WAYS)


@pytest.mark.parametrize("algorithm", sorted(WAYS))
def test_memory_is_used_again(algorithm: bytes, content: bytes) -> None:
    """What is unpacked into a given place touches nothing beside it."""
    memory = np.full(len(content) + 2, 77, np.uint8)
    Codec().unpack_into(block(algorithm, content), memory[1:-1])
    assert bytes(memory[1:-1]) == content
    assert (memory[0], memory[-1]) == (77, 77)


@pytest.mark.parametrize("algorithm", sorted(WAYS))
def test_every_flipped_bit_is_found(algorithm: bytes, content: bytes) -> None:
    """All formats carry a checksum here; ROOT's Zstandard blocks carry none, those of other writers may."""
    data, dice, codec = block(algorithm, content), np.random.default_rng(2), Codec()
    for at in dice.integers(0, len(data), 200):
        damaged = bytearray(data)
        damaged[at] ^= 1 << int(dice.integers(8))
        try:
            found = bytes(codec.unpack(bytes(damaged), len(content)))
        except DamageError:
            continue
        assert found == content, f"a bit of byte {at} was flipped"


@pytest.mark.parametrize("algorithm", sorted(WAYS))
@pytest.mark.parametrize("more", [-1, 1])
def test_a_block_of_another_length_than_told_is_damaged(algorithm: bytes, more: int, content: bytes) -> None:
    """A header that tells too little or too much is no harm to memory, and is said."""
    told = len(content) + more
    with pytest.raises(DamageError):
        Codec().unpack(block(algorithm, content, told=told), told)


@pytest.mark.parametrize("algorithm", sorted(WAYS))
def test_blocks_that_do_not_fill_their_place_are_damaged(algorithm: bytes, content: bytes) -> None:
    """What is missing is not made of what lay in memory before."""
    data = block(algorithm, content)
    with pytest.raises(DamageError, match="20,000 bytes and should hold 20,001"):
        Codec().unpack(data, len(content) + 1)
    with pytest.raises(DamageError, match="longer than its place"):
        Codec().unpack(data + data, 2 * len(content) - 1)
    with pytest.raises(DamageError, match="longer than its place"):
        Codec().unpack(data[:-1] if algorithm != b"ZL" else data + data[:-1], 2 * len(content))


def test_what_is_no_block_is_said() -> None:
    """Garbage, a header cut short, and ways that ROOT knew long ago."""
    for data in (b"", b"ZS\x01", b"CS\x08" + bytes(6), b"no block at all"):
        with pytest.raises(DamageError, match=r"does not begin as one"):
            Codec().unpack(data, 10)
