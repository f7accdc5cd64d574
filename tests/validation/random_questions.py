"""Think out questions at random, from the grammar of the draw language and the branches of a tree."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from questions import Question, Source
from random_tree import Branch

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
FUNCTIONS = ("sqrt", "abs", "fabs", "exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
             "tanh", "asinh", "acosh", "atanh", "floor", "ceil", "int", "sq", "sign", "cbrt", "rint",
             "TMath::Abs", "TMath::Sqrt", "TMath::Log", "TMath::Floor")  # fmt: skip
PAIRS = ("min", "max", "pow", "atan2", "fmod", "hypot", "TMath::Max", "TMath::Min", "TMath::Power", "TMath::ATan2")
WORDS = ("mu", "el", "", "Z 1", "u", "none")
AXES = ("20, -10, 10", "7, -3.5, 3.5", "40, 0, 100", "13, 0.1, 3.3", "5, -1, 4", "30, -100, 50", "3, 0, 1")


class Asker:
    """Thinks out questions to one tree.

    Attributes:
        dice: all choices come from it.
        branches: those of the tree.
        source: what the questions are put to.
    """

    def __init__(self, dice: random.Random, branches: Sequence[Branch], source: Source) -> None:
        self.dice = dice
        self.source = source
        self.texts = [branch for branch in branches if branch.is_text]
        self.numbers = [branch for branch in branches if not branch.is_text]
        self.nested = ""
        self.has_text = False

    def question(self) -> Question:
        """Return one question."""
        n_values = self.dice.choices([1, 2, 3], weights=[8, 2, 1])[0]
        profile = n_values > 1 and self.dice.random() < 0.4
        n_axes = n_values - profile
        self.nested = self.nested_leaf() if self.dice.random() < NESTED else ""
        self.has_text = self.dice.random() < 0.1
        cut = self.expression(2) if self.dice.random() < 0.5 else ""
        if self.has_text:
            cut = f"({self.word()}) && ({cut})" if cut else self.word()
        weight = self.expression(1) if self.dice.random() < 0.25 else ""
        depth = 3 if n_values == 1 else 2
        values = [self.expression(depth) for _ in range(n_values)]
        axes = ", ".join(self.dice.choice(AXES) for _ in range(n_axes))
        return Question(
            source=self.source, aliases=(), expression=":".join(values), cut=cut, weight=weight,
            bins="auto" if self.dice.random() < AUTOMATIC else axes, profile=profile,
        )  # fmt: skip

    def expression(self, depth: int) -> str:
        """Return an expression with operators nested up to `depth`."""
        if depth <= 0:
            return self.atom()
        makers: list[tuple[Callable[[int], str], int]] = [
            (self.arithmetic, 8), (self.comparison, 4), (self.logic, 3), (self.call, 3), (self.pair, 1),
            (self.aggregate, 3), (self.sign, 1), (self.bits, 1), (self.power, 1), (self.choice, 1), (self.special, 1),
            (self.alternative, 1),
        ]  # fmt: skip
        if self.dice.random() < 0.25:
            return self.atom()
        maker = self.dice.choices([each for each, _ in makers], weights=[weight for _, weight in makers])[0]
        return maker(depth - 1)

    # -- what an expression is made of ---------------------------------------------------------------------------

    def atom(self) -> str:
        return self.number() if self.dice.random() < 0.2 else self.leaf()

    def number(self) -> str:
        return self.dice.choice(["0", "1", "2", "3", "0.5", "1.5", "10", ".25", "1e1", "0x3", "7"])

    def leaf(self) -> str:
        """Return a branch with its indices.

        Beside a branch with rows of many lengths there is only what has one value an entry, and that branch in the
        same form: ROOT reads beyond the rows of all other mixtures.
        """
        if not self.nested:
            branch = self.dice.choice([branch for branch in self.numbers if branch.n_jagged < 2])
            return branch.name + self.indices(branch)
        if self.dice.random() < 0.5:
            return self.nested
        return self.scalar()

    def nested_leaf(self) -> str:
        branch = self.dice.choice([branch for branch in self.numbers if branch.n_jagged == 2])
        return branch.name + self.dice.choice(["", "[][]", "[]", "[0]", "[1]", "[0][]", "[1][]", "[][0]", "[][1]"])

    def indices(self, branch: Branch) -> str:
        """Return none, or one for each of the first dimensions."""
        if branch.n_dimensions == 0 or self.dice.random() < 0.5:
            return ""
        if branch.kind == "numbers" and branch.count and not branch.shape and self.dice.random() < 0.2:
            return f"[{self.place()}]"
        sizes = [3] * branch.n_jagged + list(branch.shape)
        count = branch.n_dimensions if self.dice.random() < 0.6 else self.dice.randint(1, branch.n_dimensions)
        places = [self.dice.randrange(size) if self.dice.random() < 0.75 else None for size in sizes[:count]]
        return "".join("[]" if place is None else f"[{place}]" for place in places)

    def place(self) -> str:
        """Return an index that is an expression, and never negative: for those ROOT reads some other element."""
        scalar = self.scalar()
        return self.dice.choice(["Iteration$", f"int({scalar} > 0)", f"int(abs({scalar})) % 3", "Entry$ % 2", "n - n"])

    def arithmetic(self, depth: int) -> str:
        operator = self.dice.choice("+-*/")
        return self.joined(operator, depth)

    def comparison(self, depth: int) -> str:
        return f"({self.joined(self.dice.choice(COMPARISONS), depth)})"

    def logic(self, depth: int) -> str:
        return f"({self.joined(self.dice.choice(['&&', '||']), depth)})"

    def joined(self, operator: str, depth: int) -> str:
        left, right = self.expression(depth), self.expression(depth)
        if self.dice.random() < 0.7:
            left, right = self.closed(left), self.closed(right)
        return f"{left} {operator} {right}" if self.dice.random() < 0.5 else f"{left}{operator}{right}"

    def closed(self, text: str) -> str:
        return text if text.replace("_", "").isalnum() else f"({text})"

    def call(self, depth: int) -> str:
        return f"{self.dice.choice(FUNCTIONS)}({self.expression(depth)})"

    def pair(self, depth: int) -> str:
        return f"{self.dice.choice(PAIRS)}({self.expression(depth)}, {self.expression(depth)})"

    def aggregate(self, depth: int) -> str:
        if self.dice.random() < 0.2:
            name = self.dice.choice(["MaxIf$", "MinIf$"])
            return f"{name}({self.expression(depth)}, {self.expression(depth)})"
        return f"{self.dice.choice(['Sum$', 'Max$', 'Min$', 'Length$'])}({self.expression(depth)})"

    def alternative(self, depth: int) -> str:
        """Return a value, and a number for the passes that have none.

        Another branch there ROOT reads late, maybe from an earlier entry; beside a text it makes other passes.
        """
        if self.has_text:
            return self.leaf()
        jagged = self.dice.choice([branch for branch in self.numbers if branch.n_jagged and branch.n_dimensions == 1])
        leaf = self.nested or jagged.name + self.indices(jagged)
        return f"Alt$({leaf}, {self.number()})"

    def scalar(self) -> str:
        return self.dice.choice([branch for branch in self.numbers if branch.n_dimensions == 0]).name

    def sign(self, depth: int) -> str:
        return f"({self.dice.choice('-!')}{self.closed(self.expression(depth))})"

    def bits(self, depth: int) -> str:
        """Return an operation on whole numbers; never a remainder of division by 0, which ends ROOT."""
        operator, right = self.dice.choice([("%", "3"), ("%", "7"), ("&", "3"), ("|", "4"), ("<<", "2"), (">>", "1")])
        return f"({self.closed(self.expression(depth))} {operator} {right})"

    def power(self, depth: int) -> str:
        return f"{self.closed(self.expression(depth))}{self.dice.choice(['^', '**'])}{self.dice.choice('123')}"

    def choice(self, depth: int) -> str:
        """Return a choice between numbers.

        ROOT reads a branch late that it looks at on one side only, maybe from an earlier entry.
        """
        return f"({self.expression(depth)} ? {self.number()} : {self.number()})"

    def word(self) -> str:
        """Return a question about a text; it stands in front of the cut only: ROOT computes wrongly beside texts."""
        text, word = self.dice.choice(self.texts).name, self.dice.choice(WORDS)
        return self.dice.choice([f'{text} == "{word}"', f'{text} != "{word}"', f'strstr({text}, "{word}") != 0'])

    def special(self, depth: int) -> str:
        return self.dice.choice(["Iteration$", "Length$", "Entry$", "LocalEntry$", "Entries$"])


NESTED = 0.15
"""Share of questions with a branch whose rows have many lengths."""

AUTOMATIC = 0.2
"""Share of questions with automatic axes."""
