"""Codes of texts."""

from __future__ import annotations

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.rows import make_rows
from overproof.columns.kernels.rows import compute_rows
from overproof.columns.kernels.texts.codes import LONG, flatten_texts
from overproof.columns.kernels.texts.table import Texts
from overproof.columns.kernels.texts.tell import tell
from overproof.records.schema import Branch, Schema

WORDS = ["pear", "", "fig", "pear", "Äpfel", "fig ", "figs", "", "kiwi"]


@pytest.mark.parametrize("tail", ["", "x" * LONG], ids=["short", "long"])
def test_equal_texts_have_equal_codes(tail: str) -> None:
    """Law: codes are equal where texts are, and count the texts in the order of their first appearance."""
    written = [word + tail for word in WORDS]
    texts = Texts()

    column = flatten_texts(ak.Array(written), n_jagged=0, fixed_shape=(), texts=texts)

    assert texts.read(column.doubles) == written
    assert column.content.tolist() == [list(dict.fromkeys(written)).index(word) for word in written]


def test_codes_of_lists_keep_the_lists() -> None:
    """Law: lists of texts have the offsets of the lists; sliced arrays are those of the slice."""
    array = ak.Array([["a"], [], ["b", "a"], ["c"]])[1:]
    texts = Texts()

    column = flatten_texts(array, n_jagged=1, fixed_shape=(), texts=texts)

    assert column.offsets[0].tolist() == [0, 0, 2, 3]
    assert texts.read(column.doubles) == ["b", "a", "c"]
    assert column.n_entries == 3


def test_characters_end_at_their_first_zero() -> None:
    """Law: what stands behind a zero is no part of a text, in strings as in arrays of characters."""
    characters = np.frombuffer(b"ab\0zab\0\0\0abcabcd", dtype=np.int8).reshape(4, 4)
    texts = Texts()

    column = flatten_texts(ak.Array(characters), n_jagged=0, fixed_shape=(), texts=texts)
    strings = flatten_texts(ak.Array(["ab\0z", "ab", "c" * LONG + "\0z", ""]), n_jagged=0, fixed_shape=(), texts=texts)

    assert texts.read(column.doubles) == ["ab", "ab", "", "abcd"]
    assert texts.read(strings.doubles) == ["ab", "ab", "c" * LONG, ""]
    assert strings.content[0] == column.content[0]


def test_characters_in_rows() -> None:
    """Law: a list or an array of arrays of characters is a list or an array of texts."""
    rows = np.frombuffer(b"a\0bbc\0dd", dtype=np.int8).reshape(2, 2, 2)
    texts = Texts()

    fixed = flatten_texts(ak.Array(rows), n_jagged=0, fixed_shape=(2,), texts=texts)
    listed = flatten_texts(
        ak.unflatten(ak.Array(rows.reshape(4, 2)), [3, 0, 1]), n_jagged=1, fixed_shape=(), texts=texts
    )

    assert texts.read(fixed.doubles) == texts.read(listed.doubles) == ["a", "bb", "c", "dd"]
    assert listed.offsets[0].tolist() == [0, 3, 3, 4]


def test_nothing_has_no_codes() -> None:
    """Law: a block without entries, or with empty lists only, has no texts."""
    for array, n_jagged in ((ak.Array(["x"])[:0], 0), (ak.Array([["x"], []])[1:], 1)):
        texts = Texts()
        assert len(flatten_texts(array, n_jagged=n_jagged, fixed_shape=(), texts=texts).content) == 0
        assert tell("length", [np.zeros(0)], texts).tolist() == []
        assert tell("contains", [np.zeros(0), np.zeros(0)], texts).tolist() == []


@pytest.mark.usefixtures("path")
def test_texts_in_a_block_against_python() -> None:
    """Law: comparisons, `strstr`, lengths and sums over texts are what Python says of the same words."""
    rng = np.random.default_rng(3)
    known = ["mu", "e", "tau", "mumu", ""]
    lists = [[known[at] for at in rng.integers(0, 5, rng.integers(0, 4))] for _ in range(200)]
    names = [known[at] for at in rng.integers(0, 5, 200)]
    schema = Schema(
        tree="t",
        format="TTree",
        branches=(
            Branch(name="words", typename="vector<string>", kind="string", n_jagged=1),
            Branch(name="name", typename="string", kind="string"),
        ),
    )
    block = ak.Array({"words": lists, "name": names})

    def values(text: str, cut: str | None = None) -> list[float]:
        return compute_rows(make_rows(text, cut=cut, schema=schema), block).values[0].tolist()

    pairs = [(word, name) for words, name in zip(lists, names, strict=True) for word in words]
    assert values("words == name") == [float(word == name) for word, name in pairs]
    assert values("strstr(words, name)") == [float(name in word) for word, name in pairs]
    assert values("words.size()", cut='name != "mu"') == [float(len(word)) for word, name in pairs if name != "mu"]
    assert values('Sum$(words == "mu")') == [float(words.count("mu")) for words in lists]
    assert values('words[1] == "e" ? 10 : name.size()') == [
        10.0 if words[1] == "e" else float(len(name))
        for words, name in zip(lists, names, strict=True)
        if len(words) > 1
    ]
    assert values("@words.size()") == [float(len(words)) for words in lists]
