"""Functions of an expression in Python, with their arguments and options."""

from __future__ import annotations

from overproof.analysis.draw.names.lookup import nearest
from overproof.analysis.draw.python import syntax
from overproof.analysis.draw.python.resolve import Resolver, applied, joined
from overproof.analysis.draw.python.typed import Kind, Lists, Typed
from overproof.analysis.draw.python.vocabulary import (
    ELEMENTWISE,
    FLATTENING,
    LIST_FUNCTIONS,
    REFUSED,
    REQUIRED,
    ListFunction,
)

Option = float | int | bool | None

_FLAGS = {"keepdims", "ascending", "stable", "clip", "mask_identity", "valid_when"}
_WHOLE_NUMBERS = {"axis", "target", "ddof"}
_MUST = {"ak.pad_none": "target", "ak.fill_none": "value"}
"""Options that have no default."""


def resolve_call(resolver: Resolver, node: syntax.Call) -> Typed:
    """Resolve a function with its arguments.

    Raises:
        ExpressionError: a function that is not known, or arguments that it does not take.
    """
    elementwise = ELEMENTWISE.get(node.function)
    if elementwise is not None:
        _no_keywords(resolver, node)
        _check_number(resolver, node, elementwise.n_arguments)
        arguments = tuple(map(resolver.typed, node.arguments))
        element = elementwise.element
        if element == "same":
            element = joined(*(each.kind for each in arguments), depth_of=arguments).element
            element = "integer" if element == "boolean" else element
        return applied(elementwise.kernel, arguments, element=element, position=node.position)
    function = LIST_FUNCTIONS.get(node.function)
    if function is None:
        raise _unknown(resolver, node)
    return _Call(resolver, node, function).resolved()


def unflattened(node: syntax.Node) -> syntax.Node:
    """Take the functions off that flatten a whole expression: its rows are flat without them."""
    while isinstance(node, syntax.Call) and node.function in FLATTENING and len(node.arguments) == 1:
        options = dict(node.keywords)
        axis = options.pop("axis", None)
        is_flat = axis is None or (isinstance(axis, syntax.Literal) and axis.value in {None, 1.0})
        if options or not is_flat:
            break
        node = node.arguments[0]
    return node


