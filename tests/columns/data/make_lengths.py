"""Make `lengths.root` with PyROOT: texts and objects of which lengths are stored in place of places.

Run by hand (made with ROOT 6.40).
"""

from __future__ import annotations

import os
from pathlib import Path

import ROOT

FILL = """
void fill_lengths(const char* path) {
  TFile file(path, "recreate");
  TTree tree("tree", "");
  ROOT::TIOFeatures features;
  features.Set(ROOT::Experimental::EIOFeatures::kGenerateOffsetMap);
  tree.SetIOFeatures(features);
  tree.SetAutoFlush(40);
  char text[400];
  std::string words;
  std::vector<float> numbers;
  TVector3* vector = new TVector3;
  tree.Branch("text", text, "text/C");
  tree.Branch("words", &words);
  tree.Branch("numbers", &numbers);
  tree.Branch("vector", &vector, 32000, 0);
  for (int i = 0; i < 100; ++i) {
    words = std::string(i % 9 == 8 ? 300 : i % 5, char('a' + i % 7));
    strcpy(text, words.c_str());
    numbers.assign(i % 3, i);
    vector->SetXYZ(i, 2, -i);
    tree.Fill();
  }
  tree.Write();
}
"""

ROOT.gInterpreter.Declare('#include "TVector3.h"\n#include "ROOT/TIOFeatures.hxx"\n' + FILL)
os.chdir(Path(__file__).parent)  # ROOT writes into a file by what path it was made
ROOT.fill_lengths("lengths.root")
