"""Think out rows of the draw language at random: texts of values, cut and weight over the wide tree.

Nothing is left out for ROOT's sake: mixtures of rows, indices that loop, negative places and divisions by 0 are asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from wide_tree import CHARACTERS, SHAPES

from overproof.analysis.draw.language.vocabulary import CONSTANT_FUNCTIONS, FUNCTIONS
from overproof.analysis.draw.rows import Rows, make_rows
from overproof.records.schema import Schema
from overproof.words.errors import ExpressionError

NUMBERS = [name for name, shape in SHAPES.items() if shape.dtype]
SCALARS = [name for name in NUMBERS if not SHAPES[name].lists and not SHAPES[name].fixed]
JAGGED = [name for name in NUMBERS if len(SHAPES[name].lists) == 1]
NESTED = [name for name in NUMBERS if len(SHAPES[name].lists) == 2]
FIXED = [name for name in NUMBERS if not SHAPES[name].lists and SHAPES[name].fixed]
TEXTS = [name for name, shape in SHAPES.items() if not shape.dtype]
CONSTANTS = ("0", "1", "2", "3", "0.5", "-1", "1e3", "0x1F", ".25", "2147483648", "1e19", "pi", "np.nan", "np.inf")
OPERATORS = ("+", "-", "*", "/")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
WORDS = ("mu", "el", "", "Z 1", "u", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was thought out, and the rows it is."""

    text: str
    cut: str
    weight: str
    rows: Rows

    def __str__(self) -> str:
        return f"{self.text}  cut={self.cut!r}  weight={self.weight!r}"


