"""The checksum of a file that a fileset gives is compared when asked for, once."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import fsspec
import pytest

from overproof.columns import reader as reader_module
from overproof.columns.opening import open_reader
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError, ReadError


def sums(content: bytes) -> list[str]:
    return [
        f"adler32:{zlib.adler32(content):08x}",
        f"adler32:{zlib.adler32(content):x}".upper().replace("ADLER", "Adler"),
        f"crc32:{zlib.crc32(content):08x}",
        f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}",
        f"sha256:{hashlib.sha256(content).hexdigest()}",
    ]


@pytest.mark.parametrize("which", range(5))
def test_right_and_wrong_sums(trees: dict[str, Path], which: int) -> None:
    """The right sum passes in either case and with or without leading zeros; another one is phase open, with both."""
    path = trees["zstd"]
    right = sums(path.read_bytes())[which]
    wrong = sums(path.read_bytes() + b"more")[which]
    open_reader(FileSpec(path=str(path), tree="t", checksum=right), verify=True).close()
    spec = FileSpec(path=str(path), tree="t", checksum=wrong)
    open_reader(spec).close()
    with pytest.raises(ReadError) as caught:
        open_reader(spec, verify=True)
    assert caught.value.phase == "open"
    assert right.partition(":")[2].lower() in caught.value.reason
    assert wrong.partition(":")[2].lower() in caught.value.reason


def test_files_without_a_sum_pass(trees: dict[str, Path]) -> None:
    """Verifying a file of which no sum is known does nothing."""
    open_reader(FileSpec(path=str(trees["zstd"]), tree="t"), verify=True).close()


@pytest.mark.parametrize("checksum", ["crc32c:01234567", "adler32", "adler32:", "shoe:12"])
def test_unknown_sums_are_input_errors(trees: dict[str, Path], checksum: str) -> None:
    """A sum that nobody here can compute is said with what can be; only when it is to be compared."""
    spec = FileSpec(path=str(trees["zstd"]), tree="t", checksum=checksum)
    open_reader(spec).close()
    with pytest.raises(DatasetError, match=r"cannot be verified: write algorithm:hexadecimal digits, .* adler32"):
        open_reader(spec, verify=True)


def test_remote_files_are_summed(trees: dict[str, Path]) -> None:
    """Files behind URLs are read and summed too."""
    content = trees["zstd"].read_bytes()
    fsspec.filesystem("memory").pipe("/sums/a.root", content)
    for checksum, is_right in ((sums(content)[0], True), (sums(content[:-1])[0], False)):
        spec = FileSpec(path="memory://sums/a.root", tree="t", checksum=checksum)
        if is_right:
            open_reader(spec, verify=True)
        else:
            with pytest.raises(ReadError, match="the file's adler32 is"):
                open_reader(spec, verify=True)


def test_once_for_each_version(trees: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker compares a file once; when another file lies in its place, that one is compared too, and refused."""
    path = tmp_path / "a.root"
    content = trees["zstd"].read_bytes()
    path.write_bytes(content)
    spec = FileSpec(path=str(path), tree="t", checksum=sums(content)[0])
    n_summed: list[FileSpec] = []
    verify_file = reader_module.verify_file

    def counting(spec: FileSpec) -> None:
        n_summed.append(spec)
        verify_file(spec)

    monkeypatch.setattr(reader_module, "verify_file", counting)
    cache = ReaderCache()
    for _ in range(3):
        cache.get(spec, verify=True)
    cache.close()
    cache.get(spec, verify=True)
    assert len(n_summed) == 1
    (tmp_path / "b.root").write_bytes(trees["lz4"].read_bytes())
    (tmp_path / "b.root").replace(path)
    for _ in range(2):
        with pytest.raises(ReadError, match="adler32"):
            cache.get(spec, verify=True)
    assert len(n_summed) == 3
    cache.close()
