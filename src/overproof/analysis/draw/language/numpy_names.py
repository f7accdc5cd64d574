"""The functions of numpy that work element by element, by the kernel that computes each: they have no guards.

Both dialects know them: ROOT's as `np.sqrt(x)` among other functions, Python's as they are.
"""

from __future__ import annotations

import math

NUMPY_FUNCTIONS: dict[str, tuple[str, int]] = {
    "abs": ("abs", 1),
    "absolute": ("abs", 1),
    "arccos": ("acos", 1),
    "arccosh": ("acosh", 1),
    "arcsin": ("asin", 1),
    "arcsinh": ("asinh", 1),
    "arctan": ("atan", 1),
    "arctan2": ("atan2", 2),
    "arctanh": ("atanh", 1),
    "cbrt": ("cbrt", 1),
    "ceil": ("ceil", 1),
    "copysign": ("copysign", 2),
    "cos": ("cos", 1),
    "cosh": ("cosh", 1),
    "deg2rad": ("radians", 1),
    "degrees": ("degrees", 1),
    "divide": ("divide", 2),
    "exp": ("exp", 1),
    "exp2": ("exp2", 1),
    "expm1": ("expm1", 1),
    "fabs": ("abs", 1),
    "floor": ("floor", 1),
    "fmax": ("fmax", 2),
    "fmin": ("fmin", 2),
    "fmod": ("fmod", 2),
    "hypot": ("hypot", 2),
    "isfinite": ("is_finite", 1),
    "isinf": ("is_infinite", 1),
    "isnan": ("is_nan", 1),
    "log": ("log", 1),
    "log10": ("log10", 1),
    "log1p": ("log1p", 1),
    "log2": ("log2", 1),
    "maximum": ("maximum", 2),
    "minimum": ("minimum", 2),
    "mod": ("floored_remainder", 2),
    "power": ("pow", 2),
    "rad2deg": ("degrees", 1),
    "radians": ("radians", 1),
    "remainder": ("floored_remainder", 2),
    "rint": ("rint", 1),
    "sign": ("sign", 1),
    "sin": ("sin", 1),
    "sinh": ("sinh", 1),
    "sqrt": ("sqrt", 1),
    "square": ("square", 1),
    "tan": ("tan", 1),
    "tanh": ("tanh", 1),
    "trunc": ("trunc", 1),
}
"""Kernel and number of arguments of each function, without the `np.` before it."""

NUMPY_CONSTANTS: dict[str, float] = {"e": math.e, "inf": math.inf, "nan": math.nan, "pi": math.pi}
"""Numbers that numpy has names for."""
