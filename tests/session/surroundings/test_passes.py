"""Laws of credentials while a query runs: the newest reach all who work, and the end of the last is said once."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from overproof.engines.crew import Crew
from overproof.engines.messages import TakeCredentials
from overproof.session.surroundings.passes import Passes, hand_out
from overproof.session.surroundings.protocols import needs_credentials, tells_places


class Team:
    """A crew that notes what its workers are told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    def send(self, worker: str, command: TakeCredentials) -> None:
        self.sent += [(worker, each.content) for each in command.credentials]


class Desk:
    """A user with a token in a file, and a clock.

    Attributes:
        team: the crew.
        reasons: why nothing can be read any more.
        wall_s: seconds since 1970.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.team = Team()
        self.reasons: list[str] = []
        self.wall_s = 1000.0

    def renew(self, expires_at_s: float) -> bytes:
        claims = base64.urlsafe_b64encode(json.dumps({"exp": expires_at_s}).encode()).rstrip(b"=")
        self.place.write_bytes(b"e30." + claims + b".eA")
        return self.place.read_bytes() + b"\n"

    def passes(self) -> Passes:
        environment = {"BEARER_TOKEN_FILE": str(self.place), "X509_USER_PROXY": "/nowhere"}
        return Passes(
            cast(Crew, self.team), expired=self.reasons.append, environment=environment, wall_s=lambda: self.wall_s
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "token")


def test_newer_ones_reach_all(desk: Desk) -> None:
    """Who came with an older token is told the newer one, once; whoever joins later too."""
    desk.renew(2000.0)
    passes = desk.passes()
    passes.rest(0.0, ["a", "b"])
    assert desk.team.sent == []
    newer = desk.renew(3000.0)
    passes.rest(0.5, ["a", "b"])  # too soon to look again
    assert desk.team.sent == []
    passes.rest(1.5, ["a", "b"])
    passes.rest(3.0, ["a", "b", "c"])
    assert desk.team.sent == [("a", newer), ("b", newer), ("c", newer)]


def test_a_token_that_is_gone_for_a_moment_is_kept(desk: Desk) -> None:
    """While a file is replaced the token that was in it goes on."""
    first = desk.renew(2000.0)
    passes = desk.passes()
    desk.place.unlink()
    passes.rest(0.0, ["a"])
    assert [each.content for each in passes.credentials] == [first]
    assert desk.team.sent == []


def test_the_end_is_said_once(desk: Desk) -> None:
    """When the last valid credential has expired the reason names it, when, and what to do; not again."""
    desk.renew(2000.0)
    passes = desk.passes()
    passes.rest(0.0, ["a"])
    desk.wall_s = 1999.0
    passes.rest(2.0, ["a"])
    assert desk.reasons == []
    desk.wall_s = 2000.0
    passes.rest(4.0, ["a"])
    passes.rest(6.0, ["a"])
    (reason,) = desk.reasons
    assert reason.startswith(f"the token (BEARER_TOKEN_FILE={desk.place}) has expired at 1970-01-01")
    assert "get a new one, and go on with `overproof resume last`" in reason


def test_who_never_had_a_valid_one_loses_none(desk: Desk) -> None:
    """A token that had expired before the query began proves that it is not needed: servers say what they need."""
    desk.renew(500.0)
    passes = desk.passes()
    passes.rest(0.0, ["a"])
    assert desk.reasons == []


def test_a_renewed_token_goes_on(desk: Desk) -> None:
    """Where a newer one is there in time nothing ends."""
    desk.renew(2000.0)
    passes = desk.passes()
    desk.renew(9000.0)
    desk.wall_s = 2500.0
    passes.rest(0.0, ["a"])
    assert desk.reasons == []


def test_outside_of_a_query(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is to look into a file of a server that may ask gets what there is; for other files nobody gets any."""
    monkeypatch.setattr(os, "environ", {"BEARER_TOKEN": "x", "X509_USER_PROXY": "/nowhere"})
    hand_out(cast(Crew, desk.team), ["a"], ["/data/a.root", "http://server/a.root"])
    assert desk.team.sent == []
    monkeypatch.setattr(
        "overproof.session.surroundings.passes.find_credentials", lambda: (SimpleNamespace(content=b"x"),)
    )
    hand_out(cast(Crew, desk.team), ["a"], ["root://server//a.root"])
    assert desk.team.sent == [("a", b"x")]


@pytest.mark.parametrize(
    ("path", "asks", "tells"),
    [("root://s//a", True, True), ("https://s/a", True, False), ("/data/a", False, False), ("s3://b/a", False, False)],
)
def test_protocols(path: str, asks: Any, tells: Any) -> None:
    """Servers of XRootD and of HTTP with TLS may ask who reads; those of XRootD tell where files lie."""
    assert (needs_credentials([path]), tells_places(["/data/b", path])) == (asks, tells)
