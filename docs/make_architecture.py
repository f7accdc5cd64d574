"""Write docs/developer/architecture.md from the code: floors, rooms, door plates, who imports whom, states, errors.

Usage: python docs/make_architecture.py
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGE = CHECKOUT / "src" / "overproof"
PAGE = CHECKOUT / "docs" / "developer" / "architecture.md"

INTRODUCTION = """\
# Architecture

*This page is made from the code by `make docs`; a test fails when it is stale. Change the code, not the page.*

The package is a house of rooms on floors. Imports go down the floors only, never up, and never sideways between two
rooms of one floor. A tool (import-linter) holds this in `make lint`. Each room has a door plate: the docstring of its
`__init__.py` says what lives there, what comes in, what goes out and where to start.

Data flow one way:

    question (analysis) -> query (session) -> block grid (columns) -> master (query) -> packets -> workers (engines)
        -> columns -> selector -> delta -> merge (outputs) -> result and account
"""


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(CHECKOUT)}")


def render() -> str:
    """Make the text of the page."""
    floors = read_floors()
    rooms = [room for floor in floors for room in floor]
    arrows = {room: imported_rooms(room, rooms) for room in rooms}
    parts = [INTRODUCTION, floors_table(floors), imports_picture(floors, arrows), imports_table(arrows), purity()]
    parts += ["## The rooms, from the top down\n", *(room_section(room) for room in rooms), states(), errors()]
    return "\n".join(parts)


def read_floors() -> list[list[str]]:
    """Read the floors from the contract that the linter holds, top floor first; rooms not built yet are left out."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (contract["layers"] for contract in contracts["contracts"] if contract["type"] == "layers")
    floors = [[room.strip() for room in layer.split("|")] for layer in layers]
    built = [[room for room in floor if (PACKAGE / room / "__init__.py").exists()] for floor in floors]
    return [floor for floor in built if floor]


def imported_rooms(room: str, rooms: list[str]) -> list[str]:
    """List the other rooms that the files of a room import, in the order of the floors."""
    found = set()
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            found |= {name.split(".")[1] for name in names if name.startswith("overproof.")}
    return [other for other in rooms if other in found and other != room]


def floors_table(floors: list[list[str]]) -> str:
    """Draw the floors as a table, top floor first."""
    lines = ["## The floors\n", "| floor | rooms |", "|--:|---|"]
    for height, floor in zip(range(len(floors) - 1, -1, -1), floors, strict=True):
        lines.append(f"| {height} | {' · '.join(f'[`{room}`](#{room}): {motto(room)}' for room in floor)} |")
    return "\n".join([*lines, ""])


def imports_picture(floors: list[list[str]], arrows: dict[str, list[str]]) -> str:
    """Draw the arrows; one that a longer way already shows is left out."""
    lines = ["## Who imports whom\n", "An arrow that a longer way already shows is left out of the picture.\n"]
    lines += ["```mermaid", "flowchart TD"]
    for height, floor in zip(range(len(floors) - 1, -1, -1), floors, strict=True):
        lines += [f"  subgraph floor{height} [floor {height}]", *(f"    {room}" for room in floor), "  end"]
    for room, others in arrows.items():
        shown = [other for other in others if not any(other in below(step, arrows) for step in others)]
        lines += [f"  {room} --> {other}" for other in shown]
    return "\n".join([*lines, "```", ""])


def below(room: str, arrows: dict[str, list[str]]) -> set[str]:
    """List every room that can be reached from a room."""
    reached = set(arrows[room])
    for other in arrows[room]:
        reached |= below(other, arrows)
    return reached


def imports_table(arrows: dict[str, list[str]]) -> str:
    """Write down every import between rooms."""
    lines = ["| room | imports |", "|---|---|"]
    lines += [f"| `{room}` | {' '.join(f'`{other}`' for other in others) or '-'} |" for room, others in arrows.items()]
    return "\n".join([*lines, ""])


def purity() -> str:
    """Say what the pure rooms may not import, from the contract."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    lines = []
    for contract in contracts["contracts"]:
        if contract["type"] == "forbidden":
            rooms = ", ".join(f"`{name.removeprefix('overproof.')}`" for name in contract["source_modules"])
            forbidden = ", ".join(f"`{name.removeprefix('overproof.')}`" for name in contract["forbidden_modules"])
            lines.append(f"**{contract['name']}.** {rooms} may not import {forbidden}.\n")
    return "\n".join(lines)


def room_section(room: str, *, level: int = 3) -> str:
    """Write the door plate of a room, its files with their first lines, and its sub-rooms."""
    place = PACKAGE / room
    name = room.replace("/", ".")
    lines = [f"{'#' * level} {name}\n", docstring(place / "__init__.py"), "", "| file | is |", "|---|---|"]
    files = [path for path in sorted(place.glob("*.py")) if path.name != "__init__.py"]
    lines += [f"| `{path.name}` | {first_line(path)} |" for path in files]
    lines.append("")
    inside = [path.parent for path in sorted(place.glob("*/__init__.py"))]
    lines += [room_section(sub.relative_to(PACKAGE).as_posix(), level=level + 1) for sub in inside]
    return "\n".join(lines)


def states() -> str:
    """Write the table of the states of a query, with the words of the source."""
    tree = ast.parse((PACKAGE / "words" / "states.py").read_text(encoding="utf-8"))
    (machine,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "QueryState")
    meaning = {}
    for node, after in zip(machine.body, machine.body[1:], strict=False):
        if isinstance(node, ast.Assign) and isinstance(after, ast.Expr):
            meaning[ast.unparse(node.targets[0])] = " ".join(str(ast.literal_eval(after.value)).split())
    (table,) = (node.value for node in tree.body if isinstance(node, ast.AnnAssign))
    assert isinstance(table, ast.Dict)
    lines = ["## The states of a query\n", "| state | means | may become |", "|---|---|---|"]
    for key, value in zip(table.keys, table.values, strict=True):
        state = str(ast.unparse(key)).removeprefix("QueryState.") if key else ""
        followers = sorted(node.attr.lower() for node in ast.walk(value) if isinstance(node, ast.Attribute))
        names = ", ".join(f"`{name}`" for name in followers) or "final"
        lines.append(f"| `{state.lower()}` | {meaning.get(state, '')} | {names} |")
    return "\n".join([*lines, ""])


def errors() -> str:
    """Copy the tree of errors out of its docstring."""
    text = docstring(PACKAGE / "words" / "errors.py").partition("::\n")[2]
    return "\n".join(
        ["## The tree of errors\n", "```text", *(line[4:] for line in text.strip("\n").splitlines()), "```\n"]
    )


def docstring(path: Path) -> str:
    """Read the docstring of a file."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def first_line(path: Path) -> str:
    """Read the first paragraph of a file's docstring, as one line, without its full stop."""
    paragraph = docstring(path).partition("\n\n")[0]
    return " ".join(paragraph.split()).rstrip(".:").replace("|", "\\|")


def motto(room: str) -> str:
    """Read what a room says of itself in its first line, without its name."""
    return first_line(PACKAGE / room / "__init__.py").partition(": ")[2]


if __name__ == "__main__":
    main()
