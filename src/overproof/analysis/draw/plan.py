"""The plan of a draw: everything a kernel needs to turn columns into a histogram."""

from __future__ import annotations

from dataclasses import replace

from overproof.analysis.draw.axes import Automatic, Axis, Binning, BinsLike
from overproof.analysis.draw.axes.categories import Categories
from overproof.analysis.draw.axes.whole import is_whole
from overproof.analysis.draw.dialects import AnyRows, rows_in
from overproof.analysis.draw.names.texts import is_text
from overproof.analysis.draw.python.rows import PythonRows
from overproof.analysis.draw.request import DrawRequest, read_request
from overproof.records.schema import Schema
from overproof.words.errors import ExpressionError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPlan:
    """One histogram; small, and can be pickled.

    Attributes:
        request: what the user wrote.
        rows: what is computed; its values are in the order of the text, x last.
        axes: of the histogram, x first.
    """

    request: DrawRequest
    rows: AnyRows
    axes: tuple[Axis, ...]

    @property
    def name(self) -> str:
        """Name of the histogram and of the output."""
        return self.request.name

    @property
    def columns(self) -> tuple[str, ...]:
        """Branches to be read, sorted."""
        return self.rows.columns


def plan_of(request: DrawRequest, *, schema: Schema) -> DrawPlan:
    """Make the plan of a request with the schema of the tree.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        BranchError: a name that is no branch, or a branch that cannot be drawn.
    """
    rows = rows_in(
        request.dialect,
        request.text,
        cut=request.cut,
        weight=request.weight,
        schema=schema,
        aliases=request.aliases,
    )
    return DrawPlan(request=request, rows=rows, axes=_with_whole(rows, schema, _with_texts(request, rows)))


def _with_texts(request: DrawRequest, rows: AnyRows) -> tuple[Axis, ...]:
    """Put axes of texts where texts are drawn, whatever binning was asked for.

    Raises:
        ExpressionError: a text is averaged, or texts and numbers would share an axis.
    """
    are_texts = [False] * len(rows.values)
    if not isinstance(rows, PythonRows):
        are_texts = [is_text(value.root) for value in rows.values]
    if request.is_profile and are_texts[0]:
        raise ExpressionError("a profile averages numbers: this is a text", text=request.text, position=0)
    # The last expression goes along x; what is averaged comes behind the axes.
    along = list(zip(request.axes, are_texts[::-1], strict=False))
    if request.adds and any(isinstance(axis, Binning if text else Categories) for axis, text in along):
        raise ExpressionError(
            f"texts and numbers cannot be added to one axis of `{request.name}`", text=request.text, position=0
        )
    return tuple(Categories() if text else axis for axis, text in along)


def _with_whole(rows: AnyRows, schema: Schema, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Let automatic axes know where the values are whole numbers."""
    dtypes = {branch.name: branch.dtype for branch in schema.branches if "long" not in branch.typename.split("[")[0]}
    if isinstance(rows, PythonRows):
        are_whole = [value.is_whole for value in rows.values[::-1]]
    else:
        are_whole = [is_whole(value.root, dtypes=dtypes) for value in rows.values[::-1]]
    return tuple(
        replace(axis, is_whole=whole) if isinstance(axis, Automatic) else axis
        for axis, whole in zip(axes, are_whole, strict=False)
    )


def make_plan(
    expression: str,
    *,
    cut: str | None = None,
    weight: str | None = None,
    bins: BinsLike = None,
    schema: Schema,
    name: str | None = None,
    profile: bool = False,
    dialect: str = "root",
) -> DrawPlan:
    """Make the plan of a draw from its texts and the schema of the tree; see `read_request` and `plan_of`."""
    request = read_request(expression, cut=cut, weight=weight, bins=bins, name=name, profile=profile, dialect=dialect)
    return plan_of(request, schema=schema)
