"""From a parsed expression to a plan: names, loops, columns."""

from __future__ import annotations

import pickle

import pytest

from overproof.analysis.draw.plan import DrawPlan, make_plan
from overproof.analysis.draw.typed import Constant, Leaf, Operation
from overproof.records.schema import Branch, Schema
from overproof.words.errors import BranchError, ExpressionError


def number(name: str, *, n_jagged: int = 0, fixed_shape: tuple[int, ...] = ()) -> Branch:
    return Branch(
        name=name, typename="float", kind="number", dtype="float32", n_jagged=n_jagged, fixed_shape=fixed_shape
    )


SCHEMA = Schema(
    tree="Events",
    format="TTree",
    branches=(
        number("nMuon"),
        number("Muon_pt", n_jagged=1),
        number("MET_pt"),
        number("Jets.pt", n_jagged=1),
        number("a.E"),
        number("b.E"),
        number("matrix", fixed_shape=(2, 3)),
        number("rows", n_jagged=2),
        number("deep", n_jagged=3),
        number("genWeight"),
        number("pair", fixed_shape=(2,)),
        Branch(name="isTight", typename="bool", kind="number", dtype="bool", n_jagged=1),
        Branch(name="object", typename="Thing", kind="object"),
        Branch(name="label", typename="std::string", kind="string"),
    ),
)


def plan(expression: str, **options: str) -> DrawPlan:
    return make_plan(expression, bins="10, 0, 1", schema=SCHEMA, **options)


def test_columns_are_those_of_all_texts_and_no_others() -> None:
    """Law: a draw reads what its expression, cut and weight name, aggregates included, and nothing else."""
    made = plan("Muon_pt/MET_pt", cut="Sum$(Jets.pt > 30) > 1", weight="genWeight")
    assert made.columns == ("Jets.pt", "MET_pt", "Muon_pt", "genWeight")
    assert plan("1").columns == ()


def test_leaves_of_aggregates_make_no_loop_outside() -> None:
    """Law: what stands in an aggregate has a loop of its own."""
    made = plan("MET_pt + Sum$(Muon_pt)")
    assert [leaf.column for leaf in made.rows.values[0].leaves] == ["MET_pt"]


def test_cut_and_weight_multiply() -> None:
    """Law: the selection is the product of cut and weight; blank texts are none."""
    both = plan("MET_pt", cut="nMuon", weight="genWeight").rows.selection
    assert both is not None
    assert isinstance(both.root, Operation)
    assert both.root.kernel == "multiply"
    only = plan("MET_pt", cut="  ", weight="genWeight").rows.selection
    assert only is not None
    assert isinstance(only.root, Leaf)
    assert plan("MET_pt", cut="").rows.selection is None


def test_every_dimension_has_an_index_or_loops() -> None:
    """Law: indices are filled from the left, the rest loops."""
    assert plan("matrix[1]").rows.values[0].leaves[0].indices == (1, None)
    assert plan("rows[][2]").rows.values[0].leaves[0].indices == (None, 2)
    assert plan("Muon_pt").rows.values[0].leaves[0].indices == (None,)
    assert plan("MET_pt[0]").rows.values[0].leaves[0].indices == ()


def test_short_names_stand_for_the_only_branch_that_ends_so() -> None:
    """Law: the part behind a dot is enough where it is the only one."""
    assert plan("pt").columns == ("Jets.pt",)
    with pytest.raises(BranchError, match=r"`E` may be `a\.E`, `b\.E`"):
        plan("E")


def test_branches_win_over_constants() -> None:
    """Law: `pi` is a number, unless a branch has that name."""
    assert isinstance(plan("pi").rows.values[0].root, Constant)
    schema = Schema(tree="t", format="TTree", branches=(number("pi"),))
    assert isinstance(make_plan("pi", bins=(1, 0, 1), schema=schema).rows.values[0].root, Leaf)


