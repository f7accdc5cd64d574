"""Ask ROOT for every method of its vectors, and keep its answers in vector_numbers.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40):

    python tests/columns/kernels/vectors/make_vector_numbers.py
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ROOT

FOUR = (
    "X Y Z T Px Py Pz P E M M2 Mt Mt2 Et Et2 Pt Eta Phi Theta Rapidity ColinearRapidity Beta Gamma R Rho P2 Perp2 "
    "px py pz pt eta phi e energy mass mass2 mt mt2 mag mag2 rho r theta x y z t perp2"
)
THREE = "X Y Z R Theta Phi Eta Rho Mag2 Perp2 x y z r theta phi eta rho mag2 perp2"
TWO = "X Y R Phi Mag2 x y r phi mag2"
OLD_FOUR = (
    "X Y Z T Px Py Pz P E Energy Theta CosTheta Phi Rho Perp2 Pt Perp Et2 Et Mag2 M2 Mag M Mt2 Mt Beta Gamma Plus "
    "Minus Rapidity Eta PseudoRapidity"
)
OLD_THREE = "X Y Z Px Py Pz Phi Theta CosTheta Mag2 Mag Perp2 Pt Perp PseudoRapidity Eta"
OLD_TWO = "X Y Px Py Mod2 Mod Phi"


def _capitals(methods: str) -> str:
    return " ".join(method for method in methods.split() if method[0].isupper())


VECTORS: dict[str, tuple[Any, str]] = {
    "PtEtaPhiE4D": (ROOT.Math.PtEtaPhiEVector, FOUR),
    "PtEtaPhiM4D": (ROOT.Math.PtEtaPhiMVector, FOUR),
    "PxPyPzE4D": (ROOT.Math.PxPyPzEVector, FOUR),
    "PxPyPzM4D": (ROOT.Math.PxPyPzMVector, FOUR),
    "Cartesian3D": (ROOT.Math.XYZVector, THREE),
    "CylindricalEta3D": (ROOT.Math.RhoEtaPhiVector, THREE),
    "Polar3D": (ROOT.Math.Polar3DVector, THREE),
    "Cartesian2D": (ROOT.Math.XYVector, TWO),
    "Polar2D": (ROOT.Math.Polar2DVector, TWO),
    "TLorentzVector": (ROOT.TLorentzVector, OLD_FOUR),
    "TVector3": (ROOT.TVector3, OLD_THREE),
    "TVector2": (ROOT.TVector2, OLD_TWO),
}

for _system in ("PtEtaPhiE4D", "PtEtaPhiM4D", "PxPyPzE4D", "PxPyPzM4D"):
    VECTORS[f"{_system} of floats"] = (ROOT.Math.LorentzVector[f"ROOT::Math::{_system}<float>"], _capitals(FOUR))
for _system in ("Cartesian3D", "CylindricalEta3D", "Polar3D"):
    VECTORS[f"{_system} of floats"] = (
        ROOT.Math.DisplacementVector3D[f"ROOT::Math::{_system}<float>"],
        _capitals(THREE),
    )
for _system in ("Cartesian2D", "Polar2D"):
    VECTORS[f"{_system} of floats"] = (ROOT.Math.DisplacementVector2D[f"ROOT::Math::{_system}<float>"], _capitals(TWO))

EDGES = [
    (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, -12.0, 20.0), (0.0, 0.0, 5.0, 5.0), (3.0, 0.0, 1e9, 1e9), (3.0, 4.0, 0.0, 5.0),
    (1.0, 2.0, 3.0, -1.0), (-2.0, 0.0, -1e10, 1e11), (1e-8, 0.0, 1.0, 2.0), (0.0, -7.0, 1.0, 0.0),
]  # fmt: skip
"""Points where a method does something special."""


def points(n_coordinates: int) -> Iterator[tuple[float, ...]]:
    dice = random.Random(20)
    for edge in EDGES:
        yield edge[:n_coordinates]
    for _ in range(16):
        x, y, z = (dice.gauss(0, size) for size in (30, 30, 80))
        yield (x, y, z, math.sqrt(x * x + y * y + z * z) + dice.expovariate(0.2))[:n_coordinates]
    for _ in range(12):  # as transverse momentum, pseudorapidity, angle, mass
        yield (dice.expovariate(0.05), dice.gauss(0, 2), dice.uniform(-3, 3), dice.expovariate(0.1))[:n_coordinates]


def main() -> None:
    answers: dict[str, Any] = {}
    for name, (make, methods) in VECTORS.items():
        n_coordinates = next((n for n in (2, 3) if f"{n}D" in name or name == f"TVector{n}"), 4)
        vectors = [_made(make, point) for point in points(n_coordinates)]
        answers[name] = {
            "members": [_members(vector, point) for vector, point in zip(vectors, points(n_coordinates), strict=True)],
            "methods": {method: [float(getattr(vector, method)()) for vector in vectors] for method in methods.split()},
        }
    lines = (f"{json.dumps(name)}:{json.dumps(each, separators=(',', ':'))}" for name, each in answers.items())
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    Path(__file__).with_name("vector_numbers.json").write_text(text, encoding="utf-8")


def _made(make: Any, point: tuple[float, ...]) -> Any:
    vector = make()
    setters = ("SetCoordinates", "SetXYZT", "SetXYZ", "Set")
    next(getattr(vector, name) for name in setters if hasattr(vector, name))(*point)
    return vector


def _members(vector: Any, point: tuple[float, ...]) -> list[float]:
    """Return the members as they are stored: some vectors bring an angle or a mass into its range."""
    if not hasattr(vector, "GetCoordinates"):
        return list(point)
    if len(point) == 2:
        own = vector.Coordinates()
        return [own.X(), own.Y()] if "Cartesian" in type(own).__name__ else [own.R(), own.Phi()]
    stored = ROOT.std.vector["float" if "<float>" in type(vector).__name__ else "double"](len(point))
    vector.Coordinates().GetCoordinates(stored.data())
    return list(stored)


if __name__ == "__main__":
    ROOT.gErrorIgnoreLevel = ROOT.kFatal
    main()
