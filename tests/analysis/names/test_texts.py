"""Texts, methods and aliases in expressions: what they become, and what is said when they cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from overproof.analysis.draw.names.aliases import check_aliases, with_aliases
from overproof.analysis.draw.rows import make_rows
from overproof.analysis.draw.typed import Aggregate, Leaf, Operation, Size, Text, TextOperation, Typed
from overproof.records.schema import Branch, Schema
from overproof.words.errors import BranchError, ExpressionError, OptionError


def number(name: str, *, dtype: str = "float64", n_jagged: int = 0, shape: tuple[int, ...] = ()) -> Branch:
    return Branch(
        name=name, typename=dtype, kind="number", dtype=dtype, n_jagged=n_jagged, fixed_shape=shape
    )  # fmt: skip


def text(name: str, *, n_jagged: int = 0) -> Branch:
    return Branch(name=name, typename="std::string", kind="string", n_jagged=n_jagged)


SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        text("name"),
        text("words", n_jagged=1),
        number("x"),
        number("xs", n_jagged=1),
        number("label", dtype="int8", shape=(12,)),
        number("labels", dtype="int8", n_jagged=1, shape=(12,)),
        *(number(f"v.fCoordinates.{member}", n_jagged=1) for member in ("fPt", "fEta", "fPhi", "fM")),
        *(number(f"bag.{member}", n_jagged=1) for member in ("a", "b")),
        Branch(name="thing", typename="Thing", kind="object"),
    ),
    aliases=(("twice", "2*x"), ("mass", "v.M()"), ("pts", "v.Pt()"), ("name2", "name"), ("x", "7"), ("round", "trip")),
)


def root_of(expression: str, schema: Schema = SCHEMA) -> Typed:
    (value,) = make_rows(expression, schema=schema).values
    return value.root


def leaf(name: str, *indices: int | None, n_jagged: int = 1, text_of: str = "") -> Leaf:
    return Leaf(column=name, n_jagged=n_jagged, fixed_shape=(), indices=indices or (None,) * n_jagged, text_of=text_of)


NAME = leaf("name", n_jagged=0, text_of="name")
WORDS = leaf("words", text_of="words")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("name", NAME),
        ("(name)", NAME),
        ("words[2]", leaf("words", 2, text_of="words")),
        ('name == "a b"', Operation(kernel="equal", arguments=(NAME, Text(value="a b")))),
        ("'a' != name", Operation(kernel="not_equal", arguments=(Text(value="a"), NAME))),
        ("words == name", Operation(kernel="equal", arguments=(WORDS, NAME))),
        ('strstr(name, "a")', TextOperation(kind="contains", arguments=(NAME, Text(value="a")))),
        ("name.size()", TextOperation(kind="length", arguments=(NAME,))),
        ("words.Length()", TextOperation(kind="length", arguments=(WORDS,))),
        ("@words.size()", Size(leaf=WORDS)),
        ("words@.size()", Size(leaf=WORDS)),
        ("xs.size()", Size(leaf=leaf("xs"))),
        ("@bag.size()", Size(leaf=leaf("bag.a"))),
        ("v[1].Pt()", leaf("v.fCoordinates.fPt", 1)),
        ("v.Pt()[1]", leaf("v.fCoordinates.fPt", 1)),
        ("v[1].fCoordinates.fPt", leaf("v.fCoordinates.fPt", 1)),
        ("pts[1]", leaf("v.fCoordinates.fPt", 1)),
        ("mass", leaf("v.fCoordinates.fM")),
        ("name2", NAME),
        ("x", leaf("x", n_jagged=0)),
    ],
)
def test_what_a_name_or_method_becomes(written: str, meant: Typed) -> None:
    """Law: texts, methods, sizes and aliases become nodes of the plan; a branch comes before an alias."""
    assert root_of(written) == meant


def test_characters_beside_a_text_are_a_text() -> None:
    """Law: an array of characters is a text where it is compared with one, row by row, and numbers elsewhere."""
    compared = root_of('label == "abc"')
    assert isinstance(compared, Operation)
    assert compared.arguments[0] == Leaf(column='"label"', n_jagged=0, fixed_shape=(), indices=(), text_of="label")
    rows = make_rows("labels", cut='strstr("abc", labels)', schema=SCHEMA)
    assert [leaf.text_of for formula in rows.formulas for leaf in formula.leaves] == ["labels", ""]
    assert rows.columns == ("labels",)


def test_lengths_of_loops_over_texts() -> None:
    """Law: `Length$` takes texts and objects, and the size of a container makes no loop."""
    length = root_of("Length$(words)")
    assert isinstance(length, Aggregate)
    assert length.formula.leaves == (WORDS,)
    objects = root_of("Length$(bag)")
    assert isinstance(objects, Aggregate)
    assert objects.formula.root == leaf("bag.a")
    assert make_rows("@words.size()", schema=SCHEMA).values[0].leaves == ()


@pytest.mark.parametrize(
    ("written", "caret", "says"),
    [
        ("name + 1", 0, "this is a text, not a number"),
        ("1 + sqrt(name)", 9, "this is a text, not a number"),
        ("x * (name)", 4, "this is a text, not a number"),
        ("-name", 1, "this is a text, not a number"),
        ("name < name", 0, "this is a text, not a number"),
        ("Sum$(words)", 5, "this is a text, not a number"),
        ("name == 3", 8, "a text can only be compared with a text"),
        ('x == "a"', 0, "a text can only be compared with a text"),
        ('x > 0 ? "a" : 1', 14, "a text can only be compared with a text"),
        ("strstr(name)", 0, "`strstr` takes 2 arguments, not 1"),
        ("strstr(name, x)", 13, "a text can only be compared with a text"),
        ("v.Foo()", 0, "`Foo` is no method of `v` that is known: it has"),
        ("v.Pt(1)", 0, "`v.Pt` with arguments is not known"),
        ("x.size()", 0, "`x` has no method `size` that is known"),
        ("nothing.Pt()", 0, "there is no function `nothing.Pt`"),
        ("2 * round", 4, "there is no branch `trip`"),
        ("twice[1]", 5, "the alias `twice` is the formula `2*x`, which has no index"),
        ('name == "a', 8, "close the text with another one"),
        ("xs[0].5", 5, "an operator is missing before `.5`"),
    ],
)
def test_errors_point_at_the_place(written: str, caret: int, says: str) -> None:
    """Law: what makes no sense of texts, methods and aliases is an error with the caret under it."""
    with pytest.raises((ExpressionError, BranchError)) as caught:
        make_rows(written, schema=SCHEMA)

    message, line, mark = str(caught.value).rsplit("\n", 2)
    assert says in message
    assert line.strip() == written
    assert mark.index("^") - line.index(written[0]) == caret


def test_colons_in_names_are_dots() -> None:
    """Law: a field whose name has a colon is had by a dot; two colons are part of a C++ name."""
    fields = (number("jets:pt", n_jagged=1), number("trig:.code"), number("opts.GMAD::Base.n"))
    schema = Schema(tree="t", format="RNTuple", branches=fields)
    for written, meant in (("jets.pt", fields[0]), ("trig.code", fields[1]), ("opts.GMAD::Base.n", fields[2])):
        found = root_of(written, schema)
        assert isinstance(found, Leaf)
        assert found.column == meant.name


def test_an_alias_that_stands_for_itself() -> None:
    """Law: aliases that go round in a circle are an error that shows the circle."""
    circle = with_aliases(SCHEMA, {"p": "q + 1", "q": "2*r", "r": "p"})
    with pytest.raises(ExpressionError, match="the alias `p` stands for itself: `p` -> `q` -> `r` -> `p`"):
        make_rows("p", schema=circle)


def test_aliases_of_the_user_come_first() -> None:
    """Law: an alias given with the question hides one of the file; used within another, parentheses stand around it."""
    schema = with_aliases(SCHEMA, {"mass": "x + 1", "three": "3*mass"})
    product = root_of("three", schema)
    assert isinstance(product, Operation)
    assert product.kernel == "multiply"
    assert product.arguments[1] == root_of("x + 1")


def test_an_alias_comes_before_the_end_of_a_name() -> None:
    """Law: a branch called by its whole name comes before an alias, one called by the end of its name behind it."""
    twins = replace(SCHEMA, branches=(*SCHEMA.branches, number("w.fPt")))
    schema = with_aliases(twins, {"fPt": "x", "xs": "x"})
    assert root_of("fPt") == leaf("v.fCoordinates.fPt")
    assert root_of("fPt", schema) == leaf("x", n_jagged=0)
    assert root_of("xs", schema) == leaf("xs")


def test_aliases_are_checked_before_files_are_opened() -> None:
    """Law: a name that cannot be written and a meaning that cannot be read are errors."""
    with pytest.raises(OptionError, match="'2x' is no name for an alias"):
        check_aliases({"2x": "x"})
    with pytest.raises(ExpressionError, match="a value is expected"):
        check_aliases({"y": "x +* 2"})
