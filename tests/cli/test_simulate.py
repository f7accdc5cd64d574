"""`overproof simulate`."""

from __future__ import annotations

import json
from collections.abc import Callable

ASK = ("simulate", "--workers", "5", "--files", "3", "--spread", "2", "--losses", "0.2", "--seed", "11")
MEASURED = ("decisions_per_s", "peak_rss_mb", "cpu_s")
FIGURES = ("makespan_s", "ideal_s", "ratio", "tail_s", "n_packets", "n_deltas", "n_passed", "n_mergers", "inflow_mb",
           "master_load", "master_memory_mb", "merger_memory_mb", "local_share", "account")  # fmt: skip


def test_the_figures_are_told(call: Callable) -> None:
    """The document has the figures that were promised, and the account adds up."""
    called = call(*ASK, "--packetizer", "fixed", "--json", "-")
    document = json.loads(called.out)
    account = document["account"]
    assert called.code == 0
    assert set(document) == {*FIGURES, *MEASURED}
    assert document["ratio"] >= 1.0
    assert account["processed"] == account["total"] > 0


def test_the_same_seed_is_the_same_run(call: Callable) -> None:
    """Two runs of one seed differ in nothing but what is measured; another seed is another run."""
    first, again = (json.loads(call(*ASK, "--json", "-").out) for _ in range(2))
    other = json.loads(call(*ASK, "--json", "-", "--seed", "12").out)
    for document in (first, again, other):
        for figure in MEASURED:
            del document[figure]
    assert first == again != other


def test_failures_cost_entries_and_nothing_else(call: Callable) -> None:
    """With bad entries, large blocks, killed isolators and masters the query ends, and lacks just some entries."""
    troubles = ("--failing-blocks", "0.05", "--large-blocks", "0.05", "--flaky-blocks", "0.05", "--strains", "0.3",
                "--isolator-losses", "0.2", "--master-losses", "2")  # fmt: skip
    account = json.loads(call(*ASK, *troubles, "--json", "-").out)["account"]
    assert 0 < account["excluded"] < 100
    assert account["processed"] + account["excluded"] == account["total"]


def test_copies_of_late_blocks_shorten_the_end(call: Callable) -> None:
    """Where one worker is much slower than all others, the end comes sooner with speculation."""
    slow = ("simulate", "--workers", "100", "--spread", "9", "--law", "lognormal", "--seed", "5", "--json", "-")
    with_copies, without = (json.loads(call(*slow, *more).out)["makespan_s"] for more in ((), ("--no-speculation",)))
    assert with_copies < 0.9 * without


def test_people_get_lines(call: Callable) -> None:
    """On the terminal the makespan, the ideal and the account are lines."""
    out = call(*ASK).out
    assert all(word in out for word in ("makespan", "ideal", "decisions/s", "complete"))


def test_numbers_that_make_no_sense(call: Callable) -> None:
    """No workers, a chance above one, an unknown law or packetizer: one line, exit code 2."""
    for arguments in (("--workers", "0"), ("--losses", "2"), ("--law", "x"), ("--packetizer", "x")):
        called = call(*ASK, *arguments)
        assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
