"""When a query ends because nothing can be read any more, all that was not read is told."""

from __future__ import annotations

from typing import Any

import pytest
from farm import Farm, copies
from table import Table, grid

from overproof.records.notices import CredentialExpired, FileFailed, FileOpened
from overproof.words.states import QueryState

GONE = CredentialExpired(reason="expired")


@pytest.mark.parametrize("at_s", [0.005, 1.005, 3.005, 4.5])
@pytest.mark.parametrize("packetizer", ["adaptive", "local-only"])
@pytest.mark.parametrize("is_located", [True, False])
def test_files_that_somebody_looks_into_when_the_credential_expires_are_told(
    at_s: float, packetizer: str, is_located: bool
) -> None:
    """Whatever is in no merged delta is in the list: files as a whole, or entries."""
    farm = Farm([1] * 12, copies(12, "ab") if is_located else {}, hosts=["a", "b"], packetizer=packetizer)
    farm.at(at_s, lambda: farm.feed(GONE))
    farm.run()
    assert farm.closed is QueryState.FAILED
    left, account = farm.master.unread, farm.master.account
    assert account.files_unopened == sum(each.stop is None for each in left)
    assert account.unread == sum(each.stop - each.first for each in left if each.stop is not None)
    assert {each.file for each in left} | {block.file for block in farm.merged} == set(range(12))
    assert {each.reason for each in left} == {"expired"}


@pytest.mark.parametrize("limits", [{"first": 25}, {"entries": 70}, {"first": 5, "entries": 70}])
def test_files_behind_one_that_nobody_looked_into_are_told(limits: dict[str, Any]) -> None:
    """Which of their entries are asked for is known only then: they are told as a whole, failed ones too."""
    table = Table(4, **limits)
    table.say(FileOpened(file=1, grid=grid(4)), FileFailed(file=2, reason="torn"), GONE)
    left = table.master.unread
    assert [(each.file, each.tree, each.stop) for each in left] == [(file, None, None) for file in range(4)]


def test_files_behind_one_that_nobody_may_read_say_so() -> None:
    """With near files only, the reason of the others is that the one before them was not looked into."""
    farm = Farm([1] * 3, copies(3, "ba"), hosts=["a"], packetizer="local-only", entries=150).run()
    assert farm.closed is QueryState.STOPPED
    assert [each.file for each in farm.master.unread] == [0, 1, 2]
    assert ["no worker ran on b" in each.reason for each in farm.master.unread] == [True, False, True]
    assert "the files before it" in farm.master.unread[1].reason
