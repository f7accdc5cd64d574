"""What is learned from a file that turns out damaged is forgotten."""

from __future__ import annotations

import pytest
import uproot

from overproof.columns.formats.classes import unlearning


def test_failure_restores_the_table_of_classes() -> None:
    """Classes and versions of classes that came while something failed are gone; those of a success stay."""
    tree = uproot.classes["TTree"]
    versions = dict(tree.known_versions)

    def learn() -> None:
        uproot.classes["Nonsense"] = tree
        tree.known_versions[999] = object
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"), unlearning():
        learn()
    assert "Nonsense" not in uproot.classes
    assert uproot.classes["TTree"].known_versions == versions
    with unlearning():
        uproot.classes["Sense"] = tree
    assert uproot.classes.pop("Sense") is tree


def test_what_was_known_stays_what_it_was() -> None:
    """A damaged file that can be opened must not teach another form of a class that all files have."""
    tree = uproot.classes["TTree"]
    version = max(tree.known_versions)
    before = tree.known_versions[version]
    with unlearning():
        tree.known_versions[version] = object
        uproot.classes["TTree"] = object
    assert uproot.classes["TTree"] is tree
    assert tree.known_versions[version] is before