def test_plans_travel() -> None:
    """Law: a plan comes out of pickle as it went in."""
    made = plan("sqrt(Muon_pt[0]^2 + MET_pt)", cut="nMuon > 1 ? 1 : Iteration$ < Length$", weight="genWeight")
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize(
    ("expression", "caret", "says"),
    [
        ("1 + Muon_pr", 4, "there is no branch `Muon_pr` in tree `Events`; nearest: `Muon_pt`"),
        ("met_PT", 0, "nearest: `MET_pt`"),
        ("object", 0, "`object` is of type Thing: only numbers, texts and arrays of them"),
        ("2*deep", 2, "at most two nested lengths"),
    ],
)
def test_names_that_are_no_branch_of_numbers(expression: str, caret: int, says: str) -> None:
    """Law: an unknown name is an error with the nearest names and a caret; so is a branch without numbers."""
    with pytest.raises(BranchError) as caught:
        plan(expression)
    assert says in str(caught.value)
    assert str(caught.value).splitlines()[-1] == " " * (4 + caret) + "^"


@pytest.mark.parametrize(
    ("expression", "caret", "says"),
    [
        ("sqr(MET_pt)", 0, "there is no function `sqr`; nearest: `sqrt`"),
        ("sqrt(1, 2)", 0, "`sqrt` takes 1 argument, not 2"),
        ("min(1)", 0, "`min` takes 2 arguments, not 1"),
        ("TMath::Pi(1)", 0, "`TMath::Pi` takes no argument, not 1"),
        ("MET_pt(1)", 0, "is a branch, not a function"),
        ("1 + rndm", 4, "`rndm` is refused: it is not reproducible"),
        ("rndm()", 0, "`rndm` is refused: it is not reproducible"),
        ("LocalEntries$", 0, "`LocalEntries$` is refused"),
        ("Alt$(Muon_pt, Muon_pt[0])", 14, "what `Alt$` gives instead is one number for each entry"),
        ("MaxIf$(Muon_pt)", 0, "`MaxIf$` takes 2 arguments, not 1"),
        ("Muon_pt[isTight]", 8, "write `[int(isTight)]`"),
        ("Entry$[0]", 0, "`Entry$` has no index"),
        ("math.sqrt(MET_pt)", 0, "write `np.sqrt` without guards or `sqrt` as ROOT has it"),
        ("Sum$", 0, "write its arguments in parentheses"),
        ("Sum$()", 0, "`Sum$` takes 1 argument, not 0"),
        ("pi[0]", 0, "`pi` has no index"),
        ("MET_pt[1]", 6, "`MET_pt` has no dimension"),
        ("Muon_pt[0][0]", 10, "`Muon_pt` has 1 dimension: remove this index"),
        ("pair[2]", 5, "`pair` has 2 elements here: the last index is 1"),
        ("MET_pt >> 2", 7, "write `(a >> b)` for a shift"),
    ],
)
def test_what_a_plan_refuses(expression: str, caret: int, says: str) -> None:
    """Law: what is not known is refused by name, with the caret under it."""
    with pytest.raises(ExpressionError) as caught:
        plan(expression)
    assert says in caught.value.problem
    assert caught.value.position == caret


def test_shifts_are_known_in_cuts_and_parentheses() -> None:
    """Law: `>>` is refused only where TTree::Draw would take it for a histogram."""
    assert plan("(nMuon >> 1)").columns == ("nMuon",)
    assert plan("MET_pt", cut="nMuon >> 1").columns == ("MET_pt", "nMuon")


def test_long_formulas_are_an_error_not_a_crash() -> None:
    """Law: a formula of any length either works or says that it is too long."""
    longest = plan("*".join(["MET_pt"] * 150))
    assert pickle.loads(pickle.dumps(longest)) == longest
    with pytest.raises(ExpressionError, match="operations inside one another"):
        plan("+".join(["MET_pt"] * 5000))
    with pytest.raises(ExpressionError, match="levels inside one another"):
        plan("1 ? 1 : " * 5000 + "1")
