"""Arguments that need a second look: which are files and which expressions, and names with something behind them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from typing import Any, Final

from overproof.words.errors import OptionError

ROOT_FILE: Final = re.compile(r"\.root(:[^:]*)?$")
URL: Final = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")


def part_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part files from the expressions behind them; the first is a file, the last an expression.

    Between these two, a file is what ends in `.root` (before the tree), is a URL, or is there, also as a pattern; what
    stands behind the first expression is one too.

    Raises:
        OptionError: there are fewer than two.
    """
    if len(arguments) < 2:
        raise OptionError("give FILES and behind them at least one EXPR")
    n_files = 1
    while n_files < len(arguments) - 1 and is_file(arguments[n_files]):
        n_files += 1
    return list(arguments[:n_files]), list(arguments[n_files:])


def parse_pairs(texts: Sequence[str], *, option: str, example: str) -> dict[str, str]:
    """Read `NAME=TEXT`, each name once.

    Raises:
        OptionError: one is not of this form, or a name comes twice.
    """
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise OptionError(f"{option} {text}: write NAME=..., as in {option} {example}")
        if name.strip() in pairs:
            raise OptionError(f"{option} {text}: {name.strip()} is given twice")
        pairs[name.strip()] = value.strip()
    return pairs


OF_SESSIONS: Final = ("address", "cache", "live", "progress", "workers")
"""What is said by options of their own."""


def parse_engine_options(texts: Sequence[str]) -> dict[str, Any]:
    """Read `NAME=VALUE`, where a value is as in the site file; what is none there is text.

    Raises:
        OptionError: one is not of this form.
    """
    options: dict[str, Any] = {}
    for name, text in parse_pairs(texts, option="--engine-option", example="queue=short").items():
        if name in OF_SESSIONS or not name.isidentifier():
            raise OptionError(f"--engine-option {name}: is no option of an engine")
        import tomllib

        try:
            options[name] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            options[name] = text
    return options


def parse_friends(texts: Sequence[str]) -> dict[str, list[str]]:
    """Read friends, `NAME=FILE`, where a name may come again with its next file.

    Raises:
        OptionError: one is not of this form.
    """
    friends: dict[str, list[str]] = {}
    for text in texts:
        ((name, place),) = parse_pairs([text], option="--friend", example="f=other.root:tree").items()
        friends.setdefault(name, []).append(place)
    return friends


def parse_weights(texts: Sequence[str]) -> dict[str, float] | str | None:
    """Read weights of datasets: `NAME=NUMBER`, each name once, or the one name of their metadata.

    Raises:
        OptionError: one is not of this form, or both forms are mixed.
    """
    if len(texts) == 1 and "=" not in texts[0] and texts[0].strip():
        return texts[0].strip()
    weights: dict[str, float] = {}
    for name, text in parse_pairs(texts, option="--dataset-weight", example="dy=0.3").items():
        try:
            weights[name] = float(text)
        except ValueError as error:
            raise OptionError(f"--dataset-weight {name}={text}: write a number behind the =") from error
    return weights or None


def is_file(text: str) -> bool:
    """Tell whether an argument is meant as a file: by its name, or because it is there."""
    if URL.match(text) or ROOT_FILE.search(text) or os.path.exists(text):
        return True
    path = os.path.expanduser(text.rpartition(":")[0] or text)
    return os.path.isfile(path) or any(map(os.path.isfile, glob.iglob(path)))
