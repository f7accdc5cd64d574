"""Write the table of decisions in docs/adr/README.md from the first lines of the records.

Usage: python docs/make_decisions.py
"""

from __future__ import annotations

import re
from pathlib import Path

PLACE = Path(__file__).resolve().parent / "adr"
PAGE = PLACE / "README.md"
HEAD = "| number | decides |\n|---|---|\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"written: {PAGE.relative_to(PLACE.parents[1])}")


def render(page: str) -> str:
    """Give the page with its table made anew; what stands above the table stays."""
    above = page.partition(HEAD)[0]
    return above + HEAD + "".join(row(path) for path in sorted(PLACE.glob("[0-9]*.md")))


def row(path: Path) -> str:
    """Make the row of one record."""
    title = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
    words = re.sub(r"^(ADR )?\d+[.:]?\s*", "", title)
    return f"| [{path.name[:4]}]({path.name}) | {words} |\n"


if __name__ == "__main__":
    main()
