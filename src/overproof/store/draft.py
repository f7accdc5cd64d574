"""A file that appears whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

PREFIX = ".new-"
"""How the names of files begin that are not in their place yet."""


class Draft:
    """A file written beside its place; `commit` puts it there at once, in place of what was there.

    A crash at any moment leaves the old file or the new one, whole.

    Args:
        path: its place.

    Raises:
        OSError: nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        import tempfile  # loads a dozen others

        handle, self._name = tempfile.mkstemp(dir=path.parent, prefix=PREFIX)
        self.file: BinaryIO = os.fdopen(handle, "wb")

    def commit(self) -> None:
        """Put the file into its place, safe from a loss of power.

        Raises:
            OSError: that is not possible; what was there stays.
        """
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            os.replace(self._name, self._path)
        except OSError:
            self.discard()
            raise
        sync_directory(self._path.parent)

    def discard(self) -> None:
        """Throw the draft away; what is in the place stays."""
        with contextlib.suppress(OSError):
            self.file.close()
        with contextlib.suppress(OSError):
            os.unlink(self._name)


def replace_file(path: Path, content: bytes) -> None:
    """Put bytes into a file at once, safe from a loss of power.

    Raises:
        OSError: that is not possible; what was there stays.
    """
    draft = Draft(path)
    try:
        draft.file.write(content)
    except OSError:
        draft.discard()
        raise
    draft.commit()


def sync_directory(directory: Path) -> None:
    """Make the names in a directory safe from a loss of power, where the file system can."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        # Some network file systems cannot; the rename itself was whole.
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
