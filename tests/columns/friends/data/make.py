"""Make trees that name their friends, and ask ROOT what their names mean. Run by hand, here, with PyROOT 6.40."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable
from pathlib import Path

import ROOT

N_ENTRIES = 10
ASKED = [
    "x", "y", "w", "q", "u.x", "u.y", "g.y", "v.y", "g.w", "v.w", "u2.q", "u2.y", "t.x", "g.q", "u.z", "u.w", "g.x",
    "g.u2.q", "p.a", "a", "p.b", "b", "lone.p",
]  # fmt: skip


def write(
    path: str, tree: str, branches: dict[str, Callable[[int], float]], *, friends: tuple[tuple[str, str], ...] = (),
    n_entries: int = N_ENTRIES, index: str = "", leaves: bool = False,
) -> None:  # fmt: skip
    """Write one tree of doubles that names its friends."""
    file = ROOT.TFile(path, "recreate")
    made = ROOT.TTree(tree, "")
    values = {name: array("d", [0.0]) for name in branches}
    for name, value in values.items():
        made.Branch(name, value, f"{name}/D")
    pair = array("d", [0.0, 0.0])
    if leaves:
        made.Branch("p", pair, "a/D:b/D")
    for entry in range(n_entries):
        for name, value in values.items():
            value[0] = branches[name](entry)
        pair[0], pair[1] = 700 + entry, 800 + entry
        made.Fill()
    if index:
        made.BuildIndex(index)
    for name, place in friends:
        made.AddFriend(name, place)
    file.cd()
    made.Write()
    file.Close()


write("third.root", "u2", {"y": lambda n: 500 + n, "q": lambda n: 600 + n})
write("second.root", "v", {"y": lambda n: 300 + n, "w": lambda n: 400 + n}, friends=(("u2", "third.root"),))
write("first.root", "u", {"x": lambda n: 100 + n, "y": lambda n: 200 + n}, leaves=True)
write("main.root", "t", {"x": float, "z": lambda n: -n}, friends=(("u", "first.root"), ("g=v", "second.root")))

write("gone.root", "gone", {"n": float})
write("short.root", "short", {"n": float}, n_entries=7)
write("indexed.root", "indexed", {"n": lambda n: 9 - n}, index="n")
crooked = tuple((name, f"{name}.root") for name in ("gone", "short", "indexed"))
write("crooked.root", "t", {"x": float, "n": lambda n: 50 + n}, friends=crooked)
Path("gone.root").unlink()

write("ring.root", "ring", {"r": float})
write("ring2.root", "ring2", {"s": lambda n: 20 + n}, friends=(("ring", "ring.root"),))
file = ROOT.TFile("ring.root", "update")
ring = file.Get("ring")
ring.AddFriend("ring2", "ring2.root")
ring.Write("", ROOT.TObject.kOverwrite)
file.Close()

answers = {}
file = ROOT.TFile("main.root")
for asked in ASKED:
    n = file.Get("t").Draw(f"{asked}>>h(1, 0, 1)", "", "goff")
    answers[asked] = [file.Get("t").GetV1()[each] for each in range(n)] if n > 0 else None
Path("answers.json").write_text(json.dumps(answers, indent=1) + "\n")
