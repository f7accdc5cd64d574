"""What every test may ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("OVERPROOF_TEST_DATA", CHECKOUT.parent / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def home_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep what tests leave on disk and in memory apart from what the user's own queries do."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OVERPROOF_HOME", str(home))
        patch.setenv("OVERPROOF_CACHE", str(home / "cache"))
        patch.setenv("OVERPROOF_SITE", "")
        yield home


@pytest.fixture(scope="module", autouse=True)
def alone_in_its_process(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the module of a test be the only one of its kind that is imported, as a user's script is.

    Modules beside that of a selector are imported by all workers and in each trial, for what they may register there;
    with all test modules of a room that would be most of what a test does.
    """
    others = {
        name: module
        for name, module in list(sys.modules.items())
        if name.rpartition(".")[2].startswith("test_") and module is not request.module
    }
    for name in others:
        del sys.modules[name]
    yield
    sys.modules.update(others)


@pytest.fixture(scope="session")
def shared_file() -> Callable[[str], Path]:
    """Give the path of a real ROOT file by its name; skip where the collection is absent."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"real ROOT file {name} is absent (looked in {SHARED_DATA})")
        return path

    return find


@pytest.fixture
def compiled_in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let LLVM write functions down as they are, ten times faster than with improvements, and keep none of them."""
    from overproof.columns.machine import compiling, machine

    monkeypatch.setattr(compiling, "SPEED_LEVEL", 0)
    monkeypatch.setattr(machine, "object_of", compiling.compile_text)
