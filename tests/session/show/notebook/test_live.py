"""The display of a running query in a notebook."""

from __future__ import annotations

import warnings
from typing import Any

import hist
import pytest
from tests.session.show.pretended import FakeQuery, snapshot

from overproof.records.account import Account, ExcludedRange
from overproof.session.show.followed import DisplayWarning
from overproof.session.show.looking import look_of
from overproof.session.show.notebook import watching
from overproof.session.show.notebook.kernel import Shown
from overproof.session.show.notebook.live import NotebookView
from overproof.session.show.view import follow
from overproof.words.states import QueryState

DRAWN = hist.Hist.new.Reg(4, 0, 4, label="m [GeV]").Double().fill([1.5, 1.5])
FAILED = ExcludedRange(file="a.root", tree="T", first=7, stop=8, kind="exception", reason="ValueError: <b>")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a notebook was told to show, in order."""
    found: list[str] = []
    monkeypatch.setattr(Shown, "show", lambda self, html, plain: found.append(html))
    monkeypatch.setattr("overproof.session.show.notebook.kernel.is_in_kernel", lambda: True)
    return found


def test_short_queries_show_nothing(shown: list[str]) -> None:
    """A query that ends within a second leaves nothing in the notebook."""
    follow(FakeQuery([snapshot(elapsed_s=0.3), snapshot(elapsed_s=0.9)]), shows_progress=True)
    assert shown == []


def test_updates_are_few(shown: list[str]) -> None:
    """However often the query is looked at, the notebook hears of it a few times a second, and of the end."""
    query = FakeQuery([snapshot(elapsed_s=1.0 + number / 50) for number in range(101)])
    follow(query, shows_progress=True, look=look_of(live=False))
    assert 4 <= len(shown) <= 7


def test_a_running_query_tells_what_happens(shown: list[str]) -> None:
    """Figures, failures by name and the histogram are shown; texts of users are no markup."""
    account = Account(processed=200, excluded=1, unread=799, total=1000)
    query = FakeQuery([snapshot(account=account)], partial_outputs=lambda: DRAWN, lost=[FAILED])
    follow(query, shows_progress=True)
    for said in ("25 %", "2 M/s", "35.00 MB/s", "12.0 s left", "3 of 4 workers",
                 "a.root:T entry 7: ValueError: &lt;b&gt;", "m [GeV]: sum 2", "<svg"):  # fmt: skip
        assert said in shown[0]


def test_only_the_newest_failures_are_listed(shown: list[str]) -> None:
    """Of very many failures the last ones stand by name; that there are more is said."""
    lost: Any = [
        ExcludedRange(file="a.root", tree="T", first=n, stop=n + 1, kind="exception", reason=f"r{n}") for n in range(99)
    ]
    account = Account(processed=200, excluded=99, unread=701, total=1000)
    follow(FakeQuery([snapshot(account=account)], lost=lost), shows_progress=True)
    assert "r98" in shown[0]
    assert "r93" not in shown[0]
    assert "..." in shown[0]


def test_a_short_summary_stays(shown: list[str]) -> None:
    """At the end there is a summary without a picture; of one that was stopped it says how to go on."""
    query = FakeQuery([snapshot()], partial_outputs=lambda: DRAWN, state=QueryState.STOPPED, is_resumable=True)
    follow(query, shows_progress=True)
    assert "<svg" not in shown[-1]
    for said in ("stopped", "200 processed + 800 unread = 1,000 entries", "session.resume(&quot;q1&quot;)"):
        assert said in shown[-1]


def test_an_interrupt_is_answered_in_the_display(shown: list[str]) -> None:
    """The first interrupt is confirmed where the query is shown, in words of a notebook."""
    follow(FakeQuery([snapshot(), KeyboardInterrupt(), snapshot()]), shows_progress=True)
    assert any("what is done is kept; a second interrupt throws it away" in html for html in shown)


def test_the_outputs_that_are_asked_for_are_shown(shown: list[str]) -> None:
    """Several names are several pictures, asked for by name only; those without room are counted."""
    names = [f"h{number}" for number in range(9)]
    query = FakeQuery(
        [snapshot()], partial_outputs=lambda: dict.fromkeys(names[:6], DRAWN), known=[(name, 1) for name in names]
    )
    follow(query, shows_progress=True, look=look_of(names[:6]))
    assert query.asked[0] == f"partial {' '.join(names[:6])}"
    assert shown[0].count("<svg") == 4
    assert "and 2 more" in shown[0]


def test_a_handle_keeps_its_last_picture(shown: list[str]) -> None:
    """What nobody waits for has no result below it: its summary has the final picture, however seldom that came."""
    query = FakeQuery([], partial_outputs=lambda: DRAWN, state=QueryState.FINISHED)
    view = NotebookView(query, look=look_of(None), keeps_picture=True)
    view.show()
    view.sum_up()
    assert query.asked == ["partial h", "partial h"]
    assert "m [GeV]: sum 2" in shown[-1]
    assert "finished" in shown[-1]


def test_a_display_that_fails_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot be shown any more says so once; the others go on to the end, and nothing of the query is kept."""
    told: list[str] = []
    query = FakeQuery([snapshot(), snapshot(), snapshot()], state=QueryState.FINISHED)
    broken, sound = (NotebookView(query, look=look_of(live=False)) for _ in range(2))

    def fail() -> None:
        told.append("tried")
        raise RuntimeError("no room")

    monkeypatch.setattr(broken, "show", fail)
    monkeypatch.setattr(Shown, "show", lambda self, html, plain: told.append(plain))
    monkeypatch.setitem(watching._SHOWN, query, [broken, sound])
    with pytest.warns(DisplayWarning, match="not shown any more: RuntimeError: no room"):
        watching._keep_up(query)
    assert told.count("tried") == 1
    assert [text.split(":")[1][:9] for text in told if text != "tried"][-1] == " finished"
    assert query not in watching._SHOWN


def test_a_warning_that_is_an_error_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where even the warning of a display raises, its thread ends without keeping the query."""
    query = FakeQuery([snapshot()])
    view = NotebookView(query, look=look_of(live=False))
    monkeypatch.setattr(Shown, "show", lambda self, html, plain: 1 / 0)
    monkeypatch.setitem(watching._SHOWN, query, [view])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DisplayWarning):
            watching._keep_up(query)
    assert query not in watching._SHOWN


def test_items_are_called_items(shown: list[str]) -> None:
    """The display of a map counts items, and names those that failed."""
    account = Account(processed=26, excluded=4, total=30)
    lost: Any = [
        ExcludedRange(file="items", tree=None, first=n, stop=n + width, kind="signal", reason=f"r{width}")
        for n, width in ((3, 1), (5, 2))
    ]
    query = FakeQuery([snapshot(account=account, unit="items")], lost=lost, state=QueryState.FINISHED)
    follow(query, shows_progress=True)
    assert "of 30 items" in shown[0]
    for said in ("26 items in", "not complete", "26 processed + 4 excluded = 30 items", "item 3: ", "items 5 to 6: "):
        assert said in shown[-1]
    assert "entr" not in shown[-1]


def test_how_to_go_on_is_said_of_short_queries_too(shown: list[str]) -> None:
    """A query that ends early within its first second leaves a summary all the same."""
    follow(FakeQuery([], state=QueryState.STOPPED, is_resumable=True), shows_progress=True)
    assert "session.resume" in shown[-1]
