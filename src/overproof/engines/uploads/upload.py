"""A package of the user's on its way to workers."""

from __future__ import annotations

import hashlib
from typing import Final, Literal, TypeAlias

from overproof.words.frozen import dataclass

Kind: TypeAlias = Literal["modules", "project", "wheel", "requirement"]

LOADED: Final = frozenset(
    {
        "awkward", "awkward_cpp", "boost_histogram", "click", "cloudpickle", "cramjam", "deflate", "fsspec", "hist",
        "llvmlite", "numpy", "overproof", "rich", "uproot", "xxhash", "zstandard",
    }
)  # fmt: skip
"""Modules that workers have loaded, or may have, before anything of the user's: another version would come too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What travels.

    Attributes:
        name: for people.
        kind: `modules` are found as they are, a `project` is built, a `wheel` installed, a `requirement` resolved.
        content: a zip archive; the wheel; the requirement's text.
    """

    name: str
    kind: Kind
    content: bytes

    @property
    def digest(self) -> str:
        """Return what tells this content from any other."""
        return hashlib.sha256(self.kind.encode() + b"\0" + self.name.encode() + b"\0" + self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What came of an upload on one host.

    Attributes:
        path: directory to put before the path of workers.
        remarks: what users should know, such as the version that it takes the place of.
    """

    path: str
    remarks: tuple[str, ...] = ()
