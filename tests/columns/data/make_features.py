"""Make `features.root` with PyROOT: lists of which no places are stored. Run by hand (made with ROOT 6.40)."""

from __future__ import annotations

import os
from array import array
from pathlib import Path

import ROOT

os.chdir(Path(__file__).parent)  # ROOT writes into a file by what path it was made
file = ROOT.TFile("features.root", "recreate")
tree = ROOT.TTree("tree", "")
features = ROOT.ROOT.TIOFeatures()
features.Set(ROOT.ROOT.Experimental.EIOFeatures.kGenerateOffsetMap)
tree.SetIOFeatures(features)
tree.SetAutoFlush(40)
n, x, pairs = array("i", [0]), array("f", [0.0] * 4), array("d", [0.0] * 8)
tree.Branch("n", n, "n/I")
tree.Branch("x", x, "x[n]/F")
tree.Branch("pairs", pairs, "pairs[n][2]/D")
for number in range(100):
    n[0] = number % 4
    for at in range(n[0]):
        x[at] = number + at / 4
        pairs[2 * at], pairs[2 * at + 1] = number, at
    tree.Fill()
tree.Write()
file.Close()
