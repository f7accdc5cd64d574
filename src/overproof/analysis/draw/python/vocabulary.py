"""Every name that the Python dialect knows, and those it refuses by name.

One table serves the resolver, the kernels and the page in the documentation.

Source: the functions of awkward 2 and numpy 2, with their names, arguments and defaults.
"""

from __future__ import annotations

from overproof.analysis.draw.language.numpy_names import NUMPY_CONSTANTS, NUMPY_FUNCTIONS
from overproof.words.frozen import dataclass

REQUIRED = 1_000
"""Default of an axis that must be written, since the library's own default goes over all entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elementwise:
    """A function of numbers that goes element by element.

    Attributes:
        kernel: name of what computes it, in the table of the kernels.
        n_arguments: how many it takes.
        element: what comes out: `"boolean"`, `"real"`, or `"same"` as goes in (integers of integers).
    """

    kernel: str
    n_arguments: int = 1
    element: str = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFunction:
    """A function of awkward that knows of lists.

    Attributes:
        element: what comes out; `"same"` as goes in, `"sum"`: an integer for booleans.
        shape: what becomes of the levels of lists: `"reduced"` by the one at `axis`, `"kept"`, `"to axis"` (as many as
            the axis says), `"above axis"` (one less), `"more"` (one more), `"broadcast"`.
        axis: default of the axis; None: it takes no axis.
        options: keywords it takes, `axis` apart.
        positional: options that may also follow the arrays without a keyword.
        n_arrays: how many arrays it takes.
    """

    element: str = "same"
    shape: str = "reduced"
    axis: int | None = REQUIRED
    options: tuple[str, ...] = ()
    positional: tuple[str, ...] = ()
    n_arrays: int = 1


_BOOLEAN = {"isfinite", "isinf", "isnan"}
_SAME = {"abs", "absolute", "maximum", "minimum", "mod", "remainder", "sign", "square"}

ELEMENTWISE: dict[str, Elementwise] = {
    **{
        f"np.{name}": Elementwise(
            kernel=kernel,
            n_arguments=n_arguments,
            element="boolean" if name in _BOOLEAN else "same" if name in _SAME else "real",
        )
        for name, (kernel, n_arguments) in NUMPY_FUNCTIONS.items()
    },
    "abs": Elementwise(kernel="abs", element="same"),
    "np.logical_and": Elementwise(kernel="both", n_arguments=2, element="boolean"),
    "np.logical_or": Elementwise(kernel="either", n_arguments=2, element="boolean"),
    "np.logical_xor": Elementwise(kernel="one_of_two", n_arguments=2, element="boolean"),
    "np.logical_not": Elementwise(kernel="logical_not", element="boolean"),
    "np.round": Elementwise(kernel="rint"),
    "np.clip": Elementwise(kernel="clip", n_arguments=3, element="same"),
}
"""Functions of numbers by name."""

_REDUCERS: dict[str, ListFunction] = {
    "sum": ListFunction(element="sum", options=("keepdims",)),
    "prod": ListFunction(element="sum", options=("keepdims",)),
    "min": ListFunction(options=("keepdims", "mask_identity")),
    "max": ListFunction(options=("keepdims", "mask_identity")),
    "any": ListFunction(element="boolean", options=("keepdims",)),
    "all": ListFunction(element="boolean", options=("keepdims",)),
    "count_nonzero": ListFunction(element="integer", options=("keepdims",)),
    "argmin": ListFunction(element="integer", options=("keepdims",)),
    "argmax": ListFunction(element="integer", options=("keepdims",)),
    "mean": ListFunction(element="real", options=("keepdims",)),
    "var": ListFunction(element="real", options=("keepdims", "ddof")),
    "std": ListFunction(element="real", options=("keepdims", "ddof")),
    "ptp": ListFunction(options=("keepdims",)),
}
_ORDERS: dict[str, ListFunction] = {
    "sort": ListFunction(shape="kept", axis=-1, options=("ascending", "stable")),
    "argsort": ListFunction(element="integer", shape="kept", axis=-1, options=("ascending", "stable")),
}
_WHOLE: dict[str, ListFunction] = {
    "where": ListFunction(shape="broadcast", axis=None, n_arrays=3),
    "concatenate": ListFunction(shape="kept", n_arrays=0),
    "ones_like": ListFunction(element="integer", shape="kept", axis=None),
    "zeros_like": ListFunction(element="integer", shape="kept", axis=None),
}

LIST_FUNCTIONS: dict[str, ListFunction] = {
    **{f"{library}.{name}": each for library in ("ak", "np") for name, each in (_REDUCERS | _ORDERS | _WHOLE).items()},
    "ak.count": ListFunction(element="integer", options=("keepdims",)),
    "ak.num": ListFunction(element="integer", shape="above axis", axis=1),
    "ak.firsts": ListFunction(axis=1),
    "ak.singletons": ListFunction(shape="more", axis=None),
    "ak.local_index": ListFunction(element="integer", shape="to axis", axis=-1),
    "ak.pad_none": ListFunction(shape="kept", axis=1, options=("target", "clip"), positional=("target",)),
    "ak.fill_none": ListFunction(shape="kept", axis=-1, options=("value",), positional=("value",)),
    "ak.is_none": ListFunction(element="boolean", shape="to axis", axis=0),
    "ak.drop_none": ListFunction(shape="kept", axis=-1),
    "ak.mask": ListFunction(shape="broadcast", axis=None, n_arrays=2, options=("valid_when",)),
    "ak.flatten": ListFunction(axis=1),
}
"""Functions of lists by name."""

FLATTENING: tuple[str, ...] = ("ak.flatten", "ak.ravel", "np.ravel")
"""Functions that may stand around a whole expression, where they change nothing: rows are flat."""

CONSTANTS: dict[str, float] = {f"np.{name}": value for name, value in NUMPY_CONSTANTS.items()}
"""Names that are numbers."""

REFUSED: dict[str, str] = {
    "len": "it counts entries: write `ak.num(x)` for the elements of each",
    "sum": "it goes over entries: write `ak.sum(x, axis=1)`",
    "min": "it goes over entries: write `ak.min(x, axis=1)`, or `np.minimum(a, b)`",
    "max": "it goes over entries: write `ak.max(x, axis=1)`, or `np.maximum(a, b)`",
    "any": "it goes over entries: write `ak.any(x, axis=1)`",
    "all": "it goes over entries: write `ak.all(x, axis=1)`",
    "sorted": "it goes over entries: write `ak.sort(x)`",
    "range": "there are no loops here: write `ak.local_index(x)`",
    "int": "it takes one number: write `np.trunc(x)`",
    "float": "every number is a double already",
    "bool": "it takes one number: write `x != 0`",
    "round": "it takes one number: write `np.round(x)`",
    "pow": "write `x ** y`",
    "ak.cartesian": "it makes records: write pairs with `x[:, :, np.newaxis]` and `y[:, np.newaxis, :]`",
    "ak.combinations": "it makes records: write pairs with `x[:, :, np.newaxis]` and `x[:, np.newaxis, :]`",
    "ak.argcartesian": "it makes records: write pairs with `x[:, :, np.newaxis]` and `y[:, np.newaxis, :]`",
    "ak.argcombinations": "it makes records: write pairs with `x[:, :, np.newaxis]` and `x[:, np.newaxis, :]`",
    "ak.zip": "it makes records: draw numbers",
    "ak.to_numpy": "the arrays of a block stay what they are",
    "np.random": "it is not reproducible",
}
"""Names that Python, numpy or awkward know and this dialect does not, each with its reason."""
