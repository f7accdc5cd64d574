"""The nodes of a parsed draw expression, before any name has been looked up."""

from __future__ import annotations

from typing import TypeAlias

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A literal; always a double, as in ROOT. `text` is as written: `x^2` and `x^2.` are computed differently."""

    value: float
    text: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One pair of brackets behind a name.

    Attributes:
        value: the constant or the expression inside; None for `[]`, which loops.
        position: place of the opening bracket.
    """

    value: int | Node | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in quotes."""

    value: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A branch, a constant, or a special name such as `Length$`."""

    text: str
    indices: tuple[Index, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An expression in parentheses; kept, because parentheses settle what would mean two things."""

    inner: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary:
    """`-x`, `+x` or `!x`."""

    operator: str
    operand: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """Two operands and what stands between them; synonyms are already replaced by C's spelling."""

    operator: str
    left: Node
    right: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function, an aggregate such as `Sum$`, or a method of an object, with its arguments.

    Attributes:
        function: name; that of a method has the object in front of it, `Jets.Pt`.
        indices: those of the object.
    """

    function: str
    arguments: tuple[Node, ...]
    position: int
    indices: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """An expression in single precision, throughout or in its result only; nobody writes one."""

    inner: Node
    throughout: bool
    position: int


Node: TypeAlias = Number | Text | Name | Group | Unary | Binary | Choice | Call | Single


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One of the expressions between colons.

    Attributes:
        node: the expression.
        text: as written, without blanks around it.
        position: place of its first character.
    """

    node: Node
    text: str
    position: int
