"""A bounded memory of small entries on disk, shared by any number of processes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from overproof.store.private import is_ours, make_private

_MAGIC = b"overproof-memory-1\n"
_DIGEST_BYTES = 16
_N_SHELVES = 256


class FileMemory:
    """Keeps entries of bytes under keys; may forget any of them, never gives a wrong one.

    An entry is one file, written beside its place and renamed into it: readers see the old or the new entry, whole.
    Each carries its key and a checksum; what does not match is as good as absent. A directory that cannot be made,
    belongs to somebody else or cannot be written makes the memory forgetful, not an error.

    Args:
        directory: where the entries lie; made on the first `put`, with mode 0700.
        limit_bytes: about how much may lie there; the entries not used longest go first.
    """

    def __init__(self, directory: Path, *, limit_bytes: int) -> None:
        self._directory = directory
        self._shelf_limit_bytes = max(limit_bytes // _N_SHELVES, 1)

    def get(self, key: str) -> bytes | None:
        """Return the bytes kept under a key; None when there are none, or damaged ones."""
        path = self._path(key)
        try:
            if not is_ours(path.parent):
                return None
            content = _read(path)
            payload = _unwrap(key, content)
            if payload is not None:
                # Whoever may not write there can still read: on such a disk nothing is pruned either.
                with contextlib.suppress(OSError):
                    os.utime(path)
        except OSError:
            return None
        return payload

    def put(self, key: str, payload: bytes) -> None:
        """Keep bytes under a key, in place of what was there; silently do nothing where that is not possible."""
        content = _wrap(key, payload)
        if len(content) > self._shelf_limit_bytes:
            return
        path = self._path(key)
        try:
            make_private(path.parent)
            if is_ours(path.parent):
                _replace(path, content)
                self._prune(path.parent, spare=path.name)
        except OSError:
            return

    def survey(self) -> tuple[int, int]:
        """Return how many entries are kept, and what they take in bytes; nothing where nobody can look."""
        sizes = [size_bytes for _, size_bytes in self._entries()]
        return len(sizes), sum(sizes)

    def clear(self) -> int:
        """Forget everything; return what it took in bytes."""
        freed_bytes = 0
        for path, size_bytes in list(self._entries()):
            with contextlib.suppress(OSError):
                path.unlink()
                freed_bytes += size_bytes
        return freed_bytes

    def _entries(self) -> Iterator[tuple[Path, int]]:
        """Give the files of all entries, each with its size."""
        with contextlib.suppress(OSError):
            for shelf in sorted(self._directory.iterdir()):
                if shelf.is_symlink() or not is_ours(shelf):
                    continue
                for path in shelf.iterdir():
                    with contextlib.suppress(FileNotFoundError):  # another process has taken it away
                        yield path, path.lstat().st_size

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        return self._directory / name[:2] / name[2:]

    def _prune(self, shelf: Path, *, spare: str) -> None:
        """Drop the entries of one shelf that were not used longest until it is within its share of the limit."""
        entries = []
        with os.scandir(shelf) as scan:
            for entry in scan:
                # Another process may take an entry away between the listing and the look at it.
                with contextlib.suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    entries.append((status.st_mtime_ns, status.st_size, entry.name))
        total_bytes = sum(size for _, size, _ in entries)
        for _, size, name in sorted(entries):
            if total_bytes <= self._shelf_limit_bytes:
                return
            if name != spare:
                (shelf / name).unlink(missing_ok=True)
                total_bytes -= size


def _read(path: Path) -> bytes:
    """Read a file of ours; who could put one in its place must not be believed.

    Raises:
        OSError: there is none, it is a link, or it belongs to somebody else.
    """
    with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
        if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
            raise PermissionError(f"{path} belongs to somebody else")
        return file.read()


def _replace(path: Path, content: bytes) -> None:
    """Put a whole file in place at once."""
    import tempfile  # with a dozen others: most of who remembers only reads

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _wrap(key: str, payload: bytes) -> bytes:
    label = key.encode("utf-8", "surrogateescape")
    body = len(label).to_bytes(4, "big") + label + payload
    return _MAGIC + hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest() + body


def _unwrap(key: str, content: bytes) -> bytes | None:
    start = len(_MAGIC) + _DIGEST_BYTES
    digest, body = content[len(_MAGIC) : start], content[start:]
    if not content.startswith(_MAGIC) or hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest() != digest:
        return None
    label = key.encode("utf-8", "surrogateescape")
    size = int.from_bytes(body[:4], "big")
    return body[4 + size :] if body[4 : 4 + size] == label else None