class _Call:
    """One call of a function of lists."""

    def __init__(self, resolver: Resolver, node: syntax.Call, function: ListFunction) -> None:
        self.resolver = resolver
        self.node = node
        self.function = function
        self.name = node.function

    def resolved(self) -> Typed:
        arrays, given = self.arguments()
        options = self.options(given)
        if all(array.kind.is_constant for array in arrays):
            raise self.resolver.error(f"`{self.name}` needs a branch: this is the same number everywhere", self.node)
        depth = max(array.kind.depth for array in arrays)
        if "axis" in options:
            options["axis"] = self.axis(options["axis"], depth, given.get("axis", self.node))
        self.check_depths(arrays)
        kind = Kind(element=self.element(arrays), depth=self.depth(arrays, options))
        short = self.name.partition(".")[2]
        return Lists(
            function=short,
            arguments=arrays,
            options=tuple(sorted(options.items())),
            kind=kind,
            position=self.node.position,
        )

    def arguments(self) -> tuple[tuple[Typed, ...], dict[str, syntax.Node]]:
        """Return the arrays, and the nodes of the options by name."""
        nodes = self.node.arguments
        if self.name.endswith(".concatenate"):
            if len(nodes) != 1 or not isinstance(nodes[0], syntax.Listing) or not nodes[0].items:
                raise self.resolver.error(f"`{self.name}` takes a list: `{self.name}([x, y], axis=1)`", self.node)
            return tuple(map(self.resolver.typed, nodes[0].items)), dict(self.node.keywords)
        n = self.function.n_arrays
        behind = nodes[n : n + len(self.function.positional)]
        if len(nodes) < n:
            _check_number(self.resolver, self.node, n)
        if len(nodes) > n + len(behind):
            mending = "write `axis=` before the axis" if self.function.axis is not None else "remove it"
            raise self.resolver.error(f"`{self.name}` takes no argument here: {mending}", nodes[n + len(behind)])
        given = dict(zip(self.function.positional, behind, strict=False))
        return tuple(map(self.resolver.typed, nodes[:n])), {**given, **dict(self.node.keywords)}

    def options(self, given: dict[str, syntax.Node]) -> dict[str, Option]:
        has_axis = self.function.axis is not None
        known = [*(("axis",) if has_axis else ()), *self.function.options]
        options: dict[str, Option] = {"axis": self.function.axis} if has_axis else {}
        for name, node in given.items():
            if name not in known:
                raise self.resolver.error(f"`{self.name}` has no option `{name}`{nearest(name, known)}", node)
            options[name] = self.option(name, node)
        must = _MUST.get(self.name)
        if must is not None and must not in options:
            raise self.resolver.error(f"`{self.name}` needs `{must}`", self.node)
        return options

    def option(self, name: str, node: syntax.Node) -> Option:
        sign, literal = 1.0, node
        if isinstance(node, syntax.Operation) and node.operator == "-x":
            sign, literal = -1.0, node.operands[0]
        if not isinstance(literal, syntax.Literal):
            raise self.resolver.error(f"`{name}` is a plain number or True or False: write it out", node)
        if literal.value is None:
            return None
        if name in _FLAGS:
            if literal.element != "boolean":
                raise self.resolver.error(f"`{name}` is True or False", node)
            return bool(literal.value)
        if name in _WHOLE_NUMBERS:
            if literal.element != "integer":
                raise self.resolver.error(f"`{name}` is a whole number", node)
            return int(sign * literal.value)
        return sign * literal.value

    def axis(self, axis: Option, depth: int, at: syntax.Node) -> int:
        """Count the axis from the outermost: 0 is that of entries, which only some functions may look along."""
        if axis == REQUIRED:
            raise self.resolver.error(
                f"`{self.name}` would go over all entries: write `axis=1` for the elements of each", self.node
            )
        if axis is None:
            raise self.resolver.error("None goes over all entries: write `axis=1` for the elements of each", at)
        counted = int(axis) if axis >= 0 else depth + 1 + int(axis)
        if counted == 0 and self.may_be_entries(depth):
            return 0
        if counted <= 0 and depth == 0:
            raise self.resolver.error(f"`{self.name}` goes over lists, and this is one value an entry", at)
        if counted <= 0:
            raise self.resolver.error("axis 0 goes over entries: write `axis=1` for the elements of each", at)
        if counted > depth:
            levels = f"{depth} level{'s' * (depth != 1)} of lists" if depth else "one value an entry"
            raise self.resolver.error(f"there is no axis {axis}: this has {levels}", at)
        if self.name == "ak.flatten" and counted == 1:
            raise self.resolver.error(
                "`ak.flatten` takes the elements from their entries: leave it, rows are flat without it", self.node
            )
        return counted

    def may_be_entries(self, depth: int) -> bool:
        """Tell whether the axis of entries is looked at value by value here."""
        return self.name == "ak.is_none" or (depth == 0 and self.name in {"ak.fill_none", "ak.drop_none"})

    def check_depths(self, arrays: tuple[Typed, ...]) -> None:
        if self.name.endswith(".where"):
            self.resolver.check_sides(self.node, *arrays)
        if self.name.endswith(".concatenate") and len({array.kind.depth for array in arrays}) > 1:
            raise self.resolver.error(f"`{self.name}` puts lists of the same depth together", self.node)
        if self.name == "ak.mask" and arrays[1].kind.element != "boolean":
            raise self.resolver.error(
                "`ak.mask` takes a condition: write `x != 0` for numbers that are not 0", self.node
            )
        if self.name == "ak.singletons" and arrays[0].kind.depth:
            raise self.resolver.error("`ak.singletons` takes one value an entry", self.node)

    def element(self, arrays: tuple[Typed, ...]) -> str:
        rule = self.function.element
        if rule not in {"same", "sum"}:
            return rule
        kinds = [array.kind for array in (arrays[1:] if self.name.endswith(".where") else arrays)]
        kinds = kinds[:1] if self.name == "ak.mask" else kinds
        element = joined(*kinds, depth_of=arrays).element
        return "integer" if rule == "sum" and element == "boolean" else element

    def depth(self, arrays: tuple[Typed, ...], options: dict[str, Option]) -> int:
        depth = max(array.kind.depth for array in arrays)
        axis = int(options.get("axis") or 0)
        match self.function.shape:
            case "reduced":
                return depth if options.get("keepdims") else depth - 1
            case "to axis":
                return axis
            case "above axis":
                return axis - 1
            case "more":
                return depth + 1
        return depth


def _no_keywords(resolver: Resolver, node: syntax.Call) -> None:
    if node.keywords:
        name, value = node.keywords[0]
        raise resolver.error(f"`{node.function}` has no option `{name}`", value)


def _check_number(resolver: Resolver, node: syntax.Call, wanted: int) -> None:
    given = len(node.arguments)
    if given != wanted:
        problem = f"`{node.function}` takes {wanted} argument{'s' * (wanted > 1)}, not {given}"
        raise resolver.error(problem, node)


def _unknown(resolver: Resolver, node: syntax.Call) -> Exception:
    name = node.function
    if name in FLATTENING:
        return resolver.error(f"`{name}` may only stand around the whole expression: leave it, rows are flat", node)
    if name in REFUSED or name.startswith("np.random"):
        return resolver.error(f"`{name}` is refused: {REFUSED.get(name, REFUSED['np.random'])}", node)
    if any(branch.name == name for branch in resolver.schema.branches):
        return resolver.error(f"`{name}` is a branch, not a function: write an operator or an index behind it", node)
    short = name.rpartition(".")[2]
    for library in ("np", "ak"):
        if f"{library}.{short}" in ELEMENTWISE or f"{library}.{short}" in LIST_FUNCTIONS:
            return resolver.error(f"there is no function `{name}`: write `{library}.{short}`", node)
    return resolver.error(f"there is no function `{name}`{nearest(name, [*ELEMENTWISE, *LIST_FUNCTIONS])}", node)
