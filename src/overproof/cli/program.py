"""The program `overproof`: workers begin to load what they need before the rest of it does.

Nothing is imported here that takes long: the process that forks workers is started first of all, and is what everybody
waits for.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from overproof.cli.streams import prepare_streams
from overproof.engines.local.forking.planting import plant_early

WITH_WORKERS = frozenset({"count", "draw", "run", "scan"})
"""Verbs that need workers, whatever else is said."""
ELSEWHERE = ("-h", "--help", "--engine")
"""Options with which there may be no workers after all."""


def program() -> NoReturn:
    """Be the program, and end at once when all is said: to take Python apart takes as long as a small query."""
    ending = _Ending()
    atexit.register(ending.come)
    try:
        run()
    except SystemExit as leaving:
        ending.code = leaving.code
        raise


def run() -> NoReturn:
    """Run the verb that the command line names, and leave with its exit code."""
    prepare_streams()
    if needs_workers(sys.argv[1:]):
        plant_early()
    from overproof.cli.main import main

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: a query hands over what it has
    sys.exit(main(sys.argv[1:]))


def needs_workers(arguments: Sequence[str]) -> bool:
    """Tell whether a command line, as far as can be seen at a glance, will need worker processes."""
    verb, *_ = (*arguments, "")
    return verb in WITH_WORKERS and not any(argument.startswith(ELSEWHERE) for argument in arguments)


class _Ending:
    """The end of the process, after everybody who wanted to be called at its end."""

    def __init__(self) -> None:
        self.code: object = None

    def come(self) -> None:
        """End now with the exit code; where that cannot be done in good order, Python does it."""
        if not isinstance(self.code, int):
            return
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            return
        os._exit(self.code)
