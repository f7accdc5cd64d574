"""The machine and the libraries that computed something: equal fingerprints give equal bits."""

from __future__ import annotations

import hashlib
import os
import platform
import socket
import sys
from collections.abc import Mapping
from dataclasses import field

from overproof.words.frozen import dataclass

LIBRARIES = ("overproof", "numpy", "awkward", "uproot", "boost-histogram", "hist", "llvmlite", "numba")
"""Libraries on which the last bits of a result may depend."""

CPU_BYTES = 8192
"""Bytes of /proc/cpuinfo that hold the first processor; to write all of them takes long on a large machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What the last bits of user code may depend on.

    Attributes:
        host: name of the machine; for people, no part of the comparison.
        python: version.
        system: kind of machine and of operating system.
        cpu: digest of the processor's features, which choose code paths in numpy; empty where nobody tells them.
        libraries: versions by name.
    """

    host: str = ""
    python: str = ""
    system: str = ""
    cpu: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)

    def differences(self, other: Fingerprint) -> list[str]:
        """Say in which points another one differs, as people read it."""
        mine, theirs = self._points(), other._points()
        return [
            f"{name} {mine.get(name) or 'absent'} became {theirs.get(name) or 'absent'}"
            for name in sorted({*mine, *theirs})
            if mine.get(name) != theirs.get(name)
        ]

    def _points(self) -> dict[str, str]:
        points = {"python": self.python, "system": self.system, "processor features": self.cpu}
        return {**points, **self.libraries}


def fingerprint_here() -> Fingerprint:
    """Take the fingerprint of this process."""
    installed = _installed()
    return Fingerprint(
        host=socket.gethostname(),
        python=platform.python_version(),
        system=f"{platform.machine()} {sys.platform}",
        cpu=_cpu_features(),
        libraries={name: installed[name] for name in LIBRARIES if name in installed},
    )


def _installed() -> dict[str, str]:
    """Return the versions of the libraries that are installed, by the names of their folders on the search path.

    `importlib.metadata` says the same in fifty times as long, which every query would wait for.
    """
    found: dict[str, str] = {}
    for place in sys.path:
        try:
            names = os.listdir(place or os.curdir)
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                library, _, version = name.rpartition(".")[0].partition("-")
                found.setdefault(library.replace("_", "-").lower(), version.partition("-")[0])
    return found


def _cpu_features() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            lines = file.read(CPU_BYTES).splitlines()
    except OSError:  # no Linux
        return ""
    features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    words = sorted(set(features.partition(":")[2].split()))
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).hexdigest() if words else ""
