"""What compiled draws tell of texts: what Python says of the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.rows import make_rows
from overproof.columns.kernels.compiled.functions.texts import MOST_PAIRS, text_arguments
from overproof.columns.kernels.compiled.listing import CompiledRows
from overproof.columns.kernels.compiled.work import Undecided
from overproof.columns.kernels.texts.table import Texts
from overproof.records.schema import Branch, Schema

N_ENTRIES = 200
WORDS = ("mu", "e", "tau", "mumu", "", "Äpfel")

SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        Branch(name="words", typename="vector<string>", kind="string", n_jagged=1),
        Branch(name="name", typename="string", kind="string"),
        Branch(name="n", typename="int", kind="number", dtype="int32"),
    ),
)


def events(seed: int) -> ak.Array:
    """Return a block of words."""
    rng = np.random.default_rng(seed)
    return ak.Array(
        {
            "words": [list(rng.choice(WORDS, rng.integers(0, 4))) for _ in range(N_ENTRIES)],
            "name": list(rng.choice(WORDS, N_ENTRIES)),
            "n": rng.integers(-1, 4, N_ENTRIES).astype(np.int32),
        }
    )


BLOCK = events(3)
ENTRIES: list[Any] = BLOCK.to_list()


def computed(text: str, block: ak.Array = BLOCK) -> list[float]:
    """Return the values of an expression, by a compiled function."""
    values: list[float] = CompiledRows(make_rows(text, schema=SCHEMA)).compute(block).values[0].tolist()
    return values


OF_WORDS: dict[str, Callable[[str, Any], Any]] = {
    'words == "mu"': lambda word, entry: word == "mu",
    "words != name": lambda word, entry: word != entry["name"],
    'strstr(words, "m")': lambda word, entry: "m" in word,
    'strstr(words, "")': lambda word, entry: True,
    'strstr("taumu", words)': lambda word, entry: word in "taumu",
    "strstr(words, name)": lambda word, entry: entry["name"] in word,
    'strstr(words, n > 1 ? "t" : name)': lambda word, entry: ("t" if entry["n"] > 1 else entry["name"]) in word,
    "words.size()": lambda word, entry: len(word.encode()),
}


@pytest.mark.parametrize("text", OF_WORDS)
def test_numbers_of_words_are_those_of_python(text: str) -> None:
    """Law: each word of a list, beside a word of its entry or of the formula, gives what Python says."""
    expected = [float(OF_WORDS[text](word, entry)) for entry in ENTRIES for word in entry["words"]]
    assert computed(text) == expected


OF_ENTRIES: dict[str, Callable[[Any], Any]] = {
    'Sum$(words == "mu")': lambda entry: entry["words"].count("mu"),
    "Sum$(strstr(name, words))": lambda entry: sum(word in entry["name"] for word in entry["words"]),
    "Max$(words.size())": lambda entry: max((len(word.encode()) for word in entry["words"]), default=0),
    'strstr(n > 0 ? name : "tau", "u")': lambda entry: "u" in (entry["name"] if entry["n"] > 0 else "tau"),
}


@pytest.mark.parametrize("text", OF_ENTRIES)
def test_numbers_of_entries_are_those_of_python(text: str) -> None:
    """Law: sums and choices over the words of an entry are what Python says."""
    assert computed(text) == [float(OF_ENTRIES[text](entry)) for entry in ENTRIES]


OF_PLACES: dict[str, Callable[[str, Any], Any]] = {
    "words[n] == name": lambda word, entry: word == entry["name"],
    "strstr(words[n], name)": lambda word, entry: entry["name"] in word,
    "words[n].size()": lambda word, entry: len(word.encode()),
}


@pytest.mark.parametrize("text", OF_PLACES)
def test_words_that_are_not_there(text: str) -> None:
    """Law: a word of a place that the list has not gives NaN, also where no list has any word."""
    rows = [
        float(OF_PLACES[text](each["words"][each["n"]], each)) if 0 <= each["n"] < len(each["words"]) else np.nan
        for each in ENTRIES
    ]
    np.testing.assert_array_equal(computed(text), rows)
    columns: Any = BLOCK
    bare = ak.Array({"words": columns["words"][:, :0], "name": columns["name"], "n": columns["n"]})
    assert np.isnan(computed(text, bare)).all()


def test_every_block_has_tables_of_its_own() -> None:
    """Law: one function gives the right answers for blocks whose words come in another order; empty ones too."""
    compiled = CompiledRows(make_rows("strstr(words, name)", schema=SCHEMA))
    for seed, n_entries in ((4, 50), (5, 0), (6, 7)):
        block = events(seed)[:n_entries]
        expected = [float(each["name"] in word) for each in block.to_list() for word in each["words"]]
        assert compiled.compute(block).values[0].tolist() == expected


def test_too_many_texts_are_left_to_the_interpreter() -> None:
    """Law: where words are sought in words, and they are too many for a table, the function says so."""
    names = [f"word {number}" for number in range(int(MOST_PAIRS**0.5) + 1)]
    block = ak.Array({"words": [[name] for name in names], "name": names, "n": np.zeros(len(names), dtype=np.int32)})
    compiled = CompiledRows(make_rows("strstr(words, name)", schema=SCHEMA))
    with pytest.raises(Undecided):
        compiled.compute(block)
    assert computed('strstr(words, "9")', block) == [float("9" in name) for name in names]


def test_texts_of_the_function_have_codes_before_tables_are_made() -> None:
    """Law: tables have a place for every text of the block and of the function."""
    texts = Texts()
    texts.codes([b"mu"])
    given = text_arguments(["texts lengths", "texts n", "text taumu", "texts with mu", "entries", "muon"], texts)
    assert given["text taumu"] == 1.0
    assert given["texts n"] == 2
    assert np.asarray(given["texts lengths"]).tolist() == [2.0, 5.0]
    assert np.asarray(given["texts with mu"]).tolist() == [1.0, 1.0]
    assert set(given) == {"texts lengths", "texts n", "text taumu", "texts with mu"}
