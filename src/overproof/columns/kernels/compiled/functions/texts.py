"""Write what is told of texts, and prepare the tables that it is read from: see `kernels/texts/tell.py` for the rules.

A function knows texts by their codes alone. What it asks for by name is made anew for every block: the code of a text
in the formula (`text a`), and tables by code: lengths, which texts contain a certain one, which contain which.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.kernels.texts.table import Texts
from overproof.columns.machine.writer import Value, Writer

TOO_MANY_TEXTS = 4
"""What a function gives that needs to know which texts contain which, of too many."""

MOST_PAIRS = 100_000
"""Pairs of texts that are looked at before anybody asks for them; this takes some milliseconds."""

_TEXT = "text "
_N_TEXTS = "texts n"
_LENGTHS = "texts lengths"
_PAIRS = "texts in texts"
_WITH = "texts with "

Given = dict[str, npt.NDArray[Any] | int | float]


def write_text(writer: Writer, text: str) -> Value:
    """Write the code of a text."""
    return writer.known((_TEXT, text), lambda: writer.real(_TEXT + text))


def write_length(writer: Writer, code: Value) -> Value:
    """Write the length of a text."""
    return writer.read_double(writer.array(_LENGTHS, np.float64), _place(writer, code))


def write_contains(writer: Writer, where: Value, what: Value, *, known: str | None) -> Value:
    """Write whether a text contains another, as 1 or 0.

    Args:
        writer: of the function.
        where: code of the text that is searched.
        what: code of the other.
        known: the other one, where it is the same everywhere.
    """
    if known is not None:
        return writer.read_double(writer.array(_WITH + known, np.float64), _place(writer, where))
    pairs = writer.array(_PAIRS, np.float64)
    n_texts = writer.number(_N_TEXTS)
    with writer.give_when(writer.less(MOST_PAIRS, writer.times(n_texts, n_texts)), writer.integer(TOO_MANY_TEXTS)):
        pass
    place = writer.plus(writer.times(_place(writer, where), n_texts), _place(writer, what))
    return writer.read_double(pairs, place)


def _place(writer: Writer, code: Value) -> Value:
    """Write the place of a text in a table; the first where there is none, which does not count."""
    n_texts = writer.as_double(writer.number(_N_TEXTS))
    is_known = writer.both(writer.compare(">=", code, writer.double(0.0)), writer.compare("<", code, n_texts))
    return writer.towards_zero(writer.select(is_known, code, writer.double(0.0)))


def text_arguments(names: Iterable[str], texts: Texts) -> Given:
    """Return what a function takes of the texts of a block, by name.

    Args:
        names: of all that the function takes.
        texts: of the block; those of the function are added.
    """
    asked = [name for name in names if name.startswith(("text ", "texts "))]
    given: Given = {
        name: float(texts.code(name.removeprefix(_TEXT).encode())) for name in asked if name.startswith(_TEXT)
    }
    known = texts.all() or [b""]
    for name in asked:
        if name == _N_TEXTS:
            given[name] = len(known)
        elif name == _LENGTHS:
            given[name] = np.array([len(text) for text in known], dtype=np.float64)
        elif name == _PAIRS:
            given[name] = _pairs(known)
        elif name.startswith(_WITH):
            given[name] = _flags(name.removeprefix(_WITH).encode(), known)
    return given


def _flags(what: bytes, texts: list[bytes]) -> npt.NDArray[np.float64]:
    return np.array([what in text for text in texts], dtype=np.float64)


def _pairs(texts: list[bytes]) -> npt.NDArray[np.float64]:
    """Tell for every text which texts are in it; nothing where there are too many."""
    if len(texts) ** 2 > MOST_PAIRS:
        return np.zeros(0)
    return np.concatenate([np.array([what in where for what in texts], dtype=np.float64) for where in texts])
