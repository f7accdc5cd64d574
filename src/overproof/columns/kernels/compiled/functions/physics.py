"""Write ROOT's angles and distributions."""

from __future__ import annotations

import math

from overproof.columns.kernels.compiled.functions.numbers import is_true
from overproof.columns.machine.writer import Value, Variable, Writer

FAR_IN_SIGMAS = 39.0
ROOT_OF_TWO_PI = 2.50662827463100024
MANY_TURNS = 1e4
TURN = 2 * math.pi


def gauss(writer: Writer, x: Value, mean: Value, sigma: Value, is_normalised: Value) -> Value:
    """Write a Gaussian; 0 beyond 39 sigmas, 1e30 where sigma is 0."""
    builder = writer.builder
    argument = builder.fdiv(builder.fsub(x, mean), sigma)
    square = builder.fmul(builder.fmul(writer.double(-0.5), argument), argument)
    is_far = writer.compare(">", writer.intrinsic("fabs", argument), writer.double(FAR_IN_SIGMAS))
    height = writer.select(is_far, writer.double(0.0), writer.call("exp", square))
    normalised = builder.fdiv(height, builder.fmul(writer.double(ROOT_OF_TWO_PI), sigma))
    height = writer.select(is_true(writer, is_normalised), normalised, height)
    return writer.select(writer.compare("==", sigma, writer.double(0.0)), writer.double(1e30), height)


def breit_wigner(writer: Writer, x: Value, mean: Value, gamma: Value) -> Value:
    """Write a Breit-Wigner distribution."""
    builder = writer.builder
    distance = builder.fsub(x, mean)
    width = builder.fdiv(builder.fmul(gamma, gamma), writer.double(4.0))
    height = builder.fdiv(gamma, builder.fadd(builder.fmul(distance, distance), width))
    return builder.fdiv(height, writer.double(TURN))


def phi_between(writer: Writer, x: Value, *, low: float, high: float) -> Value:
    """Write an angle that full turns, one by one, bring into a range; what makes many turns is cut first."""
    builder, turn = writer.builder, writer.double(TURN)
    is_near = writer.compare("<", writer.intrinsic("fabs", x), writer.double(MANY_TURNS))
    (start,) = writer.decide(is_near, lambda: [x], lambda: [writer.call("fmod", x, turn)])
    phi = Variable(writer, start)
    with writer.repeat_while(lambda: writer.compare(">=", phi.get(), writer.double(high))):
        phi.set(builder.fsub(phi.get(), turn))
    with writer.repeat_while(lambda: writer.compare("<", phi.get(), writer.double(low))):
        phi.set(builder.fadd(phi.get(), turn))
    return phi.get()
