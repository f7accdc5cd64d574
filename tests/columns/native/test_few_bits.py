"""Float16_t and Double32_t in every form in which ROOT stores them are exactly the numbers that ROOT reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from ways import native, on_uproot

from overproof.columns.formats.checks.baskets import check_basket
from overproof.columns.formats.interpretations import MemberwiseError, of_branch, one_by_one
from overproof.columns.layouts.few_bits import few_bits_of
from overproof.columns.native import baskets
from overproof.columns.native.baskets import BasketDecoder
from overproof.words.errors import BranchError, ReadError

DATA = Path(__file__).parents[1] / "data"
FILE = DATA / "few_bits.root"
"""Made by `make_few_bits.py` beside it."""


def of_root(tree: str) -> dict[str, np.ndarray]:
    told = json.loads((DATA / "few_bits.json").read_text(encoding="ascii"))[tree]
    return {name: np.frombuffer(bytes.fromhex(numbers), np.float64) for name, numbers in told.items()}


def is_same(found: ak.Array, numbers: np.ndarray) -> bool:
    """Compare all bits; numbers that are none are of one kind."""
    flat = np.asarray(ak.flatten(found, axis=None))
    is_none = np.isnan(numbers)
    if len(flat) != len(numbers) or not np.isnan(flat[is_none]).all():
        return False
    return flat[~is_none].astype(np.float64).tobytes() == numbers[~is_none].tobytes()


@pytest.mark.parametrize("tree", ["leaves", "members99"])
def test_numbers_are_those_of_root(tree: str) -> None:
    """Steps in a range and short mantissas, alone, in fixed arrays and in lists, natively and by uproot."""
    expected = of_root(tree)
    assert len(expected) > 10
    with native(FILE, tree) as ours, on_uproot(FILE, tree) as theirs:
        names = list(expected)
        assert [name for name in names if name not in ours.read_native(names, 0, 5)] == []
        for reader in (ours, theirs):
            found = reader.read(names, 0, reader.n_entries)
            assert [name for name in names if not is_same(found[name], expected[name])] == []
            cut = reader.read(names, 7, 13)
            assert [name for name in names if repr(cut[name].tolist()) != repr(found[name][7:13].tolist())] == []


def test_types_are_told() -> None:
    """A Float16_t is a float32 and a Double32_t a float64, in the shape that the branch was made with."""
    with native(FILE, "leaves") as reader:
        told = {branch.name: branch for branch in reader.schema().branches}
        assert (told["f_0_0"].dtype, told["d_6_2"].dtype) == ("float32", "float64")
        assert (told["d_6_3"].n_jagged, told["d_6_3"].fixed_shape, told["f_6_4"].fixed_shape) == (1, (2,), (2, 2))


@pytest.mark.parametrize("title", ["d[0,,8]", "d[0,x]", "d[-3,-5,20]", "d[100,50,20]", "d[0x1,5,20]"])
def test_titles_that_cannot_be_are_refused(title: str) -> None:
    """What stands in brackets and is no range and no number of bits is not guessed."""
    with pytest.raises(ValueError, match=r"cannot be|no limit"):
        few_bits_of(title, is_half=False)


def test_lengths_are_compared_where_only_a_title_tells_the_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of numbers taken for shorter ones are found out by the branch of their lengths, in spite of checksums."""

    def covered(*args: Any, **rest: Any) -> Any:
        return check_basket(*args, **rest)._replace(is_covered=True)

    monkeypatch.setattr(baskets, "check_basket", covered)
    with native(FILE, "leaves") as reader:
        layout = reader._layout
        assert BasketDecoder(layout, reader._source).read(["n", "d_0_2"], 0, 24)
        columns = {**layout.columns, "d_0_2": replace(layout.columns["d_0_2"], dtype=">f2")}
        decoder = BasketDecoder(replace(layout, columns=columns), reader._source)
        with pytest.raises(ReadError, match="d_0_2: its lists have other lengths than branch n tells"):
            decoder.read(["n", "d_0_2"], 0, 24)


def test_a_branch_at_which_uproot_fails_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an object that cannot be read, named when it is asked for."""
    real = of_branch.interpretation_of_few_bits

    def failing(branch: object) -> object:
        if branch.member("fName") == "f_0_0":
            raise UnboundLocalError("cannot access local variable 'low'")
        return real(branch)

    monkeypatch.setattr(of_branch, "interpretation_of_few_bits", failing)
    with on_uproot(FILE, "leaves") as reader:
        kinds = {branch.name: branch.kind for branch in reader.schema().branches}
        assert (kinds["f_0_0"], kinds["n"]) == ("object", "number")
        assert reader.read(["n"], 0, 4)["n"].tolist() == [0, 1, 2, 3]
        with pytest.raises(BranchError, match=r"'f_0_0'.* is of a type that cannot be read"):
            reader.read(["f_0_0"], 0, 4)


def test_objects_with_such_members_are_refused() -> None:
    """Of objects that are not split, uproot would take members of fewer bits for others: they are named."""
    with on_uproot(FILE, "members0") as reader:
        assert {branch.kind for branch in reader.schema().branches} == {"object"}
        with pytest.raises(BranchError, match=r"'few'.* FewBits has members of Float16_t or Double32_t"):
            reader.read(["few"], 0, 4)


def test_objects_stored_member_by_member_are_put_together() -> None:
    """uproot reads them as if they were stored one by one, which gives other numbers."""
    with native(FILE, "memberwise") as reader:
        columns = reader.read(["held", "n"], 0, reader.n_entries)
    assert columns["n"].tolist() == [entry % 3 for entry in range(reader.n_entries)]
    expected = [[{"q": float(entry), "w": -entry}] * (entry % 3) for entry in range(reader.n_entries)]
    assert columns["held"].tolist() == expected


def test_lists_stored_member_by_member_that_do_not_fit_are_damaged() -> None:
    """Bytes that cannot be what was written give no numbers."""
    with uproot.open(FILE) as file:
        branch = file["memberwise"]["held"]
        basket = branch.basket(0)
        whole, offsets = basket.data.copy(), basket.byte_offsets
        for at, byte in ((offsets[1] + 15, 7), (offsets[1] + 4, 0), (offsets[2] + 6, 1)):
            data = whole.copy()
            data[at] = byte
            with pytest.raises(MemberwiseError):
                one_by_one(branch.interpretation, data, offsets)
