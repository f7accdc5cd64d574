"""Write objects.root: objects and texts that no shared file has, and aliases, as ROOT writes them; and ROOT's answers.

Run by hand, with a Python that has ROOT (made with ROOT 6.40):

    python tests/columns/data/make_objects.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import ROOT

HERE = Path(__file__).parent
ASKED = (
    "whole.Pt()", "split.M()", "whole.fP.fX", "list.Pt()", "list[1].Eta()", "@list.size()", "Length$(list)",
    "three.Mag()", "two.Phi()", "floats.Px()", 'words == "odd"', "words.size()", "@words.size()",
    'name == "be ta"', "name.Length()",
    'strstr(name, "a")', 'letters == "b1"', "Sum$(list.Pt() > 20)", "twice", "more", "mass", "pts[0]", "n", "flag:n",
)  # fmt: skip
"""Expressions whose values ROOT is asked for; `n` is a branch and an alias."""

FILL = """
void fill(const char* path) {
  TFile file(path, "recreate");
  TTree tree("tree", "objects");
  TLorentzVector vector; TVector3 three; TVector2 two; TString name; std::vector<std::string> words;
  int n; char letters[4];
  ROOT::Math::PxPyPzEVector split; ROOT::Math::LorentzVector<ROOT::Math::PtEtaPhiM4D<float>> floats; bool flag;
  TClonesArray list("TLorentzVector"); auto pointer = &list;
  tree.Branch("n", &n); tree.Branch("flag", &flag); tree.Branch("name", &name); tree.Branch("words", &words);
  tree.Branch("letters", letters, "letters[4]/B"); tree.Branch("whole", &vector, 32000, 0);
  tree.Branch("split", &split);
  tree.Branch("floats", &floats); tree.Branch("three", &three); tree.Branch("two", &two); tree.Branch("list", &pointer);
  for (auto [alias, text] : std::vector<std::pair<const char*, const char*>>{{"twice", "2*n"}, {"more", "twice + 1"},
       {"mass", "split.M()"}, {"pts", "list.Pt()"}, {"n", "100"}}) tree.SetAlias(alias, text);
  TRandom3 dice(4);
  for (n = 0; n < 20; n++) {
    auto one = [&] { double x = dice.Gaus(0, 30), y = dice.Gaus(0, 30), z = dice.Gaus(0, 80);
                     return TLorentzVector(x, y, z, sqrt(x*x + y*y + z*z + 9)); };
    vector = one(); three = vector.Vect(); two.Set(vector.X(), vector.Y()); flag = n % 3 == 0;
    split.SetCoordinates(vector.X(), vector.Y(), vector.Z(), vector.T()); floats = split;
    name = n % 3 == 0 ? "alpha" : n % 3 == 1 ? "be ta" : ""; snprintf(letters, 4, "b%d", n % 3);
    words.clear(); list.Clear();
    for (int i = 0; i < n % 4; i++) { words.push_back(i % 2 ? "odd" : "even"); new (list[i]) TLorentzVector(one()); }
    tree.Fill();
  }
  tree.Write();
}
"""


def main() -> None:
    ROOT.gROOT.SetBatch(True)
    ROOT.gInterpreter.Declare('#include "Math/Vector4D.h"\n#include "TClonesArray.h"\n#include "TRandom3.h"\n' + FILL)
    path = HERE / "objects.root"
    os.chdir(HERE)  # ROOT writes into a file by what path it was made
    ROOT.fill(path.name)
    file = ROOT.TFile.Open(str(path))
    tree = file.Get("tree")
    answers = {}
    for text in ASKED:
        n_values = tree.Draw(text, "", "goff")
        answers[text] = [tree.GetV1()[at] for at in range(n_values)]
    lines = (f"{json.dumps(text)}:{json.dumps(values, separators=(',', ':'))}" for text, values in answers.items())
    (HERE / "objects.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
