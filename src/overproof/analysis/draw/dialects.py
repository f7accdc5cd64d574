"""The two dialects: in which of them a text is read.

What reads texts is imported where it is needed: workers, which are given plans, need no parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from overproof.analysis.draw.python.rows import PythonRows, make_python_rows
from overproof.analysis.draw.rows import Rows, make_rows
from overproof.records.schema import Schema
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass

Dialect: TypeAlias = Literal["root", "python"]

AnyRows: TypeAlias = Rows | PythonRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One of the expressions between colons.

    Attributes:
        text: as written, without blanks around it.
        position: place of its first character.
    """

    text: str
    position: int


def check_dialect(dialect: str) -> Dialect:
    """Return the name of a dialect.

    Raises:
        OptionError: there is no such dialect.
    """
    match dialect:
        case "root" | "python":
            return dialect
    raise OptionError(f"dialect={dialect!r} is not known: write 'root', which is the default, or 'python'")


def read_pieces(text: str, *, dialect: Dialect) -> tuple[Piece, ...]:
    """Read expressions with colons between them.

    Raises:
        ExpressionError: a text that the dialect does not understand, with the caret under the place.
    """
    from overproof.analysis.draw.language.grammar import parse_dimensions
    from overproof.analysis.draw.python.reading import read_dimensions

    dimensions = read_dimensions(text) if dialect == "python" else parse_dimensions(text)
    return tuple(Piece(text=each.text, position=each.position) for each in dimensions)


def check_piece(text: str, *, dialect: Dialect) -> None:
    """Read one expression, to see that it can be understood; a blank one is none.

    Raises:
        ExpressionError: a text that the dialect does not understand, with the caret under the place.
    """
    from overproof.analysis.draw.language.grammar import parse
    from overproof.analysis.draw.python.reading import read_expression

    if text.strip():
        (read_expression if dialect == "python" else parse)(text)


def rows_in(
    dialect: str,
    text: str,
    *,
    cut: str | None = None,
    weight: str | None = None,
    schema: Schema,
    aliases: Mapping[str, str] | None = None,
) -> AnyRows:
    """Make rows of texts in one of the dialects; see `make_rows` and `make_python_rows`."""
    if check_dialect(dialect) == "python":
        return make_python_rows(text, cut=cut, weight=weight, schema=schema, aliases=aliases)
    from overproof.analysis.draw.names.aliases import with_aliases

    return make_rows(text, cut=cut, weight=weight, schema=with_aliases(schema, aliases) if aliases else schema)
