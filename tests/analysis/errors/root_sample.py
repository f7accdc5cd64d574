"""A schema with a branch of every kind, for what ROOT's dialect refuses."""

from __future__ import annotations

from overproof.records.schema import Branch, Schema


def number(
    name: str, *, n_jagged: int = 0, fixed_shape: tuple[int, ...] = (), dtype: str = "float32", typename: str = "float"
) -> Branch:
    return Branch(name=name, typename=typename, kind="number", dtype=dtype, n_jagged=n_jagged, fixed_shape=fixed_shape)


VECTOR = "std::vector<ROOT::Math::LorentzVector<ROOT::Math::PtEtaPhiE4D<double> > >"

SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        number("n"),
        number("met"),
        number("pt", n_jagged=1),
        number("good", n_jagged=1, dtype="bool", typename="bool"),
        number("rows", n_jagged=2),
        number("deep", n_jagged=3),
        number("pair", fixed_shape=(2,)),
        number("a.E"),
        number("b.E"),
        Branch(name="label", typename="std::string", kind="string"),
        Branch(name="Jets", typename=VECTOR, kind="object"),
        Branch(name="thing", typename="Thing", kind="object"),
        *(
            number(f"Jets.fCoordinates.{member}", n_jagged=1, dtype="float64", typename="double")
            for member in ("fPt", "fEta", "fPhi", "fE")
        ),
    ),
    aliases=(("circle", "circle + 1"), ("sum", "met + n"), ("broken", "met +")),
)
