"""Random expressions in the Python dialect, as texts."""

from __future__ import annotations

import random
from collections.abc import Callable

from overproof.analysis.draw.language.numpy_names import NUMPY_FUNCTIONS
from overproof.words.frozen import dataclass

ENTRY, LEPTONS, JETS, FIXED, ROWS, PAIRS = "entry", "leptons", "jets", "fixed", "rows", "pairs"

NUMBERS = {
    ENTRY: ["n", "met", "w", "u"],
    LEPTONS: ["pt", "eta", "q"],
    JETS: ["jet"],
    FIXED: ["m"],
    ROWS: ["dd", "ee"],
    PAIRS: ["pair"],
}
TRUTHS = {ENTRY: ["ok"], LEPTONS: ["good"], JETS: ["tag"]}
WHOLE = {ENTRY: ["n", "u"], LEPTONS: ["q"]}
DEPTHS = {ENTRY: 0, LEPTONS: 1, JETS: 1, FIXED: 1, ROWS: 2, PAIRS: 2}

_UNARY = sorted(name for name, (_, n_arguments) in NUMPY_FUNCTIONS.items() if n_arguments == 1)
_BINARY = sorted(name for name, (_, n_arguments) in NUMPY_FUNCTIONS.items() if n_arguments == 2)
_REDUCERS = ["sum", "prod", "min", "max", "any", "all", "count", "count_nonzero", "argmin", "argmax", "mean", "ptp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The texts of some rows."""

    text: str
    cut: str | None = None
    weight: str | None = None


class Asker:
    """Makes questions.

    Args:
        dice: to be thrown.
    """

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.budget = 0

    def question(self) -> Question:
        """Return the texts of some rows; most of them have an answer."""
        shape = self.dice.choice([ENTRY, ENTRY, LEPTONS, LEPTONS, LEPTONS, JETS, FIXED, ROWS, ROWS, PAIRS])
        beside = [shape, shape, shape, ENTRY]
        texts = [self.outer(shape)]
        if self.dice.random() < 0.2:
            texts.append(self.fresh(self.dice.choice(beside)))
        cut = weight = None
        if self.dice.random() < 0.4:
            cut = self.fresh_truth(self.dice.choice(beside))
        if self.dice.random() < 0.2:
            weight = self.fresh(self.dice.choice(beside))
        return Question(text=":".join(texts), cut=cut, weight=weight)

    def fresh(self, shape: str) -> str:
        self.budget = self.dice.randint(1, 7)
        return self.number(shape)

    def fresh_truth(self, shape: str) -> str:
        self.budget = self.dice.randint(1, 5)
        return self.truth(shape)

    def outer(self, shape: str) -> str:
        """Make an expression whose lists have whatever lengths."""
        self.budget = self.dice.randint(2, 8)
        if self.dice.random() < 0.45:
            return self.number(shape)
        return f"({self.other(shape)})"

    # -- numbers of a shape ----------------------------------------------------------------------------------------

    def number(self, shape: str) -> str:
        """Make numbers with the lengths of a shape."""
        self.budget -= 1
        if self.budget <= 0:
            return self.plain(shape)
        ways: list[Callable[[str], str]] = [
            self.plain,
            self.operation,
            self.operation,
            self.function,
            self.function_of_two,
            self.decision,
            self.whole,
            self.own_function,
        ]
        if shape == ENTRY:
            ways += [self.reduced] * 4 + [self.picked, self.filled]
        else:
            ways += [self.beside_entry, self.ordered, self.like]
        return self.dice.choice(ways)(shape)

    def plain(self, shape: str) -> str:
        if self.dice.random() < 0.15:
            return self.dice.choice(["2", "0.5", "-1", "3", "np.pi", "1e3"])
        return self.dice.choice(NUMBERS[shape])

    def operation(self, shape: str) -> str:
        operator = self.dice.choice(["+", "-", "*", "/", "//", "%", "**", "+", "*"])
        if operator == "**":
            return f"({self.number(shape)})**{self.dice.choice(['2', '3', '0.5', '(-1)'])}"
        return f"(({self.number(shape)}) {operator} ({self.number(self.near(shape))}))"

    def near(self, shape: str) -> str:
        return ENTRY if self.dice.random() < 0.2 else shape

    def beside_entry(self, shape: str) -> str:
        return f"(({self.number(ENTRY)}) * ({self.number(shape)}))"

    def function(self, shape: str) -> str:
        if self.dice.random() < 0.2:
            return f"{self.dice.choice(['-', '+'])}({self.number(shape)})"
        return f"np.{self.dice.choice(_UNARY)}({self.number(shape)})"

    def function_of_two(self, shape: str) -> str:
        return f"np.{self.dice.choice(_BINARY)}({self.number(shape)}, {self.number(self.near(shape))})"

    def own_function(self, shape: str) -> str:
        if self.dice.random() < 0.5:
            return f"np.clip({self.number(shape)}, -1, {self.number(ENTRY)})"
        return f"np.round({self.number(shape)})"

    def decision(self, shape: str) -> str:
        condition, yes, no = self.truth(shape), self.number(shape), self.number(shape)
        if shape != ENTRY and not any(name in yes and name in no for name in NUMBERS[shape]):
            yes, no = (f"({each}) + 0*{NUMBERS[shape][0]}" for each in (yes, no))
        match self.dice.randrange(4):
            case 0:
                return f"(({yes}) if ({condition}) else ({no}))"
            case 1:
                return f"(({yes}) {self.dice.choice(['and', 'or'])} ({no}))"
            case _:
                return f"{self.dice.choice(['ak', 'np'])}.where({condition}, {yes}, {no})"

    def whole(self, shape: str) -> str:
        if shape not in WHOLE:
            return self.plain(shape)
        left, right = self.dice.choice(WHOLE[shape]), self.dice.choice(["1", "3", "(-2)", *WHOLE[shape]])
        if self.dice.random() < 0.2:
            return f"(~{left})"
        return f"({left} {self.dice.choice(['&', '|', '^', '<<', '>>'])} {right})"

    def ordered(self, shape: str) -> str:
        inner = self.number(shape)
        inner = f"({inner}) + 0*{NUMBERS[shape][0]}"
        axis = DEPTHS[shape]
        order = self.dice.choice(["", ", ascending=False", ", ascending=True", ", stable=False"])
        return f"{self.dice.choice(['ak.sort', 'ak.argsort', 'np.sort'])}({inner}, axis={axis}{order})"

    def like(self, shape: str) -> str:
        name = self.dice.choice(NUMBERS[shape])
        match self.dice.randrange(3):
            case 0:
                return f"ak.{self.dice.choice(['ones', 'zeros'])}_like({name})"
            case 1:
                return f"ak.local_index({name}, axis={DEPTHS[shape]})"
        return f"ak.fill_none({self.optional(shape)}, {self.dice.choice(['-1', '0.5'])})"

    # -- one number an entry ---------------------------------------------------------------------------------------

    def reduced(self, shape: str) -> str:
        of = self.dice.choice([LEPTONS, LEPTONS, JETS, FIXED, ROWS])
        inner = self.dice.choice([self.number, self.optional, self.filtered])(of)
        name = self.dice.choice(NUMBERS[of])
        inner = f"({inner}) + 0*{name}" if inner.replace(".", "").isdigit() or name not in inner else inner
        if of == ROWS:
            inner = f"{self.reducer(inner, 2)}"
            self.budget -= 1
        if not any(each in inner for each in NUMBERS[of]):
            inner = NUMBERS[of][0]
        return self.none_filled(self.reducer(inner, 1))

    def reducer(self, inner: str, axis: int) -> str:
        name, library = self.dice.choice(_REDUCERS), self.dice.choice(["ak", "np"])
        options = ""
        if name in {"min", "max"} and self.dice.random() < 0.3:
            options = ", mask_identity=False"
        if self.dice.random() < 0.2:
            name = self.dice.choice(["var", "std"])
            options = self.dice.choice(["", ", ddof=1"])
        if name == "count":
            library = "ak"
        return f"{library}.{name}({inner}, axis={axis}{options})"

    def none_filled(self, text: str) -> str:
        return f"ak.fill_none({text}, -1)" if self.dice.random() < 0.3 else text

    def picked(self, shape: str) -> str:
        of = self.dice.choice([LEPTONS, JETS])
        name = self.dice.choice(NUMBERS[of])
        return self.dice.choice(
            [f"ak.firsts({name})", "m[:, 1]", "m[:, -1]", f"ak.num({name})", f"ak.pad_none({name}, 2, clip=True)[:, 1]"]
        )

    def filled(self, shape: str) -> str:
        return f"ak.fill_none({self.optional(shape)}, {self.dice.choice(['-1', '0.5'])})"

    # -- what may be None, and what has other lengths ----------------------------------------------------------------

    def optional(self, shape: str) -> str:
        """Make numbers of a shape, some of which are None."""
        name = self.dice.choice(NUMBERS[shape])
        if shape == ENTRY:
            return self.dice.choice(
                ["ak.firsts(pt)", "ak.max(jet, axis=1)", "ak.mask(met, ok)", "ak.argmin(eta, axis=1)"]
            )
        valid = self.dice.choice(["", ", valid_when=False"])
        return f"ak.mask({name}, {self.truth(shape)}{valid})"

    def filtered(self, shape: str) -> str:
        """Make some of the elements."""
        name = self.dice.choice(NUMBERS[shape])
        match self.dice.randrange(5):
            case 0:
                return f"({self.number(shape)} + 0*{name})[{self.truth_of(shape)}]"
            case 1:
                return f"{name}[{self.truth(ENTRY)}]"
            case 2:
                return f"{name}[ak.argsort({self.dice.choice(NUMBERS[shape])}, axis={DEPTHS[shape]})]"
            case 3 if DEPTHS[shape] == 1:
                return f"{name}[ak.{self.dice.choice(['argmax', 'argmin'])}({name}, axis=1, keepdims=True)]"
        return f"{name}[{self.truth_of(shape)}]"

    def truth_of(self, shape: str) -> str:
        """Make a condition on the elements, never on the entry."""
        name = self.dice.choice(NUMBERS[shape])
        return f"({self.truth(shape)}) & ({name} > {self.dice.choice(['0', '-1', '0.5'])})"

    def slice(self) -> str:
        bounds = ["", "", "0", "1", "2", "-1", "-2"]
        step = self.dice.choice(["", "", ":1", ":2", ":-1", ":-2"])
        return f"{self.dice.choice(bounds)}:{self.dice.choice(bounds)}{step}"

    def other(self, shape: str) -> str:
        """Make numbers of whatever lengths from those of a shape."""
        name = self.dice.choice(NUMBERS[shape])
        if shape == ENTRY:
            return self.dice.choice(
                [self.optional, self.reduced, self.across, self.entry_lists, self.entry_lists, self.entry_lists]
            )(shape)
        ways = [self.filtered, self.filtered, self.optional, self.sliced, self.padded, self.paired, self.joined]
        ways += [self.kept_dimension, self.without_none, self.reduced_rows if DEPTHS[shape] == 2 else self.nested_mask]
        found = self.dice.choice(ways)(shape)
        match self.dice.randrange(6):
            case 0:
                return f"ak.num({found}, axis={self.dice.randint(1, DEPTHS[shape])})"
            case 1:
                return f"({found})*2 + {self.number(ENTRY)}"
            case 2:
                return f"ak.{self.dice.choice(['sum', 'max', 'mean', 'argmax', 'any'])}({found}, axis=-1)"
        return found if self.dice.random() < 0.9 else name

    def across(self, shape: str) -> str:
        return f"{self.reducer(self.dice.choice(['dd', 'ee', 'dd*2']), 1)}"

    def entry_lists(self, shape: str) -> str:
        return self.dice.choice([
            f"ak.singletons({self.optional(ENTRY)})",
            f"({self.number(ENTRY)} + met)[{self.truth(ENTRY)}]",
            f"ak.drop_none({self.optional(ENTRY)}, axis=0)",
            f"ak.is_none({self.optional(ENTRY)})",
            "pt[n > 1][ok]",
            f"ak.where({self.truth(ENTRY)}, pt[:, :, np.newaxis], eta[:, :, np.newaxis])",
            f"ak.where(good[:, :, np.newaxis], jet[:, np.newaxis, :], {self.number(ENTRY)})",
            "ak.where(good[:, :, np.newaxis], jet[:, np.newaxis, :], eta[:, :, np.newaxis])",
            "ak.where(good[:, :, np.newaxis], pt[:, :, np.newaxis], eta[:, :, np.newaxis])*dd[:, :1]",
            "ak.mask(jet[:, np.newaxis, :], good[:, :, np.newaxis])",
            f"ak.mask(jet[:, np.newaxis, :], {self.truth(ENTRY)})",
            "ak.mask(pt[:, np.newaxis], ok)",
            "ak.pad_none(pt[:, np.newaxis], 2, axis=1)",
            "ak.pad_none(pt[:, :, np.newaxis], 2, axis=2)*jet[:, np.newaxis, :2]",
            "pt[:, :, np.newaxis][good]",
            "pt[:, :, np.newaxis][pt[:, :, np.newaxis] > 0]",
            "ak.sum(pt, axis=1, keepdims=True)[ok]",
            "ak.sum(pt, axis=1, keepdims=True)[ak.num(jet[tag]) > 0]*jet",
            "ak.sort(pt[:, np.newaxis], axis=2)*jet[:, :, np.newaxis]",
            "ak.sum(pt[:, np.newaxis]*jet[:, :, np.newaxis], axis=2)[:, np.newaxis]",
            "pt[:, :, np.newaxis][:, :, 0]",
            "pt[:, np.newaxis, :][:, 0, 1:]",
            "pt[:, np.newaxis, :][:, :, ::-1]*m[:, :, np.newaxis]",
            "pt[:, :, np.newaxis][:, :, 0:1]*jet[:, np.newaxis, :]",
            "pt[:, :, np.newaxis][:, :, 1:]",
            "ak.num(pt[:, :, np.newaxis], axis=2) + ak.num(pt[:, np.newaxis])",
            "ak.flatten(pt[:, :, np.newaxis], axis=2)",
            "ak.firsts(pt[:, np.newaxis])",
            "ak.local_index(pt[:, np.newaxis], axis=2)*jet[:, :, np.newaxis]",
            "ak.ones_like(pt[:, np.newaxis])*jet[:, :, np.newaxis]",
            "pt[ak.num(pt) > 1][:, 1]",
            "ak.where(ok, pt, eta)",
            f"ak.where(pt > 0, ak.mask(eta, {self.truth(ENTRY)}), {self.optional(ENTRY)})",
            f"ak.where(pt > {self.optional(ENTRY)}, eta, 0.5)",
            f"ak.where(ok, {self.optional(ENTRY)}, met)",
            f"ak.concatenate([pt, ak.mask(jet, {self.truth(ENTRY)})], axis=1)",
            f"{self.optional(ENTRY)}[:, np.newaxis] * {self.dice.choice(['pt', 'jet', 'm'])}",
            f"ak.mask(pt, {self.truth(ENTRY)})[:, np.newaxis]",
            f"pt + ak.sum(ak.mask(jet, {self.truth(ENTRY)}), axis=1, keepdims=True)",
            f"ak.sort(ak.mask(pt, {self.truth(ENTRY)}))[:, :2]",
            f"ak.mask(pt, {self.truth(ENTRY)})[eta > 0]",
            f"pt[ak.mask(good, {self.truth(LEPTONS)})]",
            f"pt[ak.mask(good, {self.truth(ENTRY)})]",
            f"ak.pad_none(ak.mask(pt, {self.truth(ENTRY)}), 2, clip=True)",
            f"ak.num(ak.mask(pt, {self.truth(ENTRY)}))",
            f"ak.firsts(ak.mask(pt, {self.truth(ENTRY)}))",
            f"ak.is_none(ak.mask(pt, {self.truth(ENTRY)}), axis=1)",
            f"ak.drop_none(ak.mask(pt, {self.truth(LEPTONS)}))[:, :1]",
            f"ak.local_index(ak.mask(pt, {self.truth(ENTRY)}))",
            f"ak.ones_like(ak.mask(pt, {self.truth(LEPTONS)}))",
            f"pt[ak.argsort(ak.mask(pt, {self.truth(LEPTONS)}))]",
            f"ak.mask(pt, {self.truth(ENTRY)})[ak.argmax(pt, axis=1, keepdims=True)]",
            f"ak.where(ak.mask(good, {self.truth(LEPTONS)}), pt, eta)",
            f"(pt if {self.optional(ENTRY)} > 0 else eta)",
            f"(met if {self.optional(ENTRY)} > 0 else w)",
            "(pt if n > 1 else eta)",
            f"met[{self.truth(ENTRY)}] + w[{self.truth(ENTRY)}]",
        ])  # fmt: skip

    def sliced(self, shape: str) -> str:
        name = self.dice.choice(NUMBERS[shape])
        if DEPTHS[shape] == 2:
            return f"{name}[:, {self.dice.choice([self.slice(), ':'])}, {self.slice()}]"
        return f"{name}[:, {self.slice()}]"

    def padded(self, shape: str) -> str:
        name, target = self.dice.choice(NUMBERS[shape]), self.dice.randint(0, 3)
        clip = self.dice.choice(["", ", clip=True"])
        axis = self.dice.randint(1, DEPTHS[shape])
        padded = f"ak.pad_none({name}, {target}, axis={axis}{clip})"
        return self.dice.choice([padded, f"ak.fill_none({padded}, 7)", f"ak.is_none({padded}, axis={axis})"])

    def paired(self, shape: str) -> str:
        left, right = (
            self.dice.choice(["pt", "eta", "np.cosh(eta)", "pt[pt > 0]"]),
            self.dice.choice(["jet", "jet[tag]"]),
        )
        pairs = f"{left}[:, :, np.newaxis] {self.dice.choice('-*+')} {right}[:, np.newaxis, :]"
        return self.dice.choice([
            pairs,
            f"ak.min(abs({pairs}), axis=2)",
            f"pt[ak.all({pairs.replace('[pt > 0]', '')} > 0, axis=2)]",
            f"ak.sum({pairs}, axis=1)",
        ])  # fmt: skip

    def joined(self, shape: str) -> str:
        one, other = self.dice.choice(NUMBERS[shape]), self.filtered(shape)
        if DEPTHS[shape] == 1 and self.dice.random() < 0.5:
            other = self.dice.choice(["jet", "pt", "m", "good"])
        return f"ak.concatenate([{one}, {other}], axis={self.dice.randint(1, DEPTHS[shape])})"

    def kept_dimension(self, shape: str) -> str:
        name = self.dice.choice(NUMBERS[shape])
        reduced = f"ak.{self.dice.choice(['sum', 'max', 'count', 'mean'])}({name}, axis={DEPTHS[shape]}, keepdims=True)"
        return self.dice.choice([reduced, f"{name} / {reduced}", f"{name} == {reduced}"])

    def without_none(self, shape: str) -> str:
        return f"ak.drop_none({self.optional(shape)}, axis={DEPTHS[shape]})"

    def reduced_rows(self, shape: str) -> str:
        name = self.dice.choice(NUMBERS[shape])
        rows = f"ak.mask({name}, ak.num({name}, axis=2) {self.dice.choice(['>', '<='])} 1)"
        return self.dice.choice([
            self.reducer(name, 2),
            self.reducer(rows, self.dice.randint(1, 2)),
            f"ak.flatten({rows}, axis=2)",
            f"ak.{self.dice.choice(['sort', 'argsort'])}({name}, axis=1{self.dice.choice(['', ', ascending=False'])})",
            f"ak.flatten(ak.mask({name}, {self.truth(ENTRY)}), axis=2)",
            f"({name} * {self.optional(ENTRY)})[{name} > 0]",
            f"{name}[{self.reducer(name, 2)} > 0]",
            f"ak.firsts({name}, axis=2)",
            f"ak.firsts({name})",
            f"ak.flatten({name}, axis=2)",
            f"ak.local_index({name}, axis=1)",
            f"{name}[ak.num({name}, axis=2) > 0][:, :, 0]",
            f"ak.num({name}, axis=2)",
        ])  # fmt: skip

    def nested_mask(self, shape: str) -> str:
        name = self.dice.choice(NUMBERS[shape])
        return f"{name}[{self.filtered_mask(name)}]"

    def filtered_mask(self, name: str) -> str:
        return f"{name} {self.dice.choice(['==', '>=', '<'])} ak.{self.dice.choice(['max', 'min'])}({name}, axis=1)"

    # -- truths ----------------------------------------------------------------------------------------------------

    def truth(self, shape: str) -> str:
        """Make conditions of a shape."""
        self.budget -= 1
        if self.budget <= 0 and shape in TRUTHS:
            return self.dice.choice(TRUTHS[shape])
        if self.budget <= 0:
            return f"({self.dice.choice(NUMBERS[shape])} > 0)"
        match self.dice.randrange(6):
            case 0:
                return f"({self.truth(shape)} {self.dice.choice('&|^')} {self.truth(shape)})"
            case 1:
                return f"(~{self.truth(shape)})"
            case 2:
                return f"({self.truth(shape)} {self.dice.choice(['and', 'or'])} {self.truth(shape)})"
            case 3:
                return f"(not {self.number(shape)})"
            case 4:
                return f"(-1 < ({self.number(shape)}) <= 2)"
        operator = self.dice.choice(["<", "<=", "==", "!=", ">=", ">"])
        return f"(({self.number(shape)}) {operator} ({self.number(self.near(shape))}))"
