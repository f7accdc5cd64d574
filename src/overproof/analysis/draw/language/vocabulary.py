"""Every name that the draw language knows, and those it refuses by name.

One table serves the parser, the kernels and the page in the documentation.

Source: names and guards of ROOT::v5::TFormula and TTreeFormula::EvalInstance, checked against ROOT 6.40.
"""

from __future__ import annotations

import math

from overproof.analysis.draw.language.numpy_names import NUMPY_CONSTANTS, NUMPY_FUNCTIONS
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of numbers.

    Attributes:
        kernel: name of what computes it, in the table of the kernels.
        n_arguments: how many it takes.
        defaults: what the last ones are when they are not given.
    """

    kernel: str
    n_arguments: int = 1
    defaults: tuple[float, ...] = ()


def _functions(n_arguments: int, **kernels: str) -> dict[str, Function]:
    return {name: Function(kernel=kernel, n_arguments=n_arguments) for name, kernel in kernels.items()}


def _same(n_arguments: int, *names: str) -> dict[str, Function]:
    return {name: Function(kernel=name, n_arguments=n_arguments) for name in names}


def _tmath(n_arguments: int, **kernels: str) -> dict[str, Function]:
    return {f"TMath::{name}": Function(kernel=kernel, n_arguments=n_arguments) for name, kernel in kernels.items()}


FUNCTIONS: dict[str, Function] = {
    # With ROOT's guards: these never give NaN for a number, except pow and fmod.
    **_functions(
        1,
        sqrt="guarded_sqrt",
        exp="guarded_exp",
        log="guarded_log",
        log10="guarded_log10",
        asin="guarded_asin",
        acos="guarded_acos",
        acosh="guarded_acosh",
        atanh="guarded_atanh",
        int="truncate_to_integer",
        sign="sign_or_one",
        sq="square",
        abs="abs",
        fabs="abs",
    ),
    **_same(1, "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "asinh"),
    **_functions(2, min="min", max="max", pow="pow", fmod="fmod", atan2="guarded_atan2"),
    # As the C library has them.
    **_same(1, "floor", "ceil", "rint", "round", "trunc", "cbrt", "erf", "erfc", "exp2", "expm1", "log1p", "log2"),
    **_same(1, "tgamma", "lgamma", "logb"),
    **_same(2, "hypot", "fmin", "fmax", "copysign", "fdim"),
    **_functions(1, nearbyint="rint", isnan="is_nan", isinf="is_infinite", isfinite="is_finite", signbit="sign_bit"),
    **_functions(2, remainder="ieee_remainder"),
    # ROOT's TMath: no guards but those it has itself.
    **_tmath(
        1,
        Abs="abs",
        Sqrt="sqrt",
        Exp="exp",
        Log="log",
        Log10="log10",
        Log2="log_over_log_of_two",
        Sin="sin",
        Cos="cos",
        Tan="tan",
        ASin="asin",
        ACos="acos",
        ATan="atan",
        SinH="sinh",
        CosH="cosh",
        TanH="tanh",
        ASinH="asinh",
        ACosH="acosh",
        ATanH="atanh",
        Floor="floor",
        Ceil="ceil",
        Sq="square",
        IsNaN="is_nan",
        Finite="is_finite",
        SignBit="sign_bit",
        Nint="nearest_integer",
        FloorNint="floor_integer",
        CeilNint="ceil_integer",
        Odd="is_odd",
        Even="is_even",
    ),
    **_tmath(
        2,
        ATan2="guarded_atan2",
        Power="pow",
        Hypot="hypot",
        Max="tmath_max",
        Min="tmath_min",
        Sign="copysign",
    ),
    **_tmath(3, Range="between"),
    "TMath::Gaus": Function(kernel="gauss", n_arguments=4, defaults=(0.0, 1.0, 0.0)),
    "TMath::BreitWigner": Function(kernel="breit_wigner", n_arguments=3, defaults=(0.0, 1.0)),
    # Angles that were added or subtracted, back in their range.
    "TVector2::Phi_mpi_pi": Function(kernel="phi_around_zero"),
    "TVector2::Phi_0_2pi": Function(kernel="phi_from_zero"),
    # numpy's, without guards.
    **{f"np.{name}": Function(kernel=kernel, n_arguments=n) for name, (kernel, n) in NUMPY_FUNCTIONS.items()},
}
"""Functions by name."""

TEXT_FUNCTIONS: dict[str, str] = {"strstr": "contains"}
"""Functions of two texts that give a number, by what they tell."""

CONSTANTS: dict[str, float] = {
    "pi": math.pi,
    **{f"np.{name}": value for name, value in NUMPY_CONSTANTS.items()},
}
"""Names that are numbers, unless a branch has that name."""

CONSTANT_FUNCTIONS: dict[str, float] = {
    "TMath::Pi": math.pi,
    "TMath::TwoPi": 2.0 * math.pi,
    "TMath::PiOver2": math.pi / 2.0,
    "TMath::PiOver4": math.pi / 4.0,
    "TMath::InvPi": 1.0 / math.pi,
    "TMath::RadToDeg": 180.0 / math.pi,
    "TMath::DegToRad": math.pi / 180.0,
    "TMath::E": math.e,
    "TMath::Ln10": 2.30258509299404568402,
    "TMath::LogE": 0.43429448190325182765,
    "TMath::Sqrt2": 1.4142135623730950488016887242097,
    "TMath::EulerGamma": 0.577215664901532860606512090082402431042,
    "TMath::C": 2.99792458e8,
    "TMath::H": 6.62607015e-34,
    "TMath::Hbar": 1.054571817e-34,
    "TMath::K": 1.380649e-23,
    "TMath::Na": 6.02214076e23,
    "TMath::Qe": 1.602176634e-19,
    "TMath::Infinity": math.inf,
    "TMath::QuietNaN": math.nan,
}
"""Functions without arguments that are numbers."""

AGGREGATES: dict[str, str] = {"Sum$": "sum", "Max$": "max", "Min$": "min"}
"""What turns a loop into one number an entry; 0 for an empty loop."""

CONDITIONAL_AGGREGATES: dict[str, str] = {"MaxIf$": "max", "MinIf$": "min"}
"""The same over the passes in which a second argument is not 0."""

ALTERNATIVE = "Alt$"
"""The first argument where it has a pass of that number, else the second one."""

ENTRY_NUMBERS: dict[str, str] = {"Entry$": "entry", "LocalEntry$": "local_entry", "Entries$": "entries"}
"""Names of numbers of entries: in the chain, in the tree, and all of the chain."""

SPECIALS: tuple[str, ...] = ("Length$", "Iteration$", *ENTRY_NUMBERS)
"""Names about the loop itself and the entry; `Length$` also takes an argument."""

REFUSED: dict[str, str] = {
    "rndm": "it is not reproducible",
    "LocalEntries$": "it is the length of one file of a chain; `Entries$` is that of the chain",
    "True": "write 1",
    "False": "write 0",
    "true": "write 1",
    "false": "write 0",
    **{
        f"TMath::{name}": f"write `{ours}`, the C library's; ROOT's own code for it has other last bits"
        for name, ours in {"Erf": "erf", "Erfc": "erfc", "Gamma": "tgamma", "LnGamma": "lgamma"}.items()
    },
}
"""Names that ROOT or Python knows and this language does not, each with its reason."""
