"""Sizes as people write them."""

from __future__ import annotations

import pytest

from overproof.words.errors import OptionError
from overproof.words.sizes import parse_size


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("2GB", 2_000_000_000),
        ("500MB", 500_000_000),
        ("500 mb", 500_000_000),
        ("1.5GiB", 1_610_612_736),
        (".5k", 500),
        ("64M", 64_000_000),
        ("2 TiB", 2_199_023_255_552),
        ("123456789", 123_456_789),
    ],
)
def test_sizes_have_units(text: str, size_bytes: int) -> None:
    """Decimal units count by 1000, those with an i by 1024; without a unit a size is in bytes."""
    assert parse_size(text, option="--memory-limit") == size_bytes


@pytest.mark.parametrize("text", ["", "GB", "2XB", "-1GB", "1e9", "2 G B", "lots", "0", "0.0001B"])
def test_what_is_no_size_is_said_with_an_example(text: str) -> None:
    """The message names the option and the text, and shows how to write a size."""
    with pytest.raises(OptionError, match=r"^--memory-limit .*2GB"):
        parse_size(text, option="--memory-limit")
