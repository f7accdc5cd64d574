"""The nodes of an expression in Python, before any name has been looked up."""

from __future__ import annotations

from typing import TypeAlias

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A number, or True or False; `element` is `"boolean"`, `"integer"` or `"real"`. None is not a value of its own."""

    value: float | None
    element: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A branch, with the dots in its name, or a constant such as `np.pi`."""

    text: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One or two operands and an operator of arithmetic, bits or comparison; a sign is `"-x"` or `"+x"`."""

    operator: str
    operands: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    """`left and right`, or `left or right`."""

    is_and: bool
    left: Node
    right: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`yes if condition else no`."""

    condition: Node
    yes: Node
    no: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function with its arguments; keywords are in the order of the text."""

    function: str
    arguments: tuple[Node, ...]
    keywords: tuple[tuple[str, Node], ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`[a, b]` or `(a, b)` as an argument."""

    items: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """`start:stop:step` between brackets."""

    start: int | None
    stop: int | None
    step: int | None
    position: int

    @property
    def is_whole(self) -> bool:
        """Tell whether it is `:`, which takes everything."""
        return self.start is None and self.stop is None and self.step in {None, 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAxis:
    """`np.newaxis`, or None, between brackets."""

    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """`...` between brackets."""

    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscript:
    """`base[items]`; `is_tuple` tells whether there is a comma between the brackets."""

    base: Node
    items: tuple[Item, ...]
    is_tuple: bool
    position: int


Node: TypeAlias = Literal | Name | Operation | Logic | Choice | Call | Listing | Subscript
Item: TypeAlias = Node | Slice | NewAxis | Rest


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
