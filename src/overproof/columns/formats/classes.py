"""What uproot learns of classes from one file must not reach others when the file is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import uproot


@contextmanager
def unlearning() -> Iterator[None]:
    """Forget, when the block fails, the classes that uproot has learned inside of it.

    uproot keeps them in one table for all files, the next good one included. What was known before stays what it was in
    any case: a damaged file that can be opened may describe a class that all files have in another way.
    """
    known = dict(uproot.classes)
    versions = {
        each: dict(each.known_versions)
        for each in known.values()
        if isinstance(getattr(each, "known_versions", None), dict)
    }
    try:
        yield
    except BaseException:
        uproot.classes.clear()
        for each, before in versions.items():
            each.known_versions = before
        raise
    finally:
        uproot.classes.update(known)
        for each, before in versions.items():
            each.known_versions.update(before)
