"""Each dataset of a query has its own account, and these sum to the whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import overproof as op
from overproof.outputs.document import account_document
from overproof.records.account import Account
from overproof.session.show.summary import account_text
from overproof.words.errors import UserCodeError

Filesets = Callable[..., dict[str, Any]]


def sums(accounts: dict[str, Account]) -> Account:
    """Add accounts field by field."""
    names = [field.name for field in fields(Account)]
    return Account(**{name: sum(getattr(each, name) for each in accounts.values()) for name in names})


def picky(events: Any) -> dict[str, int]:
    """Fail on entries 5 and 450, which are in two datasets."""
    if bad := {5, 450} & set(np.asarray(events.event).tolist()):
        raise ValueError(f"entry {min(bad)}")
    return {"n": len(events)}


def test_accounts_are_those_of_each_dataset_alone(fileset_of: Filesets, samples: Path) -> None:
    """With excluded entries, files that are not there and empty ones; the same file in two datasets counts in each."""
    fileset = fileset_of(a="small middle", b="large small", c="empty", d="middle")
    fileset["b"]["files"][str(samples / "gone.root")] = "Events"
    with op.Session("inline", progress=False) as session:
        together = session.process(picky, fileset, max_excluded=10, block_entries=100)
        alone = {name: session.process(picky, {name: fileset[name]}, max_excluded=10, block_entries=100)
                 for name in "abd"}  # fmt: skip
    assert dict(together.accounts) == {**{name: each.account for name, each in alone.items()}, "c": Account()}
    assert sums(together.accounts) == together.account
    assert (together.accounts["a"].excluded, together.accounts["b"].excluded) == (1, 2)
    assert together.accounts["b"].files_unknown == 1
    assert list(together.accounts) == list(fileset)


def test_a_stopped_query_tells_what_is_unread_of_each(fileset_of: Filesets) -> None:
    """What was not merged when the query ended is unread in its own dataset, or not looked into."""
    with op.Session("inline", progress=False) as session, pytest.raises(UserCodeError) as caught:
        session.process(picky, fileset_of(a="middle", b="small", c="large"), on_error="stop", block_entries=100)
    result = caught.value.result
    assert result is not None
    assert sums(result.accounts) == result.account
    assert result.accounts["b"].excluded == 100
    assert result.account.unread + result.account.files_unopened > 0


def test_what_is_drawn_has_them_too(fileset_of: Filesets) -> None:
    """Histograms, counts and tables know the accounts of the datasets; limits count over all of them."""
    fileset = fileset_of(a="small", b="middle large")
    with op.Session("inline", progress=False) as session:
        answers = [
            session.draw(fileset, "x", bins="10, 0, 100", first=50, entries=100),
            session.count(fileset, first=50, entries=100),
            session.scan(fileset, "x", first=50, entries=100),
        ]
        cycles = session.process(lambda events: {"n": len(events)}, cycles=10)
    for answer in answers:
        assert answer.accounts == {"a": Account(processed=50, total=50), "b": Account(processed=50, total=50)}
    assert cycles.accounts == {}


def test_merged_results_have_the_accounts_of_the_whole(fileset_of: Filesets, tmp_path: Path) -> None:
    """What a first result lacked and a second has is processed in the dataset to which it belongs."""
    fileset = fileset_of(a="small", b="large middle")
    (lost,) = [path for path in fileset["b"]["files"] if path.endswith("middle.root")]
    copy = tmp_path / "middle.root"
    with op.Session("inline", progress=False) as session:
        whole = session.process(picky, fileset, max_excluded=10, block_entries=100)
        fileset["b"]["files"] = {str(copy) if path == lost else path: "Events" for path in fileset["b"]["files"]}
        first = session.process(picky, fileset, max_excluded=10, block_entries=100)
        copy.write_bytes(Path(lost).read_bytes())
        second = session.process(picky, first.missing, max_excluded=10, block_entries=100)
    merged = first.merge(second)
    assert first.accounts["b"] == Account(processed=399, excluded=1, total=400, files_unknown=1)
    assert second.accounts["b"] == Account(processed=300, total=300)
    assert merged.accounts == whole.accounts
    assert sums(merged.accounts) == merged.account == whole.account


def test_documents_and_text_tell_them_where_there_are_several(fileset_of: Filesets) -> None:
    """One dataset is the whole: then they would say the same twice."""
    one, two = Account(processed=7, total=7), Account(processed=1, missing=2, total=3)
    both = {"dy": one, "ttbar": two}
    document = account_document(Account(processed=8, missing=2, total=10), accounts=both)
    assert json.loads(json.dumps(document))["accounts"]["ttbar"]["missing"] == 2
    assert document["accounts"]["dy"]["complete"] is True
    assert "accounts" not in account_document(one, accounts={"dy": one})
    lines = account_text(Account(processed=8, missing=2, total=10), accounts=both).splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [["dy", "7", "processed"], ["ttbar", "1", "processed"]]
    assert account_text(one, accounts={"dy": one}).count("\n") == 0


def test_of_very_many_datasets_those_that_lack_are_shown() -> None:
    """A hundred complete datasets are no news."""
    many = {f"d{number}": Account(processed=1, total=1) for number in range(100)}
    assert account_text(Account(processed=100, total=100), accounts=many).count("\n") == 0
    many["d7"] = Account(missing=1, total=1)
    assert "d7" in account_text(Account(processed=99, missing=1, total=100), accounts=many)
    lacking = {name: Account(missing=1, total=1) for name in many}
    assert (
        account_text(Account(missing=100, total=100), accounts=lacking)
        .splitlines()[-1]
        .endswith("... and 80 more datasets that lack entries")
    )
