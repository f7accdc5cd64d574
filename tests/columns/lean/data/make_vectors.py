"""Make `vectors.root` with ROOT: vectors, texts and aliases in a tree that is not compressed.

Run by hand with a Python that has ROOT (made with ROOT 6.40):

    python tests/columns/lean/data/make_vectors.py
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import ROOT

N_ENTRIES = 20


def main() -> None:
    """Write the file beside this script; its name inside is that of no machine."""
    os.chdir(Path(__file__).parent)
    file = ROOT.TFile("vectors.root", "RECREATE", "", 0)
    tree = ROOT.TTree("t", "vectors and texts")
    numbers, lists, text = ROOT.std.vector["float"](), ROOT.std.vector["std::vector<int>"](), ROOT.std.string()
    n, x = np.zeros(1, np.int32), np.zeros(4, np.float32)
    tree.Branch("numbers", numbers)
    tree.Branch("lists", lists)
    tree.Branch("text", text)
    tree.Branch("n", n, "n/I")
    tree.Branch("x", x, "x[n]/F")
    for entry in range(N_ENTRIES):
        n[0] = entry % 4
        x[:] = entry
        numbers.clear()
        for at in range(entry % 3):
            numbers.push_back(at)
        text.assign("a" * entry)
        tree.Fill()
    tree.SetAlias("twice", "n * 2")
    tree.SetAlias("longest", "Length$(x)")
    tree.Write()
    file.Close()


if __name__ == "__main__":
    main()
