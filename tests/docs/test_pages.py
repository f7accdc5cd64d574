"""The documentation runs: every code block of a page, in order, over a small sample.

A page becomes one script with the same line numbers, so that a traceback points into the page. Blocks of `python` are
run as they stand; one that begins with `# file: NAME.py` is written to that file. Of `console` blocks the lines that
begin with `$ ` are run by a shell, and must succeed; of `bash` blocks every line is, but for `make`, whose targets must
exist, and the activation of `.venv`. Pages and programs are forks of a process that has loaded the libraries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import CHECKOUT

from overproof.testing import write_sample

pytestmark = pytest.mark.docs

PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs" / "physicist").glob("*.md"))]
TIMEOUT_S = 120
PRELUDE = "import subprocess as _s; _run = lambda line: _s.run(line, shell=True, check=True)"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample where the pages expect the large one."""
    place = tmp_path_factory.mktemp("pages")
    write_sample(place / "demo" / "sample", n_events=8_000, n_files=4)
    return place


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of the programs `overproof` and `page`, which start in no time."""
    directory = tmp_path_factory.mktemp("programs")
    server = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("ready_program.py"), directory], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"
    yield directory
    server.kill()
    server.wait()
    server.stdout.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs(page: Path, sample: Path, programs: Path, tmp_path: Path) -> None:
    """Each block of the page does what it says, after those above it."""
    shutil.copytree(sample / "demo", tmp_path / "demo")
    shutil.copytree(CHECKOUT / "examples", tmp_path / "examples")
    script = tmp_path / f"{page.stem}.page.py"
    script.write_text(as_script(page.read_text(encoding="utf-8"), directory=tmp_path), encoding="utf-8")
    found = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": found, "OVERPROOF_HOME": str(tmp_path / "home"), "COLUMNS": "100"}
    done = subprocess.run(
        [programs / "page", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, f"{page.name}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def as_script(text: str, *, directory: Path) -> str:
    """Turn a page into a Python script of as many lines; files that the page writes are written into `directory`."""
    lines = [""] * len(text.splitlines())
    for language, start, block in blocks(text):
        match language:
            case "python" if block and (name := re.fullmatch(r"# file: (\w+\.py)", block[0])):
                (directory / name[1]).write_text("\n".join(block[1:]) + "\n", encoding="utf-8")
            case "python":
                lines[start : start + len(block)] = block
            case "console" | "bash":
                for offset, line in enumerate(block):
                    if command := command_of(line, language=language):
                        lines[start + offset] = f"_run({command!r})"
    lines[0] = PRELUDE
    return "\n".join(lines) + "\n"


def blocks(text: str) -> list[tuple[str, int, list[str]]]:
    """List the fenced blocks of a page: language, index of the first line inside, lines."""
    found, language, start = [], None, 0
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if language is None:
            language, start = line[3:].strip(), index + 1
        else:
            found.append((language, start, lines[start:index]))
            language = None
    return found


def command_of(line: str, *, language: str) -> str:
    """Give what is to be run of a line; empty for output, comments and what is judged elsewhere."""
    if language == "console":
        return line.removeprefix("$ ") if line.startswith("$ ") else ""
    command = line.partition("#")[0].strip()
    return "" if command.startswith(("make ", ". .venv/")) else command


def test_the_program_that_is_installed_is_the_one_of_the_pages() -> None:
    """`overproof` is installed beside the interpreter, and starts as a process of its own."""
    program = Path(sys.executable).parent / "overproof"
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    assert "Usage: overproof [OPTIONS]" in done.stdout


def test_every_make_target_that_a_page_names_exists() -> None:
    """`make NAME` in any page is a target of the Makefile, and every target is named in its help."""
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.M))
    pages = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")]
    named = {
        name for page in pages for name in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.M)
    }
    assert {"demo", "test"} <= named <= targets
    assert targets == set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.M))


@pytest.mark.parametrize(
    "page", [*sorted(CHECKOUT.glob("*.md")), *sorted((CHECKOUT / "docs").rglob("*.md"))], ids=lambda page: page.stem
)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and picture of a page is a file of the checkout."""
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_a_page_that_is_wrong_would_fail(programs: Path, tmp_path: Path) -> None:
    """The laws above can fail: a false statement on a page ends its script with an error on that very line."""
    script = tmp_path / "wrong.py"
    script.write_text(as_script("# Title\n\n```python\nassert 1 == 2\n```\n", directory=tmp_path))
    done = subprocess.run([programs / "page", script], capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert done.returncode == 1
    assert "line 4" in done.stderr


def test_a_command_that_fails_would_fail_its_page(programs: Path, tmp_path: Path) -> None:
    """The laws above can fail: a command with another exit code than 0 ends the script of its page on its line."""
    script = tmp_path / "wrong.py"
    script.write_text(as_script("# Title\n\n```console\n$ overproof inspect nosuch.root\n```\n", directory=tmp_path))
    found = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    done = subprocess.run(
        [programs / "page", script],
        env=os.environ | {"PATH": found}, capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
    )  # fmt: skip
    assert done.returncode == 1
    assert "line 4" in done.stderr
    assert "returned non-zero exit status 2" in done.stderr
