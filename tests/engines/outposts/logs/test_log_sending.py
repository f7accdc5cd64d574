"""Laws of logs from other machines: what is printed there can be read here, all of it, and not without end."""

from __future__ import annotations

from pathlib import Path

import pytest

from overproof.engines.outposts.logs import LogGrew, LogSender, LogWriter, sending
from overproof.testing import ManualClock


class Line:
    """A sender, a writer, and what went from one to the other."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.news: list[LogGrew] = []
        self.there, self.here = folder / "there", folder / "here"
        self.there.mkdir()
        self.here.mkdir()
        self.writer = LogWriter()
        self.sender = LogSender("far", send=self._pass_on, clock=self.clock)
        self.logs = self.begin(1)

    def begin(self, query: int) -> Path:
        self.writer.begin(query, str(self.here))
        return Path(self.sender.begin(query, str(self.there)))

    def _pass_on(self, news: LogGrew) -> None:
        self.news.append(news)
        self.writer.write(news)

    def print(self, name: str, text: str) -> None:
        with (self.logs / name).open("a") as file:
            file.write(text)

    def read(self, name: str) -> str:
        return (self.here / name).read_text()


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


def test_what_grows_there_grows_here(line: Line) -> None:
    """Each look sends what is new, of logs and of their indices; and nothing twice."""
    line.print("far-1.w0.log", "one\n")
    line.print("far-1.w0.index", "0 0 0 5 0 4\n")
    line.sender.send_all()
    line.print("far-1.w0.log", "two\n")
    line.print("far-1.w1.log", "other\n")
    line.sender.send_all()
    line.sender.send_all()
    assert (line.read("far-1.w0.log"), line.read("far-1.w1.log")) == ("one\ntwo\n", "other\n")
    assert line.read("far-1.w0.index") == "0 0 0 5 0 4\n"
    assert [(news.file, news.at) for news in line.news] == [
        ("far-1.w0.index", 0), ("far-1.w0.log", 0), ("far-1.w0.log", 4), ("far-1.w1.log", 0),
    ]  # fmt: skip


def test_it_looks_no_more_than_once_a_second(line: Line) -> None:
    """However often it is asked to."""
    line.print("w0.log", "one\n")
    line.sender.look()
    assert not line.news
    line.clock.advance(1.0)
    line.sender.look()
    line.print("w0.log", "two\n")
    line.sender.look()
    assert len(line.news) == 1
    line.clock.advance(1.0)
    line.sender.look()
    assert line.read("w0.log") == "one\ntwo\n"


def test_who_prints_without_end_is_cut(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log says so, and where the rest was."""
    monkeypatch.setattr(sending, "MAX_SENT_BYTES", 10)
    for _ in range(3):
        line.print("w0.log", "12345678\n")
        line.sender.send_all()
    text = line.read("w0.log")
    assert text.startswith("12345678\n1\noverproof: ")
    assert "on far was not sent" in text
    assert len(line.news) == 2


def test_each_query_has_logs_of_its_own(line: Line) -> None:
    """Those of the query before are gone, though the worker has the same name."""
    line.print("w0.log", "first\n")
    line.sender.send_all()
    line.here = line.here.with_name("second")
    line.here.mkdir()
    logs = line.begin(2)
    assert not line.logs.exists()
    line.logs = logs
    line.print("w0.log", "second\n")
    line.sender.send_all()
    assert line.read("w0.log") == "second\n"
    assert {news.query for news in line.news} == {1, 2}


def test_nothing_is_written_elsewhere(line: Line, tmp_path: Path) -> None:
    """Neither beside the folder of the query, nor for a query that is not known, nor where the folder is gone."""
    writer = LogWriter()
    writer.begin(1, str(line.here))
    writer.begin(2, None)
    writer.begin(3, str(tmp_path / "gone"))
    for query, file in ((1, "../escaped.log"), (1, str(tmp_path / "absolute.log")), (2, "w0.log"), (3, "w0.log")):
        writer.write(LogGrew(query=query, file=file, at=0, content=b"x"))
    assert not list(tmp_path.rglob("*.log"))


def test_a_folder_that_was_removed_ends_nothing(line: Line) -> None:
    """There is just nothing to be sent any more."""
    line.logs.rmdir()
    line.sender.send_all()
    assert not line.news
