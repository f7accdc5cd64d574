"""The page on the command line names everything that the command line has."""

from __future__ import annotations

import re
from typing import get_args

import click
import pytest
from source_tree import CHECKOUT, modules

from overproof.cli.exit_codes import ExitCode
from overproof.cli.main import VERBS, overproof
from overproof.records.outcome.failure import FAILURE_KINDS
from overproof.records.query import ON_ERROR
from overproof.session.afterwards.queries import DAMAGED
from overproof.session.keeping.folder import INTERRUPTED
from overproof.words.errors import Phase
from overproof.words.states import QueryState

pytestmark = pytest.mark.docs

PLACE = CHECKOUT / "docs" / "physicist"


def sections() -> dict[str, str]:
    """Read the sections of the page, by title."""
    parts = re.split(r"^## (.+)$", (PLACE / "command-line.md").read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def command(verb: str) -> click.Command:
    """Load the command of a verb."""
    found = overproof.get_command(click.Context(overproof), verb)
    assert found is not None
    return found


def names(verb: str) -> set[str]:
    """List the long and short names of a verb's options, and of the commands below it."""
    options = (each for part in parts(command(verb)) for each in part.params if isinstance(each, click.Option))
    return {name for option in options for name in option.opts}


def parts(found: click.Command) -> list[click.Command]:
    """List a command and all below it."""
    below = found.commands.values() if isinstance(found, click.Group) else ()
    return [found, *(part for each in below for part in parts(each))]


def named(text: str) -> set[str]:
    """List the options that a text names between backquotes."""
    return {name for quoted in re.findall(r"`([^`\n]+)`", text) for name in re.findall(r"^--?[a-z][a-z-]*", quoted)}


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_on_the_page(verb: str) -> None:
    """Each verb has a section, and each of its options stands there or among the options of every query."""
    assert f"overproof {verb}" in sections(), f"docs/physicist/command-line.md has no section on `{verb}`"
    shared = named(sections()["Options of every query"])
    assert names(verb) <= shared | named(sections()[f"overproof {verb}"])


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_below_a_verb_is_on_the_page(verb: str) -> None:
    """The section of a verb names the commands below it."""
    for part in parts(command(verb))[1:]:
        assert f"overproof {verb} {part.name}" in sections()[f"overproof {verb}"]


def test_every_word_of_failures_is_explained() -> None:
    """Each kind of failure, phase of reading, policy and state stands in a table of the page on failures."""
    page = (PLACE / "failures.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \|", page, flags=re.M))
    wanted = {*FAILURE_KINDS, *get_args(Phase), *ON_ERROR, *QueryState, INTERRUPTED, DAMAGED}
    assert rows == {str(word) for word in wanted}


def test_every_warning_is_explained() -> None:
    """Each warning of ours has a row on the page when something fails."""
    page = (PLACE / "when-something-fails.md").read_text(encoding="utf-8")
    defined = {
        name for path in modules() for name in re.findall(r"^class (\w+Warning)\(", path.read_text("utf-8"), flags=re.M)
    }
    assert set(re.findall(r"^\| `(\w+Warning)` \|", page, flags=re.M)) == defined


def test_the_page_names_nothing_that_is_not_there() -> None:
    """No section of a verb names an option that the verb does not have; shared options are those of draw and run."""
    for verb in VERBS:
        assert named(sections()[f"overproof {verb}"]) <= names(verb)
    assert named(sections()["Options of every query"]) <= names("draw") & names("run")


def test_every_exit_code_is_explained() -> None:
    """The table of exit codes has every code, and no other."""
    page = (PLACE / "when-something-fails.md").read_text(encoding="utf-8")
    rows = {int(code) for code in re.findall(r"^\| (\d+) \|", page, flags=re.M)}
    assert rows == set(ExitCode)


def test_every_variable_is_explained() -> None:
    """Each variable of the environment that the source reads is on the page."""
    read = {
        name for path in modules() for name in re.findall(r"\bOVERPROOF_[A-Z]+\b", path.read_text(encoding="utf-8"))
    }
    assert read
    assert {name for name in read if f"`{name}`" not in sections()["Variables"]} == set()
