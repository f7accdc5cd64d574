"""Make `root.root` with PyROOT: what uproot cannot write. Run by hand; prints what the tests know about it."""

from __future__ import annotations

from array import array
from pathlib import Path

import ROOT


def leaves() -> None:
    """Write a branch with several leaves, and one with leaves that are arrays."""
    tree = ROOT.TTree("leaves", "")
    point = array("d", [0.0, 0.0])
    tree.Branch("point", point, "x/D:y/D")
    for number in range(5):
        point[0], point[1] = number, number + 0.5
        tree.Fill()
    tree.Write()


def clusters() -> None:
    """Write a tree whose clusters change their size twice."""
    tree = ROOT.TTree("clusters", "")
    x = array("f", [0.0])
    tree.Branch("x", x, "x/F")
    tree.SetAutoFlush(100)
    for number in range(1203):
        if number in (250, 400):
            tree.SetAutoFlush({250: 30, 400: 500}[number])
        x[0] = number
        tree.Fill()
    tree.Write()
    iterator, starts = tree.GetClusterIterator(0), []
    while (start := iterator.Next()) < tree.GetEntries():
        starts.append(start)
    print("clusters", starts)


def recovered() -> None:
    """Write a tree whose last baskets were never flushed, as after a crash: they lie in the tree itself."""
    tree = ROOT.TTree("recovered", "")
    x, n, jagged = array("f", [0.0]), array("i", [0]), array("f", [0.0] * 3)
    tree.Branch("x", x, "x/F")
    tree.Branch("n", n, "n/I")
    tree.Branch("jagged", jagged, "jagged[n]/F")
    tree.SetAutoFlush(0)
    for number in range(100):
        x[0], n[0] = number, number % 4
        for at in range(n[0]):
            jagged[at] = number + at
        tree.Fill()
        if number == 59:
            tree.FlushBaskets()
    tree.AutoSave()
    # The object written by AutoSave, before the baskets behind it are flushed, is what a crash would leave.
    tree.SetDirectory(ROOT.nullptr)


file = ROOT.TFile(str(Path(__file__).with_name("root.root")), "recreate")
leaves()
clusters()
recovered()
file.Close()
