"""Laws of a query whose process is told to end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from overproof.session.conduct.grace import graceful
from overproof.words.errors import AbortedError
from overproof.words.states import QueryState


class Pretended:
    """A query that ends when it is told to, or only when it is told twice."""

    id = "q1"

    def __init__(self, *, is_deaf: bool = False, is_resumable: bool = True) -> None:
        self.state = QueryState.RUNNING
        self.is_resumable = is_resumable
        self.ended = threading.Event()
        self.is_deaf = is_deaf

    def stop(self) -> None:
        if not self.is_deaf:
            self.state = QueryState.STOPPED
            self.ended.set()

    def abort(self) -> None:
        self.state = QueryState.ABORTED
        self.ended.set()


@pytest.fixture
def as_on_the_command_line() -> Iterator[None]:
    """Let SIGTERM mean what Ctrl-C means."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("as_on_the_command_line")
@pytest.mark.parametrize(("is_deaf", "state"), [(False, QueryState.STOPPED), (True, QueryState.ABORTED)])
def test_sigterm_stops_a_query_and_ends_one_that_does_not_stop(is_deaf: bool, state: QueryState) -> None:
    """Told to end, a query hands over what it has; one that has not done so within the grace is ended without it."""
    query = Pretended(is_deaf=is_deaf)
    with graceful(query, grace_s=0.05):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        assert query.ended.wait(30)
    assert query.state is state


@pytest.mark.usefixtures("as_on_the_command_line")
def test_a_query_that_ended_is_not_ended_again() -> None:
    """The grace that was given ends with the query."""
    query = Pretended()
    with graceful(query, grace_s=30):
        os.kill(os.getpid(), signal.SIGTERM)
    for timer in [each for each in threading.enumerate() if isinstance(each, threading.Timer)]:
        timer.join(10)  # cancelled: it ends long before its time
        assert not timer.is_alive()
    assert query.state is QueryState.STOPPED


def test_a_script_keeps_its_own_signals() -> None:
    """Where nobody said that SIGTERM is Ctrl-C, it stays what it was."""
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    query = Pretended()
    with graceful(query):
        os.kill(os.getpid(), signal.SIGTERM)
    assert heard == [signal.SIGTERM]
    assert query.state is QueryState.RUNNING
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("is_resumable", [True, False])
def test_the_way_on_is_said_where_there_is_one(capsys: pytest.CaptureFixture[str], *, is_resumable: bool) -> None:
    """Who waited reads how to go on, also when the query ended with an error."""
    query = Pretended(is_resumable=is_resumable)
    with graceful(query):
        query.stop()
    with pytest.raises(AbortedError), graceful(query):
        raise AbortedError("ended")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["overproof: query q1 stopped; `overproof resume q1` goes on"] * (2 * is_resumable)


def test_what_a_notebook_says_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """How to go on is printed once, unless a summary says it."""
    query = Pretended()
    with graceful(query, is_summed_up=True):
        query.stop()
    assert capsys.readouterr().err == ""
    with graceful(query):
        pass
    assert "overproof resume q1" in capsys.readouterr().err
