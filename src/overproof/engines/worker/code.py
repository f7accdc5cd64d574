"""The user's modules on a worker."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable

import cloudpickle

from overproof.engines.messages import Brief
from overproof.engines.worker.failure import USER_ERRORS, describe_failure


def search_in(places: Iterable[str]) -> None:
    """Find modules as the user does: in these places first."""
    first = list(places)
    sys.path[:] = [*first, *(place for place in sys.path if place not in first)]


def import_modules(names: Iterable[str]) -> None:
    """Import the user's modules for what they do when imported, such as registering behaviours.

    Their functions and classes come with the selector, by value, as they are in the user's memory; so a module that
    cannot be imported here is said, and does no other harm.
    """
    for name in names:
        if name in sys.modules:
            continue
        try:
            importlib.import_module(name)
        except USER_ERRORS as error:
            print(f"overproof: a worker cannot import {name}: {describe_failure(error)[0]}", file=sys.stderr)


def take_settings_of(brief: Brief) -> None:
    """Set on coffea's classes of schemas what the user has set on them."""
    if not brief.settings:
        return
    from overproof.columns.nanoevents.forms import take_settings_and_forget

    take_settings_and_forget(cloudpickle.loads(brief.settings))
