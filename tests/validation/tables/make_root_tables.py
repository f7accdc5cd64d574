"""Ask ROOT for tables and counts; run with a Python that has PyROOT 6.40: `python make_root_tables.py DATA`.

Writes `numbers.json`: for each question the rows that TTree::Scan lists, `null` where it leaves a blank; without
columns the only row is what TTree::GetEntries counts over the whole tree.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import ROOT

HERE = Path(__file__).resolve().parent
WIDTH = 24


def rows_of(tree: object, columns: str, cut: str, n_entries: int) -> list[list[float | None]]:
    """Return the rows of a scan: row, instance (0 where there is none), then the values."""
    player = tree.GetPlayer()  # type: ignore[attr-defined]
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        player.SetScanRedirect(True)
        player.SetScanFileName(file.name)
        tree.SetScanField(0)  # type: ignore[attr-defined]
        tree.Scan(columns, cut, f"colsize={WIDTH} precision=17", n_entries, 0)  # type: ignore[attr-defined]
        lines = Path(file.name).read_text().splitlines()
    has_instance = "Instance" in lines[1]
    rows = []
    for line in lines[3:-1]:
        cells = [cell.strip() for cell in line.strip("*").split("*")]
        head = cells[: 1 + has_instance] + ([] if has_instance else ["0"])
        rows.append([float(cell) if cell else None for cell in [*head, *cells[1 + has_instance :]]])
    return rows


def main(data: Path) -> None:
    """Ask every question of the list."""
    answers = []
    for line in (HERE / "questions.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, tree, n_entries, columns, cut = (part.strip() for part in line.split("|", 4))
        file = ROOT.TFile(str(data / name))
        found = file.Get(tree)
        rows = rows_of(found, columns, cut, int(n_entries)) if columns else [[found.GetEntries(cut)]]
        answers.append(
            {"file": name, "tree": tree, "entries": int(n_entries), "columns": columns, "cut": cut, "rows": rows}
        )
    text = ",\n".join(json.dumps(answer) for answer in answers)
    (HERE / "numbers.json").write_text(f"[\n{text}\n]\n")


main(Path(sys.argv[1]))
