"""Functions of numbers as machine code: the bits of those that numpy computes array by array."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from overproof.columns.kernels.compiled.functions import function_names, write_function
from overproof.columns.kernels.functions import Kernel, kernel, kernel_names
from overproof.columns.kernels.python.elementwise import own_kernel, own_kernel_names
from overproof.columns.machine.machine import Machine
from overproof.columns.machine.writer import Writer

Doubles = npt.NDArray[np.float64]

NAMES = sorted(function_names())
N_ARGUMENTS = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "guarded_divide", "remainder", "ieee_remainder"), 2),
    **dict.fromkeys(("floored_quotient", "floored_remainder", "fmod", "fdim", "pow", "hypot", "copysign"), 2),
    **dict.fromkeys(("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"), 2),
    **dict.fromkeys(("atan2", "atan2f", "guarded_atan2", "both", "either", "one_of_two"), 2),
    **dict.fromkeys(("min", "max", "fmin", "fmax", "minimum", "maximum", "tmath_min", "tmath_max"), 2),
    **dict.fromkeys(("bit_and", "bit_or", "shift_left", "shift_right"), 2),
    **dict.fromkeys(("signed_and", "signed_or", "signed_xor", "signed_shift_left", "signed_shift_right"), 2),
    **dict.fromkeys(("between", "breit_wigner", "clip"), 3),
    "gauss": 4,
}
"""Of functions of more than one number."""

MOST_ARGUMENTS = 4
SIGNALING_NAN = 0x7FF4000000000001

SIZES = (
    *(0.0, math.inf, math.nan, 5e-324, 1e-310, 2.2250738585072014e-308, 1.7976931348623157e308, 1e300, 1e19, 0.1),
    *(1e-5, 0.49999999999999994, 0.5, 1.5, 2.5, 1.0, 2.0, 3.0, 7.0, 63.0, 64.0, 65.0),
    *(2.0**31, 2.0**31 - 1, 2.0**31 - 0.5, 2.0**31 + 1, 2.0**32, 2.0**52, 2.0**52 + 0.5, 2.0**53, 2.0**53 + 2),
    *(2.0**63, 2.0**63 - 1024, 2.0**64, 2.0**64 - 2048, math.pi / 2),
)
LIMITS = (1.0, 2.0, 39.0, 700.0, 1e4, math.pi, 2 * math.pi)
"""Of guards and ranges: what is just below and just above counts too."""


def edges() -> Doubles:
    """Return numbers at which functions change, of both signs."""
    around = [math.nextafter(limit, to) for limit in LIMITS for to in (0.0, math.inf)]
    sizes = np.array([*SIZES, *LIMITS, *around])
    return np.concatenate([sizes, -sizes])


def mixtures(rng: np.random.Generator, n: int) -> list[Doubles]:
    """Return numbers of several kinds: any bits, ordinary ones, small whole ones, NaNs that signal among others."""
    ordinary = rng.choice([1.0, 0.0, math.inf, -1.0], n).view(np.int64)
    return [
        rng.integers(-(2**63), 2**63, n, dtype=np.int64).view(np.float64),
        rng.normal(0, 50, n),
        rng.integers(-70, 70, n).astype(np.float64),
        np.where(rng.random(n) < 0.3, SIGNALING_NAN, ordinary).view(np.float64),
    ]


def arguments(seed: int, n: int) -> list[Doubles]:
    """Return numbers for every argument: all pairs of edges, every kind of numbers beside every other one."""
    rng = np.random.default_rng(seed)
    first, second = (each.ravel() for each in np.meshgrid(edges(), edges()))
    given = []
    for place, of_edges in enumerate([first, second, *(rng.choice(edges(), len(first)) for _ in range(2))]):
        kinds = mixtures(rng, n)
        moved = [each for step in (0, 1, 3) for each in (kinds if not place else kinds[step:] + kinds[:step])]
        given.append(np.concatenate([of_edges, *moved]))
    return given


def write_all() -> Machine:
    """Write one function that computes every function of numbers, element by element."""
    writer = Writer()
    given = [writer.array(f"argument {place}", np.float64) for place in range(MOST_ARGUMENTS)]
    with writer.count(writer.integer(0), writer.number("elements")) as element:
        numbers = [writer.read_double(array, element) for array in given]
        for name in NAMES:
            found = write_function(writer, name, numbers[: N_ARGUMENTS.get(name, 1)])
            writer.write(writer.array(name, np.float64, is_constant=False), element, found)
    writer.give(writer.integer(0))
    return Machine(writer)


def run(machine: Machine, given: Sequence[Doubles]) -> dict[str, Doubles]:
    """Compute every function of arrays."""
    found: dict[str, Any] = {name: np.empty(len(given[0])) for name in NAMES}
    machine({**{f"argument {place}": each for place, each in enumerate(given)}, "elements": len(given[0]), **found})
    return found


def interpreted(name: str) -> Kernel:
    """Return the function that the interpreter has under a name."""
    return own_kernel(name) if name in own_kernel_names() else kernel(name)


def check(name: str, given: Sequence[Doubles], found: Mapping[str, Doubles]) -> None:
    """Compare all bits of a function; all NaNs are one."""
    taken = given[: N_ARGUMENTS.get(name, 1)]
    with np.errstate(all="ignore"):
        expected = np.asarray(interpreted(name)(*taken), dtype=np.float64)
    differ = np.flatnonzero(bits(found[name]) != bits(expected))
    shown = [([float(each[at]) for each in taken], float(found[name][at]), float(expected[at])) for at in differ[:3]]
    assert not shown, f"{len(differ)} differ: {shown}"


def bits(values: Doubles) -> npt.NDArray[np.int64]:
    """Return the bits of numbers; all NaNs are one."""
    return np.where(np.isnan(values), np.nan, values).view(np.int64)


@pytest.fixture(scope="module")
def machine() -> Machine:
    return write_all()


@pytest.fixture(scope="module")
def computed(machine: Machine) -> tuple[list[Doubles], dict[str, Doubles]]:
    given = arguments(1, 500)
    return given, run(machine, given)


def test_both_tables_have_the_same_names() -> None:
    """Law: no function of numbers is known to one path only."""
    assert function_names() == kernel_names() | own_kernel_names()


@pytest.mark.parametrize("name", NAMES)
def test_functions_have_the_bits_of_the_interpreter(
    name: str, computed: tuple[list[Doubles], dict[str, Doubles]]
) -> None:
    """Law: a function gives the same bits on both paths: at edges, for pairs of them, for any bits."""
    given, found = computed
    check(name, given, found)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2, 7))
def test_functions_have_the_bits_of_the_interpreter_for_many_numbers(machine: Machine, seed: int) -> None:
    """Law: the same for a quarter of a million of numbers each, again and again."""
    given = arguments(seed, 20_000)
    found = run(machine, given)
    for name in NAMES:
        check(name, given, found)


ZEROS = [(0.0, -0.0), (-0.0, 0.0)]
NAN = math.nan


@pytest.mark.parametrize("name", ["fmin", "fmax", "minimum", "maximum"])
def test_of_equal_ones_the_second_is_taken(name: str, machine: Machine) -> None:
    """Law: the larger and the smaller of 0.0 and -0.0 is the second, wherever in an array and alone."""
    left, right = (np.array(each * 40) for each in zip(*ZEROS, strict=True))
    whole = kernel(name)(left, right)
    assert bits(whole).tolist() == bits(right).tolist()
    assert bits(run(machine, [left, right, right, right])[name]).tolist() == bits(right).tolist()
    for x, y in ZEROS:
        assert math.copysign(1.0, float(kernel(name)(np.float64(x), np.float64(y)))) == math.copysign(1.0, y)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fmin", [1.0, 2.0, NAN]),
        ("fmax", [1.0, 2.0, NAN]),
        ("minimum", [NAN, NAN, NAN]),
        ("maximum", [NAN, NAN, NAN]),
        ("min", [1.0, NAN, NAN]),
        ("max", [1.0, NAN, NAN]),
        ("copysign", [1.0, NAN, NAN]),
    ],
)
def test_nan_beside_a_number(name: str, expected: list[float], machine: Machine) -> None:
    """Law: `fmin` and `fmax` skip NaN, numpy's keep it, ROOT's keep the first one; a NaN has no sign to give."""
    left, right = np.array([1.0, NAN, NAN]), np.array([-NAN, 2.0, -NAN])
    np.testing.assert_array_equal(kernel(name)(left, right), expected)
    np.testing.assert_array_equal(run(machine, [left, right, right, right])[name], expected)


def test_nan_has_no_sign() -> None:
    """Law: the sign bit of NaN is 0, whoever made it."""
    assert kernel("sign_bit")(np.array([NAN, -NAN, -0.0, -1.0])).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_all_nans_are_one_for_powers() -> None:
    """Law: a NaN that signals has the powers of any other NaN: its power 0 is 1, and 1 to it is 1."""
    signaling = np.array([SIGNALING_NAN]).view(np.float64)
    with np.errstate(invalid="ignore"):
        assert kernel("pow")(signaling, 0.0).tolist() == [1.0]
        assert kernel("pow")(1.0, signaling).tolist() == [1.0]
        assert kernel("hypot")(signaling, math.inf).tolist() == [math.inf]


def test_what_does_not_fit_into_whole_numbers_is_the_smallest() -> None:
    """Law: bits of what is no whole number of 64 bits are those of the smallest, on every processor."""
    beyond = np.array([NAN, math.inf, -math.inf, 2.0**63, -1e300])
    assert own_kernel("signed_or")(beyond, 0.0).tolist() == [-(2.0**63)] * len(beyond)


def nearly_whole_quotients(seed: int, n: int) -> list[tuple[Doubles, Doubles]]:
    """Return pairs whose quotients are whole numbers of any size, or next to one; denormals too."""
    rng = np.random.default_rng(seed)
    whole = np.floor(2.0 ** rng.uniform(0, 54, n))
    divisors = rng.normal(0, 1, n)
    denormals = rng.integers(1, 2**53, n).view(np.float64)
    turns = np.full(n, 2 * math.pi)
    return [
        (divisors * whole, divisors),
        (np.nextafter(divisors * whole, rng.choice([-math.inf, math.inf], n)), divisors),
        (np.floor(rng.uniform(0, 2.0**53, n)), whole),
        (rng.integers(1, 2**54, n).view(np.float64), denormals),
        (rng.normal(0, 10.0 ** rng.uniform(-3, 17, n)), turns),
    ]


def check_remainders(machine: Machine, seed: int, n: int) -> None:
    """Compare remainders with those of the C library."""
    for left, right in nearly_whole_quotients(seed, n):
        found = run(machine, [left, right, right, right])
        for name in ("fmod", "floored_remainder", "floored_quotient"):
            check(name, [left, right], found)


def test_remainders_are_exact(machine: Machine) -> None:
    """Law: a remainder has no error where the quotient is, or nearly is, a whole number."""
    check_remainders(machine, 1, 500)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2, 12))
def test_remainders_are_exact_for_many_numbers(machine: Machine, seed: int) -> None:
    """Law: the same for half a million pairs, again and again."""
    check_remainders(machine, seed, 100_000)
