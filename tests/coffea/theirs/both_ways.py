"""A runner for notebooks of coffea: each call runs here and in coffea's IterativeExecutor, and notes what differs.

A notebook gets it under the name of coffea's own, before its first cell, and goes on with what our runner gave.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import coffea.processor
from alike import differences
from coffea.processor.executor import IterativeExecutor
from coffea.processor.executor import Runner as TheirRunner

import overproof as op

NOTED = "OVERPROOF_TEST_NOTED"
"""Names the file in which each call is noted, one line of JSON each."""


class BothWays(op.coffea.Runner):
    """Ours, for whom coffea does the same over the same ranges."""

    def __call__(self, fileset: Any, processor_instance: Any = None, older: Any = None, **options: Any) -> Any:
        """Run a processor both ways."""
        mine = super().__call__(fileset, processor_instance, older, **options)
        if self.result is None:  # none of its files is there: coffea has nothing to compare with either
            return mine
        account = self.result.account
        noted = {"entries": account.processed, "is_complete": account.is_complete, "differences": [], "raised": ""}
        self.skipbadfiles, kept = True, self.skipbadfiles
        items = list(self.preprocess(fileset, treename=options.get("treename")))
        self.skipbadfiles = kept
        theirs = TheirRunner(IterativeExecutor(status=False), schema=self.schema)
        try:
            expected = theirs(items, processor_instance)
        except AttributeError as error:
            # Coffea cannot add a histogram in a `dict_accumulator` to another one: each chunk is asked for alone.
            noted["raised"] = repr(error)
            alone = [theirs([item], processor_instance) for item in items]
            noted["differences"] = _of_sums(_output(mine, has_metrics=self.savemetrics), alone)
        else:
            noted["differences"] = differences(_output(mine, has_metrics=self.savemetrics), expected)
        with open(os.environ[NOTED], "a", encoding="utf-8") as file:
            file.write(json.dumps(noted) + "\n")
        return mine


def _output(answer: Any, *, has_metrics: bool) -> Any:
    """Take the output alone, also where it lacks something and is in an `Err`."""
    held = answer.value if hasattr(answer, "is_ok") else answer
    return held[0] if has_metrics else held


def _of_sums(mine: Any, alone: list[Any]) -> list[str]:
    """Compare with outputs of single chunks, whose values are added one by one."""
    found = []
    for key in mine:
        expected = alone[0][key]
        for other in alone[1:]:
            expected = expected + other[key]
        found += differences(mine[key], expected, key)
    return found


def take_over() -> None:
    """Put it in the place of coffea's."""
    Path(os.environ[NOTED]).touch()
    coffea.processor.Runner = BothWays
