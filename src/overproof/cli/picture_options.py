"""The options that say how a picture looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click

from overproof.session.show.style import Style

F = TypeVar("F", bound=Callable[..., Any])


def picture_options(function: F) -> F:
    """Add the options of pictures to a command, which gets them together as `style`."""

    @wraps(function)
    def styled(
        *arguments: Any,
        overlay: bool,
        stack: bool,
        norm: bool,
        points: tuple[str, ...],
        logx: bool,
        logy: bool,
        logz: bool,
        **others: Any,
    ) -> Any:
        style = Style(overlay=overlay, stack=stack, norm=norm, points=points, logx=logx, logy=logy, logz=logz)
        return function(*arguments, style=style, **others)

    added: Callable[..., Any] = styled
    for option in reversed(_OPTIONS):
        added = option(added)
    return cast(F, added)


_OPTIONS = (
    click.option("--overlay", is_flag=True, help="In the picture: histograms of one dimension over each other."),
    click.option("--stack", is_flag=True, help="In the picture: histograms of one dimension upon each other."),
    click.option("--points", multiple=True, metavar="NAME", help="Draw this one as points over the others."),
    click.option("--norm", is_flag=True, help="Draw histograms divided by the sum of their contents."),
    click.option("--logx", is_flag=True, help="Logarithmic x axis."),
    click.option("--logy", is_flag=True, help="Logarithmic y axis, in the terminal too."),
    click.option("--logz", is_flag=True, help="Logarithmic colours of two dimensions, in the terminal too."),
)
