"""The checksum of a whole file, as a fileset or a catalogue gives it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator

import fsspec

from overproof.columns.files.damage import DamageError
from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError
from overproof.words.units import MB

_PIECE_BYTES = 4 * MB
_SUMS: dict[str, tuple[Callable[[bytes, int], int], int]] = {"adler32": (zlib.adler32, 1), "crc32": (zlib.crc32, 0)}

_KNOWN = frozenset(_SUMS) | {name for name in hashlib.algorithms_guaranteed if not name.startswith("shake")}
"""Those of a length that goes without saying."""


def check_whole_file(spec: FileSpec, place: str) -> None:
    """Read a whole file and compare its checksum; a file without one passes.

    Args:
        spec: the file.
        place: where it is, for fsspec.

    Raises:
        DatasetError: a checksum that nobody here can compute.
        DamageError: it differs.
        OSError: the file cannot be read.
    """
    if not spec.checksum:
        return
    algorithm, _, told = spec.checksum.partition(":")
    algorithm, told = algorithm.strip().lower(), told.strip().lower()
    if not told or algorithm not in _KNOWN:
        raise DatasetError(
            f"{spec.path}: the checksum '{spec.checksum}' cannot be verified: write algorithm:hexadecimal digits, the "
            "algorithm one of adler32, crc32, md5, sha1, sha256 and what else Python's hashlib has"
        )
    found = _sum(algorithm, _pieces(place))
    if found.lstrip("0") != told.removeprefix("0x").lstrip("0"):
        raise DamageError(f"the file's {algorithm} is {found}, and should be {told}: copy it again")


def _sum(algorithm: str, pieces: Iterator[bytes]) -> str:
    if algorithm in _SUMS:
        function, value = _SUMS[algorithm]
        for piece in pieces:
            value = function(piece, value)
        return f"{value:08x}"
    digest = hashlib.new(algorithm, usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _pieces(place: str) -> Iterator[bytes]:
    with fsspec.open(place, "rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
