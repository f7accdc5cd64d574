"""Expressions that stand for a name: written once, put in its place wherever the name appears."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from overproof.analysis.draw.language.syntax import (
    Binary,
    Call,
    Choice,
    Group,
    Name,
    Node,
    Number,
    Single,
    Text,
    Unary,
)


def rewritten(node: Node, *, position: int, rename: Callable[[Name], Node] | None = None) -> Node:
    """Return a node with everything below it at the place of the name it stands for.

    Args:
        node: parsed from a text of its own.
        position: of the name in the user's text.
        rename: gives what stands for a name; None: names stay.
    """

    def again(each: Node) -> Node:
        return rewritten(each, position=position, rename=rename)

    match node:
        case Number() | Text():
            return dataclasses.replace(node, position=position)
        case Name():
            return dataclasses.replace(node, position=position) if rename is None else rename(node)
        case Group():
            return Group(inner=again(node.inner), position=position)
        case Single():
            return dataclasses.replace(node, inner=again(node.inner), position=position)
        case Unary():
            return dataclasses.replace(node, operand=again(node.operand), position=position)
        case Binary():
            return dataclasses.replace(node, left=again(node.left), right=again(node.right), position=position)
        case Choice():
            condition, yes, no = (again(part) for part in (node.condition, node.yes, node.no))
            return Choice(condition=condition, yes=yes, no=no, position=position)
        case Call():
            arguments = tuple(again(argument) for argument in node.arguments)
            return dataclasses.replace(node, arguments=arguments, position=position)