class Asker:
    """Thinks out rows.

    Attributes:
        dice: all choices come from it.
        has_texts: texts are asked for too.
        branches: those of the question that is thought out.
        deck: functions that are still to come.
    """

    def __init__(self, dice: random.Random, *, has_texts: bool = True) -> None:
        self.dice = dice
        self.has_texts = has_texts
        self.branches = NUMBERS
        self.deck: list[str] = []

    def rows(self, schema: Schema) -> Asked:
        """Return rows that the language knows; what it refuses is thought out anew."""
        while True:
            asked = self.texts()
            try:
                rows = make_rows(asked[0], cut=asked[1], weight=asked[2], schema=schema)
            except ExpressionError:
                continue
            return Asked(text=asked[0], cut=asked[1], weight=asked[2], rows=rows)

    def texts(self) -> tuple[str, str, str]:
        """Return texts of values, cut and weight."""
        dice = self.dice
        self.branches = self.palette()
        n_values = dice.choices([1, 2, 3], weights=[6, 2, 1])[0]
        depth = dice.choice([0, 1, 2, 3]) if n_values == 1 else dice.choice([0, 1, 2])
        values = [self.expression(depth) for _ in range(n_values)]
        if self.has_texts and dice.random() < 0.05:
            values[dice.randrange(n_values)] = self.a_text(1)
        cut = self.expression(dice.choice([0, 1, 2])) if dice.random() < 0.5 else ""
        weight = self.expression(dice.choice([0, 1])) if dice.random() < 0.2 else ""
        return ":".join(values), cut, weight

    def palette(self) -> list[str]:
        """Return the branches of one question: few, so that they share loops, of some shapes."""
        dice = self.dice
        shapes = dice.choices(
            [SCALARS + JAGGED, SCALARS + JAGGED + FIXED, SCALARS + NESTED, SCALARS + NESTED + JAGGED, NUMBERS, FIXED],
            weights=[5, 4, 3, 2, 2, 1],
        )[0]
        return dice.sample(shapes, dice.randint(1, min(5, len(shapes))))

    # -- what an expression is made of ---------------------------------------------------------------------------

    def expression(self, depth: int) -> str:
        """Return an expression with operators nested up to `depth`."""
        if depth <= 0 or self.dice.random() < 0.1:
            return self.atom()
        makers: list[tuple[Callable[[int], str], int]] = [
            (self.arithmetic, 7), (self.comparison, 4), (self.logic, 4), (self.call, 9), (self.aggregate, 4),
            (self.sign, 1), (self.bits, 2), (self.power, 1), (self.choice, 3), (self.special, 2), (self.alternative, 2),
            (self.conditional, 2), (self.told, 2 if self.has_texts else 0),
        ]  # fmt: skip
        maker = self.dice.choices([each for each, _ in makers], weights=[weight for _, weight in makers])[0]
        return maker(depth - 1)

    def atom(self) -> str:
        return self.dice.choice(CONSTANTS) if self.dice.random() < 0.12 else self.leaf()

    def leaf(self, depth: int = 1) -> str:
        """Return a branch with its indices; those that are formulas have no more than `depth` formulas inside."""
        name = self.dice.choice(self.branches)
        if self.dice.random() < 0.06:
            name = self.dice.choice(NUMBERS)
        return name + self.indices(name, depth)

    def indices(self, name: str, depth: int) -> str:
        dice, shape = self.dice, SHAPES[name]
        sizes: list[int | None] = [None] * len(shape.lists) + list(shape.fixed)
        if not sizes or dice.random() < 0.45:
            return ""
        places = []
        for size in sizes[: dice.randint(1, len(sizes))]:
            kind = dice.random()
            if kind < 0.25:
                places.append("")
            elif kind < 0.65 or depth <= 0:
                places.append(str(dice.randrange(size or 4)))
            else:
                places.append(self.place(depth - 1))
        return "".join(f"[{place}]" for place in places)

    def place(self, depth: int) -> str:
        """Return an index that is an expression: of one value an entry, or one that loops."""
        dice = self.dice
        return dice.choice(
            [
                lambda: self.leaf(depth),
                lambda: f"int({self.leaf(depth)})",
                lambda: f"int(abs({self.leaf(depth)})) % 3",
                lambda: "Iteration$",
                lambda: "Iteration$ + 1",
                lambda: f"{dice.choice(SCALARS)} - 1",
                lambda: dice.choice(["Entry$ % 3", "Length$ - 1", "1.7", "f_one", "g_ones", "a_int", "v_int", "d"]),
                lambda: f"int({self.leaf(depth)} > {dice.choice(CONSTANTS)})",
                lambda: f"Sum$({self.leaf(depth)}) - 1",
                lambda: self.expression(depth),
            ]
        )()

    def arithmetic(self, depth: int) -> str:
        return self.joined(self.dice.choice(OPERATORS), depth)

    def comparison(self, depth: int) -> str:
        return f"({self.joined(self.dice.choice(COMPARISONS), depth)})"

    def logic(self, depth: int) -> str:
        return f"({self.joined(self.dice.choice(['&&', '||', 'and', 'or']), depth)})"

    def joined(self, operator: str, depth: int) -> str:
        left, right = self.expression(depth), self.expression(depth)
        if self.dice.random() < 0.8:
            left, right = f"({left})", f"({right})"
        return f"{left} {operator} {right}"

    def call(self, depth: int) -> str:
        """Return a function with all its arguments, or without those that it knows by itself."""
        dice = self.dice
        if not self.deck:  # every function comes once before one comes again
            self.deck = dice.sample(list(FUNCTIONS), len(FUNCTIONS))
        name = self.deck.pop()
        function = FUNCTIONS[name]
        n_arguments = function.n_arguments - dice.randint(0, len(function.defaults))
        return f"{name}({', '.join(self.expression(depth) for _ in range(n_arguments))})"

    def aggregate(self, depth: int) -> str:
        return f"{self.dice.choice(['Sum$', 'Max$', 'Min$', 'Length$'])}({self.expression(depth)})"

    def conditional(self, depth: int) -> str:
        return f"{self.dice.choice(['MaxIf$', 'MinIf$'])}({self.expression(depth)}, {self.expression(depth)})"

    def alternative(self, depth: int) -> str:
        otherwise = self.dice.choice([*SCALARS, *CONSTANTS, "f[1]", "Sum$(a)", "k[1][2]"])
        return f"Alt$({self.expression(depth)}, {otherwise})"

    def sign(self, depth: int) -> str:
        return f"({self.dice.choice(['-', '!', '+', 'not '])}({self.expression(depth)}))"

    def bits(self, depth: int) -> str:
        operator = self.dice.choice(["%", "&", "|", "<<", ">>"])
        return f"(({self.expression(depth)}) {operator} ({self.expression(depth)}))"

    def power(self, depth: int) -> str:
        exponent = self.dice.choice(["2", "3", "0.5", f"({self.expression(depth)})"])
        return f"({self.expression(depth)}){self.dice.choice(['^', '**'])}{exponent}"

    def choice(self, depth: int) -> str:
        return f"(({self.expression(depth)}) ? ({self.expression(depth)}) : ({self.expression(depth)}))"

    def special(self, depth: int) -> str:
        sized = self.dice.choice([*JAGGED, *NESTED])
        constant = self.dice.choice(list(CONSTANT_FUNCTIONS))
        return self.dice.choice(
            ["Iteration$", "Length$", "Entry$", "LocalEntry$", "Entries$", f"@{sized}.size()", f"{constant}()"]
        )

    # -- texts ---------------------------------------------------------------------------------------------------

    def told(self, depth: int) -> str:
        """Return a number made of texts."""
        dice, left = self.dice, self.a_text(depth)
        right = self.a_text(depth) if dice.random() < 0.4 else f'"{dice.choice(WORDS)}"'
        named = dice.choice(TEXTS)
        return dice.choice(
            [f"({left} == {right})", f"({left} != {right})", f"strstr({left}, {right})", f"{named}.size()"]
        )

    def a_text(self, depth: int) -> str:
        dice = self.dice
        name = dice.choice([*TEXTS, *CHARACTERS])
        if name in CHARACTERS:
            return name
        if depth > 0 and dice.random() < 0.2:
            return f'({self.expression(depth - 1)} ? {name} : "{dice.choice(WORDS)}")'
        return name + self.indices(name, 1)
