"""Ask ROOT for the bin of every hard value on a thousand axes; keep its answers in edge_numbers.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40):

    python tests/validation/make_edge_numbers.py
"""

from __future__ import annotations

import base64
import json
import sys
import zlib
from array import array
from pathlib import Path

import ROOT

sys.path.insert(0, str(Path(__file__).parent))
from edges import NUMBERS, hard_values, random_axes  # found next to this script, which is no package


def main() -> None:
    axes = random_axes()
    bins = array("B")
    for n, low, high in axes:
        axis = ROOT.TAxis(n, low, high)
        bins.extend(axis.FindFixBin(value) for value in hard_values((n, low, high)))
    packed = base64.b85encode(zlib.compress(bins.tobytes(), 9)).decode()
    NUMBERS.write_text(json.dumps({"n_values": len(bins), "bins": packed}) + "\n", encoding="utf-8")
    print(f"{len(bins)} bins of ROOT {ROOT.gROOT.GetVersion()} written to {NUMBERS}")


if __name__ == "__main__":
    main()
