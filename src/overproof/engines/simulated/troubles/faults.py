"""What happens to workers and messages."""

from __future__ import annotations

import random

from overproof.engines.simulated.options import SimulationOptions
from overproof.words.frozen import dataclass

NOTICED_S = 2.0
"""It takes up to this long until the death of a worker is noticed."""
GIVEN_UP_S = 3.0
"""A frozen worker is given up after this long."""
LONGEST_FREEZE_S = 10.0
LONGEST_DELAY_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will happen to one worker, in virtual seconds after it was hired; None: it does not.

    Attributes:
        strain_s: its memory has grown near its limit.
        loss_s: it dies.
        noticed_s: the driver notices the death.
        is_late: a delta of it arrives after that.
        freeze_s: it freezes.
        thaw_s: it goes on.
        given_up_s: the driver gives it up meanwhile.
        return_s: it joins again, in a new epoch.
    """

    strain_s: float | None = None
    loss_s: float | None = None
    noticed_s: float = 0.0
    is_late: bool = False
    freeze_s: float | None = None
    thaw_s: float = 0.0
    given_up_s: float | None = None
    return_s: float = 0.0


def draw_plan(options: SimulationOptions, dice: random.Random, *, horizon_s: float) -> Plan:
    """Draw what happens to a worker within about the time that the query takes."""
    strain_s = dice.uniform(0.0, horizon_s) if dice.random() < options.strains else None
    loss_s = dice.uniform(0.0, horizon_s) if dice.random() < options.losses else None
    if loss_s is not None:
        noticed_s = loss_s + dice.uniform(0.0, NOTICED_S)
        return Plan(strain_s=strain_s, loss_s=loss_s, noticed_s=noticed_s, is_late=dice.random() < 0.5)
    if dice.random() >= options.freezes:
        return Plan(strain_s=strain_s)
    freeze_s = dice.uniform(0.0, horizon_s)
    thaw_s = freeze_s + dice.uniform(0.0, LONGEST_FREEZE_S)
    given_up_s = freeze_s + GIVEN_UP_S if thaw_s > freeze_s + GIVEN_UP_S else None
    return_s = thaw_s + dice.uniform(0.0, 2.0)
    return Plan(strain_s=strain_s, freeze_s=freeze_s, thaw_s=thaw_s, given_up_s=given_up_s, return_s=return_s)


def draw_delay(options: SimulationOptions, dice: random.Random) -> float:
    """Draw how long a message travels."""
    if options.delays and dice.random() < options.delays:
        return options.latency_s + dice.uniform(0.0, LONGEST_DELAY_S)
    return options.latency_s


def draw_master_losses(
    options: SimulationOptions, dice: random.Random, *, horizon_s: float
) -> list[tuple[float, float]]:
    """Draw when the last checkpoint is made, and when the master is killed after it, as often as that happens."""
    saved = [dice.uniform(0.0, horizon_s) for _ in range(options.master_losses)]
    return sorted((saved_s + dice.uniform(0.0, LONGEST_DELAY_S), saved_s) for saved_s in saved)
