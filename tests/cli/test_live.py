"""`--live` and `--look-at`: what is seen of a query while it runs."""

from __future__ import annotations

from typing import Any

import pytest

from overproof.cli.options import QueryFlags
from overproof.session.session import Session
from overproof.words.errors import OptionError


@pytest.mark.parametrize(
    ("said", "live"),
    [({}, None), ({"live": True}, True), ({"look_at": ("mass", "dy/pt")}, ("mass", "dy/pt")),
     ({"live": True, "look_at": ("mass",)}, ("mass",))],
    ids=["nothing", "live", "names", "both"],
)  # fmt: skip
def test_a_session_is_told_what_to_show(said: dict[str, Any], live: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names go to the session; `--live` alone asks for the first histogram; nothing leaves it to the terminal."""
    asked: list[Any] = []
    monkeypatch.setattr(Session, "__init__", lambda self, *_, **keywords: asked.append(keywords["live"]))
    QueryFlags(**said).open_session()
    assert asked == [live]


@pytest.mark.parametrize("said", [{"live": True}, {"look_at": ("mass",)}], ids=["live", "look-at"])
def test_quiet_shows_nothing(said: dict[str, Any]) -> None:
    """What is to be shown and `--quiet` exclude each other, before any worker is started."""
    with pytest.raises(OptionError, match="--quiet shows nothing"):
        QueryFlags(quiet=True, **said).open_session()
