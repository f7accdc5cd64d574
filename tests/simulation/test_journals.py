"""What journals are good for: a master that hears the same at the same times orders the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest

from overproof.engines.simulated import draw_scenario, simulate
from overproof.query.master import Master
from overproof.records.documents.facts import fact_document, fact_of
from overproof.records.notices import Notice

pytestmark = pytest.mark.simulation

SEEDS = [seed for seed in range(200) if draw_scenario(seed).has_mergers][:25]


def test_a_journal_tells_everything_that_a_master_must_know() -> None:
    """Written down and read again, notices alone give every order once more, in order, and the same account.

    With mergers, expired credentials, losses and all; a new master begins with the journal of its own.
    """
    seen = set()
    for seed in SEEDS:
        made: list[tuple[Any, Any]] = []

        def make(*arguments: Any, made: list[tuple[Any, Any]] = made, **keywords: Any) -> Master:
            made.append((arguments, keywords))
            return Master(*arguments, **keywords)

        report = simulate(
            replace(draw_scenario(seed), keeps_log=True, master_losses=0, checks_every=0), make_master=make
        )
        ((arguments, keywords),) = made
        master = Master(*arguments, **keywords)
        expected = []
        for fact in report.log:
            document = json.loads(json.dumps(fact_document(fact.what)))
            what = fact_of(document)
            seen.add(type(what).__name__)
            if isinstance(what, get_args(Notice)):
                assert expected == [], f"seed {seed}: not ordered again"
                expected = master.handle(what, now=fact.at_s)
            else:
                assert expected.pop(0) == what, seed
        assert master.account == report.account
        assert master.state.value == report.state
    assert seen >= {
        "PassDelta",
        "DeltaPassed",
        "DeltaNotPassed",
        "ForgetDelta",
        "MergerJoined",
        "CallMerger",
        "DeltaLost",
    }
