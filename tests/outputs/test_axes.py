"""How axes that grew in different blocks meet."""

from __future__ import annotations

from typing import Any

import boost_histogram as bh
import numpy as np
import pytest


def grown(make: Any, *values: Any) -> bh.Histogram:
    """Fill a histogram with one growing axis."""
    histogram = bh.Histogram(make(), storage=bh.storage.Int64())
    histogram.fill(list(values))
    return histogram


def regular() -> Any:
    return bh.axis.Regular(10, 0.0, 1.0, growth=True)


def test_categories_stand_in_the_order_of_first_appearance(at_random: Any) -> None:
    """First by file, then by block, then by the order within the block; contents follow their category."""
    make = lambda: bh.axis.StrCategory([], growth=True)  # noqa: E731
    blocks = {
        (0, 0): {"h": grown(make, "z", "y")},
        (0, 2): {"h": grown(make, "b", "z", "b")},
        (0, 1): {"h": grown(make, "c", "y")},
        (1, 0): {"h": grown(make, "a", "c")},
    }
    for seed in range(5):
        result = at_random(blocks, seed).value()["h"]
        assert list(result.axes[0]) == ["z", "y", "c", "b", "a"]
        assert result.values().tolist() == [2, 2, 2, 2, 1]


def test_integer_categories_too(at_random: Any) -> None:
    """IntCategory has the same order."""
    make = lambda: bh.axis.IntCategory([5], growth=True)  # noqa: E731
    result = at_random({(0, 0): {"h": grown(make, 9, 3)}, (0, 1): {"h": grown(make, 1, 9)}}, 0).value()["h"]
    assert list(result.axes[0]) == [5, 9, 3, 1]
    assert result.values().tolist() == [0, 2, 1, 1]


def test_integer_ranges_are_united(at_random: Any) -> None:
    """What each block counted stays at its value."""
    make = lambda: bh.axis.Integer(0, 2, growth=True)  # noqa: E731
    result = at_random({(0, 0): {"h": grown(make, 7)}, (0, 1): {"h": grown(make, -3, 1)}}, 1).value()["h"]
    assert (result.axes[0].edges[0], result.axes[0].edges[-1]) == (-3, 8)
    assert result.values().tolist() == [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]


def test_regular_ranges_are_united_on_one_lattice(at_random: Any) -> None:
    """Edges are the lattice's, not those that boost-histogram's rounding grew; counts are those of one fill."""
    rng = np.random.default_rng(3)
    data = {(0, i): rng.uniform(-9, 9, size=5) for i in range(12)}
    blocks = {p: {"h": grown(regular, *x)} for p, x in data.items()}
    expected = grown(regular, *np.concatenate(list(data.values())))
    for seed in range(5):
        result = at_random(blocks, seed).value()["h"]
        assert np.allclose(result.axes[0].edges, expected.axes[0].edges, rtol=0, atol=1e-12)
        assert result.values(flow=True).tolist() == expected.values(flow=True).tolist()


def test_flow_bins_stay_flow_bins(at_random: Any) -> None:
    """Infinities never make an axis grow; they are counted at the ends of the merged one."""
    blocks = {(0, 0): {"h": grown(regular, -np.inf, 5.0)}, (0, 1): {"h": grown(regular, np.inf, np.nan, -5.0)}}
    counts = at_random(blocks, 0).value()["h"].values(flow=True)
    assert (counts[0], counts[-1], counts.sum()) == (1, 2, 5)


def test_variable_edges_stay_where_every_block_can_tell_the_sides_apart(at_random: Any) -> None:
    """An edge inside another block's bin goes; no count is lost."""
    make = lambda: bh.axis.Variable([0.0, 1.0, 2.0], growth=True)  # noqa: E731
    blocks = {
        (0, 0): {"h": grown(make, 9.0)},
        (0, 1): {"h": grown(make, 5.0, 7.0, 0.5)},
        (0, 2): {"h": grown(make, -4.0)},
    }
    for seed in range(5):
        result = at_random(blocks, seed).value()["h"]
        edges = result.axes[0].edges
        assert edges[1:4].tolist() == [0, 1, 2]
        assert (edges.size, result.values().tolist()) == (5, [1, 1, 0, 3])


def test_metadata_is_that_of_the_first_position(at_random: Any) -> None:
    """Labels may differ between blocks; the first one in the dataset stands, whoever arrives first."""
    blocks = {
        (0, i): {"h": bh.Histogram(bh.axis.Regular(2, 0, 1, metadata=f"block {i}"), metadata=f"h {i}")}
        for i in range(4)
    }
    for seed in range(5):
        result = at_random(blocks, seed).value()["h"]
        assert (result.metadata, result.axes[0].metadata) == ("h 0", "block 0")


@pytest.mark.parametrize("transform", [bh.axis.transform.log, bh.axis.transform.Pow(2)])
def test_transforms_survive(transform: Any, at_random: Any) -> None:
    """An axis that cannot grow comes out equal to what went in."""
    axis = bh.axis.Regular(4, 1, 16, transform=transform)
    blocks = {(0, i): {"h": bh.Histogram(axis).fill([2.0])} for i in range(3)}
    assert at_random(blocks, 0).value()["h"].axes[0] == axis
