"""Objects that uproot would read wrongly: those with numbers of fewer bits."""

from __future__ import annotations

import re
from typing import Any
from weakref import WeakKeyDictionary

from uproot.interpretation.identify import UnknownInterpretation
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.objects import AsObjects, AsStridedObjects

from overproof.columns.formats.interpretations.few_bits import is_of_few_bits

_PLAIN = re.compile(
    r"\b(std|vector|string|map|set|pair|list|array|bool|char|short|int|long|unsigned|float|double|u?int\d+_t|\d+)\b"
)
_refused: WeakKeyDictionary[Any, re.Pattern[str] | None] = WeakKeyDictionary()
"""By file: what finds the names of classes with such members."""


def check_objects(branch: Any, interpretation: Any) -> None:
    """Refuse objects with members of Float16_t or Double32_t: uproot takes them for numbers of all bits.

    Raises:
        UnknownInterpretation: the branch has such objects.
    """
    content = interpretation.content if isinstance(interpretation, AsJagged) else interpretation
    if not isinstance(content, AsObjects | AsStridedObjects):
        return
    typename = str(branch.typename)
    if re.search(r"\w", _PLAIN.sub("", typename)) is None:
        return  # whoever needs no description of classes must not ask for it
    if branch.file not in _refused:
        _refused[branch.file] = _classes_of_few_bits(branch.file)
    pattern = _refused[branch.file]
    found = None if pattern is None else pattern.search(_squeezed(typename))
    if found is not None:
        raise UnknownInterpretation(
            f"{found[0]} has members of Float16_t or Double32_t, which are read of split objects only",
            branch.file.file_path,
            branch.object_path,
        )


def _classes_of_few_bits(file: Any) -> re.Pattern[str] | None:
    """Return what finds the name of a class with such members, or members with such members; None: there is none."""
    members = {
        _squeezed(name): [
            (int(element.member("fType")), _squeezed(element.name if element.typename == "BASE" else element.typename))
            for streamer in versions.values()
            for element in streamer.elements
        ]
        for name, versions in file.streamers.items()
    }
    refused = {name for name, inside in members.items() if any(is_of_few_bits(kind) for kind, _ in inside)}
    n_before = 0
    while n_before < len(refused):
        n_before, pattern = len(refused), _any_of(refused)
        refused |= {name for name, inside in members.items() if any(pattern.search(typename) for _, typename in inside)}
    return _any_of(refused) if refused else None


def _any_of(names: set[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w:])(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w:])")


def _squeezed(typename: str) -> str:
    return typename.replace(" ", "").replace("std::", "")
