"""ROOT's vectors: which members of a split object make one, and its methods as formulas of these.

A vector is recognised by the names of its members, whatever it is a member of itself. The formulas are written in the
draw language, operation by operation as ROOT does them, so that the last bit is ROOT's; a name in them is a member or
another method.

Source: ROOT's PtEtaPhiE4D, PtEtaPhiM4D, PxPyPzE4D, PxPyPzM4D, LorentzVector, Cartesian3D, CylindricalEta3D, Polar3D,
Cartesian2D, Polar2D, eta.h; TLorentzVector, TVector3, TVector2.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from overproof.analysis.draw.language.grammar import parse
from overproof.analysis.draw.language.syntax import Node
from overproof.analysis.draw.names.formulas import SINGLE, SYSTEMS
from overproof.records.schema import Schema
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A vector in a tree, split into its members.

    Attributes:
        owner: name of the object.
        system: which vector it is, a key of `SYSTEMS`.
        members: name of the branch of each member.
        is_single: the members are floats, and so is what ROOT computes with them.
    """

    owner: str
    system: str
    members: Mapping[str, str]
    is_single: bool

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods that are known, without synonyms in small letters."""
        return tuple(name for name in SYSTEMS[self.system].formulas if name[0].isupper())

    def formula(self, method: str) -> Node | None:
        """Return the formula of a method; None when it is not known."""
        return parse(SINGLE[method]) if self.is_single and method in SINGLE else _parsed(self.system, method)


def find_vector(schema: Schema, owner: str) -> Vector | None:
    """Find the vector that an object is; None when it is none.

    Args:
        schema: of the tree.
        owner: name of the object, or the end of it behind a dot; its coordinates have its methods too.
    """
    owner = owner.removesuffix(".fCoordinates")
    below, inside = f"{owner}.", f".{owner}."
    objects: dict[str, dict[str, str]] = {}
    dtypes = {branch.name: branch.dtype for branch in schema.branches}
    for branch in schema.branches:
        name = branch.name
        if name.startswith(below):
            objects.setdefault(owner, {})[name[len(below) :]] = name
        elif inside in name:
            place = name.index(inside) + len(inside)
            objects.setdefault(name[: place - 1], {})[name[place:]] = name
    for whole in [owner, *(each for each in objects if each != owner)]:
        for system, vector in SYSTEMS.items():
            places = objects.get(whole, {})
            members = {path.rpartition(".")[2]: places.get(path, "") for path in vector.paths}
            if all(members.values()):
                is_single = all(dtypes[name] == "float32" for name in members.values())
                return Vector(owner=whole, system=system, members=members, is_single=is_single)
    return None


@functools.cache
def _parsed(system: str, method: str) -> Node | None:
    text = SYSTEMS[system].formulas.get(method)
    return None if text is None else parse(text)
