"""Folders of files under names, each held by at most one process."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from overproof.store.draft import PREFIX, Draft, replace_file, sync_directory
from overproof.store.lock import Lock, is_locked, try_lock
from overproof.store.private import OPEN_TO_OTHERS, is_ours, make_private

LOCK = "lock"
"""Name of the file in each folder that is locked by who holds it."""

STALE_S = 3600.0
"""Age at which what a crash left half made is taken away."""


class NotOursError(PermissionError):
    """A folder that belongs to somebody else, or is open to others."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} does not belong to you alone: make it so (chmod 700), or remove it")


class Folder:
    """One folder; who wants to write into it holds it first.

    Args:
        path: the folder, which is there.

    Raises:
        NotOursError: it belongs to somebody else, or is open to others.
        OSError: it cannot be looked at.
    """

    def __init__(self, path: Path) -> None:
        if not is_ours(path, forbidden=OPEN_TO_OTHERS):
            raise NotOursError(path)
        self.path = path
        self._lock: Lock | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_held(self) -> bool:
        """Tell whether a process holds it, this one or another."""
        return is_locked(self.path / LOCK)

    @property
    def size_bytes(self) -> int:
        """Sum of the sizes of all files in it."""
        total = 0
        for directory, _, names in os.walk(self.path):
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    total += os.lstat(os.path.join(directory, name)).st_size
        return total

    def hold(self) -> bool:
        """Hold the folder until `release`, or until this process ends; tell whether nobody else does.

        Raises:
            OSError: the file system knows no locks, or the folder cannot be written.
        """
        if self._lock is None:
            self._lock = try_lock(self.path / LOCK)
            return self._lock is not None
        return False

    def release(self) -> None:
        """Let others hold it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None when it is absent.

        Raises:
            OSError: it cannot be read.
        """
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Put a whole file in place at once.

        Raises:
            OSError: that is not possible; what was there stays.
        """
        replace_file(self.path / name, content)

    def draft(self, name: str) -> Draft:
        """Begin a file that is put in place when it is whole.

        Raises:
            OSError: nothing can be written.
        """
        return Draft(self.path / name)

    def sweep(self) -> None:
        """Take away the drafts that a crash left; who holds the folder may."""
        for place in self.path.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):
                place.unlink()

    def sync(self) -> None:
        """Make the files in it safe from a loss of power.

        Raises:
            OSError: that is not possible.
        """
        for place in self.path.iterdir():
            if place.is_file():
                handle = os.open(place, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
        sync_directory(self.path)
        sync_directory(self.path.parent)


class Folders:
    """Folders by name in one directory of ours.

    Args:
        directory: where they lie; made with the first folder, with mode 0700.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def names(self) -> list[str]:
        """List the names of all folders, sorted; none where nothing can be listed."""
        try:
            return sorted(name for name in os.listdir(self._directory) if not name.startswith("."))
        except OSError:
            return []

    def find(self, name: str) -> Folder | None:
        """Return a folder; None when there is none of this name.

        Raises:
            NotOursError: it belongs to somebody else, or is open to others.
            OSError: it cannot be looked at.
        """
        if not name or name.startswith(".") or name != os.path.basename(name):
            return None
        try:
            self._check_ours()
            return Folder(self._directory / name)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def make(self, name: str, files: Mapping[str, bytes]) -> Folder:
        """Make a folder with these files in it, and hold it; it appears whole.

        Raises:
            NotOursError: the directory belongs to somebody else, or others may write into it.
            OSError: it cannot be made, or there is one of this name.
        """
        import shutil
        import tempfile

        make_private(self._directory)
        self._check_ours()
        path = Path(tempfile.mkdtemp(dir=self._directory, prefix=PREFIX))
        lock = None
        try:
            lock = try_lock(path / LOCK)
            for each, content in files.items():
                (path / each).touch(mode=0o600)
                (path / each).write_bytes(content)
            os.rename(path, self._directory / name)
        except OSError:
            if lock is not None:
                lock.release()
            shutil.rmtree(path, ignore_errors=True)
            raise
        folder = Folder(self._directory / name)
        folder._lock = lock
        return folder

    def remove(self, name: str) -> bool:
        """Remove a folder, unless somebody holds it; tell whether it is gone.

        Raises:
            NotOursError: it belongs to somebody else, or is open to others.
            OSError: it cannot be removed.
        """
        import shutil
        import tempfile

        folder = self.find(name)
        if folder is None:
            return True
        if not folder.hold():
            return False
        try:
            # Out of sight first: nobody shall find half of it.
            gone = tempfile.mkdtemp(dir=self._directory, prefix=PREFIX)
            os.rename(folder.path, gone)
            shutil.rmtree(gone, ignore_errors=True)
        finally:
            folder.release()
        return True

    def prune(self, names: Sequence[str], *, max_folders: int, max_bytes: int) -> list[str]:
        """Remove folders in the order given until there are few and small enough; what is held stays, and counts not.

        Args:
            names: those that may go, the first one first.
            max_folders: how many of them may remain.
            max_bytes: how large all of them together may remain.

        Returns:
            The names of those removed.
        """
        self._sweep()
        sizes = {name: size for name in names if (size := self._size_of(name)) is not None}
        n_left, left_bytes = len(sizes), sum(sizes.values())
        removed = []
        for name, size_bytes in sizes.items():
            if n_left <= max_folders and left_bytes <= max_bytes:
                break
            if self._removes(name):
                n_left, left_bytes = n_left - 1, left_bytes - size_bytes
                removed.append(name)
        return removed

    def _removes(self, name: str) -> bool:
        try:
            return self.remove(name)
        except OSError:
            return False

    def _size_of(self, name: str) -> int | None:
        """Return the size of a folder; None when it is held, or is none of ours."""
        try:
            folder = Folder(self._directory / name)
            size_bytes = None if folder.is_held else folder.size_bytes
        except OSError:
            return None
        return size_bytes

    def _sweep(self) -> None:
        """Take away what a crash left half made or half removed."""
        import shutil

        with contextlib.suppress(OSError):
            for place in self._directory.glob(f"{PREFIX}*"):
                if time.time() - place.stat().st_mtime > STALE_S and not is_locked(place / LOCK):
                    shutil.rmtree(place, ignore_errors=True)

    def _check_ours(self) -> None:
        if not is_ours(self._directory):
            raise NotOursError(self._directory)
