"""The grammar: precedence and association, and what is refused."""

from __future__ import annotations

import pytest

from overproof.analysis.draw.language.grammar import MAX_DEPTH, parse
from overproof.analysis.draw.language.syntax import Binary, Call, Choice, Group, Name, Node, Number, Unary
from overproof.words.errors import ExpressionError


def shape(node: Node) -> str:
    """Write a tree with all of its parentheses."""
    match node:
        case Number():
            return node.text
        case Name():
            return node.text + "".join(f"[{'' if index.value is None else index.value}]" for index in node.indices)
        case Group():
            return shape(node.inner)
        case Unary():
            return f"({node.operator}{shape(node.operand)})"
        case Binary():
            return f"({shape(node.left)}{node.operator}{shape(node.right)})"
        case Choice():
            return f"({shape(node.condition)}?{shape(node.yes)}:{shape(node.no)})"
        case Call():
            return f"{node.function}({','.join(map(shape, node.arguments))})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a+b*c", "(a+(b*c))"),
        ("(a+b)*c", "((a+b)*c)"),
        ("a-b-c", "((a-b)-c)"),
        ("a+b-c", "(a+(b-c))"),
        ("a-b+c-d+e", "(((a-b)+(c-d))+e)"),
        ("a+-b", "(a-b)"),
        ("a - -b", "(a+b)"),
        ("a*b*c", "(a*(b*c))"),
        ("a/b/c", "((a/b)/c)"),
        ("a*b/c*d", "(a*((b/c)*d))"),
        ("-a^2", "(-(a^2))"),
        ("2^3^2", "((2^3)^2)"),
        ("2^-a", "(2^(-a))"),
        ("a**2", "(a^2)"),
        ("-a*b", "((-a)*b)"),
        ("a*-b", "(a*(-b))"),
        ("!a==b", "((!a)==b)"),
        ("!!a", "(!(!a))"),
        ("not a and b or c", "(((!a)&&b)||c)"),
        ("a && b || c && d", "((a&&b)||(c&&d))"),
        ("a<b && c>=d", "((a<b)&&(c>=d))"),
        ("a|b&c", "(a|(b&c))"),
        ("a*b%c", "((a*b)%c)"),
        ("a-b%c", "(a-(b%c))"),
        ("-a%b", "(-(a%b))"),
        ("a<<2*b", "(a<<(2*b))"),
        ("a?b:c?d:e", "(a?b:(c?d:e))"),
        ("f(a, b+1)[0]"[:-3], "f(a,(b+1))"),
        ("a.b.c[0][]", "a.b.c[0][]"),
        ("TMath::Sqrt(Sum$(x[1]))", "TMath::Sqrt(Sum$(x[1]))"),
        ("0x1F + .5 + 1.e-3", "((0x1F+.5)+1.e-3)"),
    ],
)
def test_trees_are_roots(text: str, tree: str) -> None:
    """Law: operators bind as in C, and associate as ROOT's parser does."""
    assert shape(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "caret", "says"),
    [
        ("", 0, "the expression is empty"),
        ("   ", 0, "the expression is empty"),
        ("pt +", 4, "ends where a value is expected"),
        ("pt + * 2", 5, "a value is expected before `*`"),
        ("(pt + 1", 7, "`)` is missing: it closes the `(` at character 1"),
        ("pt + 1)", 6, "`)` closes nothing"),
        ("pt[0", 4, "`]` is missing"),
        ("pt eta", 3, "an operator is missing before `eta`"),
        ("2pt", 1, "is not a number"),
        ("1.2.3", 3, "is not a number"),
        ("a = b", 2, "compare with `==`"),
        ("a & ~b", 4, "no bitwise complement"),
        ("x:y", 1, "`:` separates what is drawn"),
        ("x, y", 1, "between the arguments of a function"),
        ("a < b < c", 6, "`(a < b) && (b < c)` as Python reads it"),
        ("a == b != c", 7, "a chained comparison means two things"),
        ("x[-1]", 2, "Python counts from the end, ROOT has none"),
        ("x[y > 2]", 2, "give the condition as the cut"),
        ("x[1.5]", 2, "is not a place"),
        ("a & b == c", 2, "write `&&` to combine conditions"),
        ("a > 1 | b", 6, "`|` beside a comparison means two things"),
        ("not a == b", 0, "write `not (a == b)` or `(not a) == b`"),
        ("a ** b ** c", 7, "write `(a ** b) ** c` or `a ** (b ** c)`"),
        ("a % b * c", 6, "write `(a % b) * c` or `a % (b * c)`"),
        ("a % b % c", 6, "write `(a % b) % c` or `a % (b % c)`"),
        ("a + b << c", 2, "write `(a + b) << c` or `a + (b << c)`"),
        ("a << b + c", 7, "write `(a << b) + c` or `a << (b + c)`"),
        ("-a << b", 3, "write `(-a) << b` or `-(a << b)`"),
        ("a ? b ? c : d : e", 6, "needs parentheses"),
        ("a ? b", 5, "`:` is missing"),
        ("sqrt(x)[0]", 7, "only a branch has an index"),
        ("f(a,)", 4, "a value is expected before `)`"),
    ],
)
def test_errors_point_at_the_place(text: str, caret: int, says: str) -> None:
    """Law: what cannot be understood, or would mean two things, is an error with the caret under it and a way out."""
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert says in caught.value.problem
    assert caught.value.position == caret
    assert str(caught.value).splitlines()[-1] == " " * (4 + caret) + "^"


def test_depth_has_an_end() -> None:
    """Law: parentheses beyond any person's are an error, not a crash."""
    with pytest.raises(ExpressionError, match="levels inside one another"):
        parse("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1))
    assert shape(parse("(" * MAX_DEPTH + "x" + ")" * MAX_DEPTH)) == "x"


@pytest.mark.parametrize("place", [0, 5_000, 9_999])
def test_long_texts_are_shown_in_part(place: int) -> None:
    """Law: of a long text only the part around the caret is shown, the caret under the place, on lines that fit."""
    text = "\n" * place + "!" + "\n" * (9_999 - place)
    error = ExpressionError("no", text=text, position=place)
    _, line, caret = str(error).split("\n")
    assert line[caret.index("^")] == "!"
    assert max(map(len, (line, caret))) < 120
    assert (error.text, error.position) == (text, place)
