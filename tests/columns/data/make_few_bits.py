"""Make `few_bits.root` and `few_bits.json` with ROOT: numbers stored in fewer bits, and the numbers that ROOT reads.

Run by hand with a Python that has ROOT (made with ROOT 6.40):

    python tests/columns/data/make_few_bits.py
"""

from __future__ import annotations

import json
import os
import random
import tempfile
from pathlib import Path

import numpy as np
import ROOT

HERE = Path(__file__).parent
RANGES = (
    "", "[0,0,8]", "[0,0,2]", "[0,0,14]", "[0,0,15]", "[3,3,20]", "[-5,5,10]", "[0,100,20]", "[0,1]", "[-1,1,32]",
    "[0.5,1e3,31]", "[0,2pi,12]", "[-pi,pi,16]", "[-pi/2, PI/4,7]", "[0,10,1]",
)  # fmt: skip
DIMENSIONS = ("", "[3]", "[n]", "[n][2]", "[2][2]")
N_ENTRIES = 24
ODD = (0.0, -0.0, 1e-42, -1e-42, float("inf"), -float("inf"), float("nan"), 1.9999999, -0.99999, 3e38, 1e-300)

MEMBERS = """
#include <vector>
struct FewIn {
  Double32_t near; //[-2,2,9]
  Float16_t half;
  Double32_t cut;  //[0,0,7]
};
struct FewBits {
  Double32_t plain;
  Double32_t ranged;    //[0,2pi,20] of a member
  Double32_t cut;       //[0,0,10]
  Double32_t three[3];  //[-1,1,11]
  Float16_t half;
  Float16_t halves[2];  //[0,0,6]
  FewIn one;
  std::vector<FewIn> more;
};
struct FewPlain {
  float q;
  int w;
};
void put(FewBits& few, unsigned long place) {
  const double* at = reinterpret_cast<const double*>(place);
  few.plain = at[0]; few.ranged = at[1]; few.cut = at[2]; few.half = at[3];
  for (int i = 0; i < 3; ++i) few.three[i] = at[4 + i];
  for (int i = 0; i < 2; ++i) few.halves[i] = at[7 + i];
  few.one.near = at[9]; few.one.half = at[10]; few.one.cut = at[11];
}
void add(FewBits& few, double near, double half, double cut) {
  FewIn one;
  one.near = near; one.half = half; one.cut = cut;
  few.more.push_back(one);
}
"""


ASKED = (
    "few.plain", "few.ranged", "few.cut", "few.three", "few.half", "few.halves", "few.one.near", "few.one.half",
    "few.one.cut", "few.more.near", "few.more.half", "few.more.cut",
)  # fmt: skip


def numbers(dice: random.Random, n_numbers: int) -> list[float]:
    return [dice.choice(ODD) if dice.random() < 0.1 else dice.gauss(0, 3) for _ in range(n_numbers)]


def fill_leaves() -> None:
    dice = random.Random(1)
    tree = ROOT.TTree("leaves", "")
    tree.SetAutoFlush(10)
    n, buffers = np.zeros(1, np.int32), []
    tree.Branch("n", n, "n/I")
    for letter, dtype in (("f", "f4"), ("d", "f8")):
        for number, told in enumerate(RANGES):
            for kind, dimensions in enumerate(DIMENSIONS):
                name = f"{letter}_{number}_{kind}"
                buffers.append(np.zeros(16, dtype))
                tree.Branch(name, buffers[-1], f"{name}{dimensions}/{letter}{told}")
    for entry in range(N_ENTRIES):
        n[0] = entry % 5
        for buffer in buffers:
            buffer[:] = np.asarray(numbers(dice, 16), "f8").astype(buffer.dtype)
        tree.Fill()
    tree.Write()


def fill_members() -> None:
    dice = random.Random(2)
    for split in (99, 0):
        tree = ROOT.TTree(f"members{split}", "")
        held = ROOT.FewBits()
        tree.Branch("few.", held, 32_000, split)
        for entry in range(N_ENTRIES):
            given = np.asarray(numbers(dice, 12), "f8")
            ROOT.put(held, given.ctypes.data)
            held.more.clear()
            for _ in range(entry % 4):
                ROOT.add(held, *numbers(dice, 3))
            tree.Fill()
        tree.Write()


def fill_memberwise() -> None:
    tree = ROOT.TTree("memberwise", "")
    held, n = ROOT.std.vector["FewPlain"](), np.zeros(1, np.int32)
    tree.Branch("held", held, 32_000, 0)
    tree.Branch("n", n, "n/I")
    for entry in range(N_ENTRIES):
        n[0] = entry % 3
        held.resize(entry % 3)
        for each in held:
            each.q, each.w = entry, -entry
        tree.Fill()
    tree.Write()


def read_back(file: ROOT.TFile) -> dict[str, dict[str, str]]:
    """Return all numbers as ROOT reads them, one after the other, as doubles."""
    answers: dict[str, dict[str, str]] = {}
    for name in ("leaves", "members99"):
        tree = file.Get(name)
        tree.SetEstimate(100_000)
        answers[name] = {}
        for asked in [leaf.GetName() for leaf in tree.GetListOfLeaves()] if name == "leaves" else ASKED:
            n_numbers = tree.Draw(asked, "", "goff")
            if n_numbers > 0:
                values = np.frombuffer(tree.GetV1(), "f8", n_numbers)
                answers[name][asked] = values.tobytes().hex()
    return answers


def main() -> None:
    ROOT.gROOT.SetBatch(True)
    with tempfile.TemporaryDirectory() as room:
        (Path(room) / "few.h").write_text(MEMBERS, encoding="ascii")
        (Path(room) / "few.C").write_text(
            '#include "few.h"\n#ifdef __ROOTCLING__\n#pragma link C++ class FewIn+;\n'
            "#pragma link C++ class std::vector<FewIn>+;\n#pragma link C++ class FewBits+;\n"
            "#pragma link C++ class FewPlain+;\n"
            "#pragma link C++ class std::vector<FewPlain>+;\n#endif\n",
            encoding="ascii",
        )
        ROOT.gROOT.ProcessLine(f".L {room}/few.C+")
        os.chdir(HERE)  # ROOT writes into a file by what path it was made
        file = ROOT.TFile("few_bits.root", "recreate")
        fill_leaves()
        fill_members()
        fill_memberwise()
        file.Close()
        file = ROOT.TFile.Open("few_bits.root")
        (HERE / "few_bits.json").write_text(json.dumps(read_back(file), indent=0) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
