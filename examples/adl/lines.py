"""Questions of the ADL benchmark that one line answers, all in one pass: python lines.py NANOAOD ..."""

import sys

import overproof as op

PAIR = "{0}[:, :, np.newaxis] {2} {1}[:, np.newaxis, :]"


def distance(some, others):
    """Write the distance of each object of one collection to each of another."""
    eta, phi = (PAIR.format(f"{some}_{angle}", f"{others}_{angle}", "-") for angle in ("eta", "phi"))
    return f"np.hypot({eta}, np.pi - abs(np.pi - abs({phi})))"


def is_far_from(leptons):
    """Write which jets have no lepton above 10 GeV within 0.4."""
    return f"ak.all(({distance('Jet', leptons)} >= 0.4) | ({leptons}_pt[:, np.newaxis, :] <= 10), axis=-1)"


ALIASES = {
    # Muons weigh next to nothing beside 60 GeV: the mass of a pair is that of two light rays.
    "pair": f"np.sqrt(2*{PAIR.format('Muon_pt', 'Muon_pt', '*')}*(np.cosh({PAIR.format('Muon_eta', 'Muon_eta', '-')})"
    f" - np.cos({PAIR.format('Muon_phi', 'Muon_phi', '-')})))",
    "opposite": PAIR.format("Muon_charge", "Muon_charge", "!="),
    "clean": f"(Jet_pt > 30) & {is_far_from('Electron')} & {is_far_from('Muon')}",
}
LINES = {
    "1": {"expression": "MET_pt"},
    "2": {"expression": "Jet_pt"},
    "3": {"expression": "Jet_pt[abs(Jet_eta) < 1]"},
    "4": {"expression": "MET_pt", "cut": "ak.sum(Jet_pt > 40, axis=1) >= 2"},
    "5": {"expression": "MET_pt", "cut": "ak.any(ak.any(opposite & (60 < pair) & (pair < 120), axis=-1), axis=-1)"},
    "7": {"expression": "ak.sum(Jet_pt[clean], axis=1)"},
}

if __name__ == "__main__":
    with op.Session() as session:
        drawn = session.draw(sys.argv[1:], LINES, bins="100, 0, 200", aliases=ALIASES, dialect="python", tree="Events")
    for number, histogram in drawn.items():
        print(f"question {number}: {histogram.sum(flow=True).value:,.0f} values")
    op.plot(drawn, "adl_lines.png")
