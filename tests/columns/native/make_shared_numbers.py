"""Ask uproot for every plain column of the real files, and keep sums of what it says. Run by hand (uproot 5.7.4).

The tests compare sums, because uproot takes a minute for 20,000 columns.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ways import Uproot, is_plain, on_uproot, trees_of

NUMBERS = Path(__file__).with_name("shared_numbers.json")
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def numbers_of(path: Path, tree: str) -> dict[str, Any]:
    """Say of one tree how many columns are plain, how many are not, and the sum of all plain ones."""
    with on_uproot(path, tree) as reader:
        schema, theirs = reader.schema(), Uproot(reader)
        plain = [branch.name for branch in schema.branches if is_plain(branch, schema)]
        others = [branch.name for branch in schema.branches if not is_plain(branch, schema) and not branch.within]
        digests = {name: theirs.bits(name).digest() for name in plain}
        return {
            "format": schema.format,
            "n_entries": reader.n_entries,
            "fast": len(plain),
            "fallback": len(others),
            "sum": summed(digests),
        }


def summed(digests: dict[str, str]) -> str:
    """Sum up the sums of columns by name."""
    return hashlib.blake2b(json.dumps(digests, sort_keys=True).encode(), digest_size=16).hexdigest()


if __name__ == "__main__":
    paths = sorted(DATA.glob("*.root"))
    found = {path.name: {tree: numbers_of(path, tree) for tree in trees_of(path)} for path in paths}
    NUMBERS.write_text(json.dumps(found, indent=1) + "\n")
