"""The methods of ROOT's vectors, as formulas in the draw language; see `vectors.py`."""

from __future__ import annotations

from collections.abc import Mapping

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One kind of vector.

    Attributes:
        paths: its members, as they are called below the object.
        formulas: of its methods, by name; those that begin with `_` are for the others only.
    """

    paths: tuple[str, ...]
    formulas: Mapping[str, str]


_ETA_MAX = "22756"

_SMALL_LETTERS = {
    "x": "X", "y": "Y", "z": "Z", "t": "T", "px": "Px", "py": "Py", "pz": "Pz", "e": "E", "r": "R", "theta": "Theta",
    "phi": "Phi", "rho": "Rho", "eta": "Eta", "pt": "Pt", "perp2": "Perp2", "mag2": "Mag2", "mag": "Mag", "mt": "Mt",
    "mt2": "Mt2", "energy": "E", "mass": "M", "mass2": "M2",
}  # fmt: skip


def _with_small_letters(formulas: Mapping[str, str]) -> dict[str, str]:
    small = {small: large for small, large in _SMALL_LETTERS.items() if large in formulas and small not in formulas}
    return {**formulas, **small}


_LORENTZ = {
    "X": "Px",
    "Y": "Py",
    "Z": "Pz",
    "T": "E",
    "R": "P",
    "Rho": "Pt",
    "P2": "P*P",
    "mag": "M",
    "mag2": "M2",
    "Rapidity": "0.5*np.log(np.divide(E + Pz, E - Pz))",
    "ColinearRapidity": "0.5*np.log(np.divide(E + P, E - P))",
    "Beta": "E == 0 && P2 == 0 ? 0 : (E == 0 ? np.divide(1, E) : P/E)",
    "Gamma": "E == 0 && P2 == 0 ? 1 : (E*E < P2 ? 0 : np.divide(1, np.sqrt(1 - np.divide(P2, E*E))))",
}
"""What LorentzVector itself makes of its coordinates."""

_POLAR = {
    "Pt": "fPt",
    "Eta": "fEta",
    "Phi": "fPhi",
    "Perp2": "fPt*fPt",
    "Px": "fPt*np.cos(fPhi)",
    "Py": "fPt*np.sin(fPhi)",
    "Pz": f"fPt > 0 ? fPt*np.sinh(fEta) : (fEta == 0 ? 0 : (fEta > 0 ? fEta - {_ETA_MAX} : fEta + {_ETA_MAX}))",
    "P": f"fPt > 0 ? fPt*np.cosh(fEta) : (fEta > {_ETA_MAX} ? fEta - {_ETA_MAX} :"
    f" (fEta < -{_ETA_MAX} ? -fEta - {_ETA_MAX} : 0))",
    "Theta": "fPt > 0 ? 2*np.arctan(np.exp(-fEta)) : (fEta >= 0 ? 0 : TMath::Pi())",
}

_ETA_OF_RHO = {
    "_far": "8192",
    "_scaled": "fZ/Rho",
    "_squared": "_scaled*_scaled",
    "Eta": "Rho > 0"
    " ? (abs(_scaled) < _far ? np.log(_scaled + np.sqrt(_squared + 1))"
    " : (fZ > 0 ? np.log(2*_scaled + 0.5/_scaled) : -np.log(-2*_scaled)))"
    f" : (fZ == 0 ? 0 : (fZ > 0 ? fZ + {_ETA_MAX} : fZ - {_ETA_MAX}))",
}
"""Pseudorapidity of Cartesian coordinates; what is far is the fourth root of 1 over the precision."""

_CARTESIAN = {
    "Px": "fX",
    "Py": "fY",
    "Pz": "fZ",
    "Perp2": "fX*fX + fY*fY",
    "Pt": "np.sqrt(Perp2)",
    "P": "np.sqrt(fX*fX + fY*fY + fZ*fZ)",
    "Phi": "fX == 0 && fY == 0 ? 0 : np.arctan2(fY, fX)",
    "Theta": "fX == 0 && fY == 0 && fZ == 0 ? 0 : np.arctan2(Pt, fZ)",
    **_ETA_OF_RHO,
}

_SQUARED_MASS = "fM >= 0 ? fM*fM : -fM*fM"
_WITH_SIGN = {"Mt": "sign(Mt2)*np.sqrt(abs(Mt2))"}

_SPATIAL = {"R": "np.sqrt(Mag2)", "Mag2": "fX*fX + fY*fY + fZ*fZ", "Perp2": "fX*fX + fY*fY", "Rho": "np.sqrt(Perp2)"}

_OLD_SPATIAL = {
    "X": "fX",
    "Y": "fY",
    "Z": "fZ",
    "Px": "fX",
    "Py": "fY",
    "Pz": "fZ",
    "Perp2": "fX*fX + fY*fY",
    "Perp": "np.sqrt(Perp2)",
    "Pt": "Perp",
    "Phi": "fX == 0 && fY == 0 ? 0 : atan2(fY, fX)",
    "Theta": "fX == 0 && fY == 0 && fZ == 0 ? 0 : atan2(Perp, fZ)",
    "CosTheta": "_p == 0 ? 1 : fZ/_p",
    "PseudoRapidity": "CosTheta*CosTheta < 1 ? -0.5*np.log((1 - CosTheta)/(1 + CosTheta))"
    " : (fZ == 0 ? 0 : (fZ > 0 ? 1e11 : -1e11))",
    "Eta": "PseudoRapidity",
}
"""What TVector3 and TLorentzVector share."""

SYSTEMS: dict[str, System] = {
    "PtEtaPhiE4D": System(
        paths=("fCoordinates.fPt", "fCoordinates.fEta", "fCoordinates.fPhi", "fCoordinates.fE"),
        formulas=_with_small_letters(
            {
                **_LORENTZ,
                **_POLAR,
                **_WITH_SIGN,
                "E": "fE",
                "M2": "fE*fE - P*P",
                "M": "sign(M2)*np.sqrt(abs(M2))",
                "Mt2": "fE*fE - Pz*Pz",
                "Et": "fE/np.cosh(fEta)",
                "Et2": "Et*Et",
            }
        ),
    ),
    "PtEtaPhiM4D": System(
        paths=("fCoordinates.fPt", "fCoordinates.fEta", "fCoordinates.fPhi", "fCoordinates.fM"),
        formulas=_with_small_letters(
            {
                **_LORENTZ,
                **_POLAR,
                **_WITH_SIGN,
                "M": "fM",
                "M2": _SQUARED_MASS,
                "_e2": "P*P + M2 > 0 ? P*P + M2 : 0",
                "E": "np.sqrt(_e2)",
                "Mt2": "M2 + fPt*fPt",
                "Et2": "(2*_e2)/(np.cosh(2*fEta) + 1)",
                "Et": "E/np.cosh(fEta)",
            }
        ),
    ),
    "PxPyPzE4D": System(
        paths=("fCoordinates.fX", "fCoordinates.fY", "fCoordinates.fZ", "fCoordinates.fT"),
        formulas=_with_small_letters(
            {
                **_LORENTZ,
                **_CARTESIAN,
                **_WITH_SIGN,
                "E": "fT",
                "M2": "fT*fT - fX*fX - fY*fY - fZ*fZ",
                "M": "sign(M2)*np.sqrt(abs(M2))",
                "Mt2": "fT*fT - fZ*fZ",
                "Et2": "Perp2 == 0 ? 0 : ((fT*fT)*Perp2)/(Perp2 + fZ*fZ)",
                "Et": "fT < 0 ? -np.sqrt(Et2) : np.sqrt(Et2)",
            }
        ),
    ),
    "PxPyPzM4D": System(
        paths=("fCoordinates.fX", "fCoordinates.fY", "fCoordinates.fZ", "fCoordinates.fM"),
        formulas=_with_small_letters(
            {
                **_LORENTZ,
                **_CARTESIAN,
                **_WITH_SIGN,
                "M": "fM",
                "M2": _SQUARED_MASS,
                "_e2": "(fX*fX + fY*fY + fZ*fZ) + M2 > 0 ? (fX*fX + fY*fY + fZ*fZ) + M2 : 0",
                "E": "np.sqrt(_e2)",
                "Mt2": "_e2 - fZ*fZ",
                "Et2": "Perp2 == 0 ? 0 : (_e2*Perp2)/(Perp2 + fZ*fZ)",
                "Et": "np.sqrt(Et2)",
            }
        ),
    ),
    "Cartesian3D": System(
        paths=("fCoordinates.fX", "fCoordinates.fY", "fCoordinates.fZ"),
        formulas=_with_small_letters(
            {
                **_SPATIAL,
                "X": "fX",
                "Y": "fY",
                "Z": "fZ",
                "Phi": "np.arctan2(fY, fX)",
                "Theta": "np.arctan2(Rho, fZ)",
                **_ETA_OF_RHO,
            }
        ),
    ),
    "CylindricalEta3D": System(
        paths=("fCoordinates.fRho", "fCoordinates.fEta", "fCoordinates.fPhi"),
        formulas=_with_small_letters(
            {
                **{
                    name: text.replace("fPt", "fRho")
                    for name, text in _POLAR.items()
                    if name in {"Eta", "Phi", "Theta"}
                },
                "X": "fRho*np.cos(fPhi)",
                "Y": "fRho*np.sin(fPhi)",
                "Z": _POLAR["Pz"].replace("fPt", "fRho"),
                "R": _POLAR["P"].replace("fPt", "fRho"),
                "Rho": "fRho",
                "Mag2": "R*R",
                "Perp2": "fRho*fRho",
            }
        ),
    ),
    "Polar3D": System(
        paths=("fCoordinates.fR", "fCoordinates.fTheta", "fCoordinates.fPhi"),
        formulas=_with_small_letters(
            {
                "R": "fR",
                "Theta": "fTheta",
                "Phi": "fPhi",
                "Rho": "fR*np.sin(fTheta)",
                "X": "Rho*np.cos(fPhi)",
                "Y": "Rho*np.sin(fPhi)",
                "Z": "fR*np.cos(fTheta)",
                "Mag2": "fR*fR",
                "Perp2": "Rho*Rho",
                "_tan": "np.tan(fTheta/2)",
                "Eta": f"_tan == 0 ? fR + {_ETA_MAX} : -np.log(_tan)",
            }
        ),
    ),
    "Cartesian2D": System(
        paths=("fCoordinates.fX", "fCoordinates.fY"),
        formulas=_with_small_letters(
            {
                "X": "fX",
                "Y": "fY",
                "Mag2": "fX*fX + fY*fY",
                "R": "np.sqrt(Mag2)",
                "Phi": "fX == 0 && fY == 0 ? 0 : np.arctan2(fY, fX)",
            }
        ),
    ),
    "Polar2D": System(
        paths=("fCoordinates.fR", "fCoordinates.fPhi"),
        formulas=_with_small_letters(
            {"R": "fR", "Phi": "fPhi", "X": "fR*np.cos(fPhi)", "Y": "fR*np.sin(fPhi)", "Mag2": "fR*fR"}
        ),
    ),
    "TLorentzVector": System(
        paths=("fP.fX", "fP.fY", "fP.fZ", "fE"),
        formulas={
            **_OLD_SPATIAL,
            "_p": "np.sqrt(fX*fX + fY*fY + fZ*fZ)",
            "P": "_p",
            "Rho": "P",
            "T": "fE",
            "E": "fE",
            "Energy": "fE",
            "Mag2": "fE*fE - (fX*fX + fY*fY + fZ*fZ)",
            "M2": "Mag2",
            "Mag": "sign(Mag2)*np.sqrt(abs(Mag2))",
            "M": "Mag",
            "Mt2": "fE*fE - fZ*fZ",
            "Mt": "sign(Mt2)*np.sqrt(abs(Mt2))",
            "Et2": "Perp2 == 0 ? 0 : ((fE*fE)*Perp2)/(Perp2 + fZ*fZ)",
            "Et": "fE < 0 ? -np.sqrt(Et2) : np.sqrt(Et2)",
            "Beta": "np.divide(P, fE)",
            "Gamma": "np.divide(1, np.sqrt(1 - Beta*Beta))",
            "Plus": "fE + fZ",
            "Minus": "fE - fZ",
            "Rapidity": "0.5*np.log(np.divide(fE + fZ, fE - fZ))",
        },
    ),
    "TVector3": System(
        paths=("fX", "fY", "fZ"),
        formulas={
            **_OLD_SPATIAL,
            "_p": "Mag",
            "Mag2": "fX*fX + fY*fY + fZ*fZ",
            "Mag": "np.sqrt(Mag2)",
        },
    ),
    "TVector2": System(
        paths=("fX", "fY"),
        formulas={
            "X": "fX",
            "Y": "fY",
            "Px": "fX",
            "Py": "fY",
            "Mod2": "fX*fX + fY*fY",
            "Mod": "np.sqrt(Mod2)",
            "Phi": "TMath::Pi() + atan2(-fY, -fX)",
        },
    ),
}
"""Vectors by the name of their coordinates; where one has all members of another, it stands first."""

SINGLE = {"_far": "53.817370576237735"}
"""Formulas that differ for vectors of floats."""

DOUBLE_INSIDE: dict[str, frozenset[str]] = {
    "PxPyPzE4D": frozenset({"Eta"}),
    "PxPyPzM4D": frozenset({"Eta"}),
    "Cartesian3D": frozenset({"Eta"}),
    "Polar3D": frozenset({"_tan"}),
}
"""Methods that compute in double although the vector is one of floats; only their result is a float."""
