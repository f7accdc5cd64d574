"""The directory on disk that is ours."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home_directory() -> Path:
    """Return where overproof keeps what it may lose: `$OVERPROOF_HOME`, else the platform's cache directory.

    The directory need not exist; who writes makes it, readable by its owner only.

    Raises:
        RuntimeError: there is no home directory (and no `$OVERPROOF_HOME`).
    """
    if chosen := os.environ.get("OVERPROOF_HOME"):
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "overproof"
    cache = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG rules say that a relative path there is to be ignored.
    return (Path(cache) if os.path.isabs(cache) else Path.home() / ".cache") / "overproof"
