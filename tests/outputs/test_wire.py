"""Large states on their way: nothing is lost, torn or left behind in a buffer."""

from __future__ import annotations

import io
from typing import Any

import boost_histogram as bh
import numpy as np
import pytest

from overproof.outputs.cells import PIECE_CELLS
from overproof.outputs.state import OutputState
from overproof.words.errors import MergeError

N_BINS = PIECE_CELLS + 5000


def output(i: int) -> dict[str, Any]:
    """Make large outputs of every kind of cells, small ones, and some that grow in two directions."""
    rng = np.random.default_rng(i)
    x, w = rng.normal(0.5, 0.2, size=1000), rng.normal(size=1000)
    storages = [(N_BINS, bh.storage.Int64()), (N_BINS, bh.storage.Weight()), (1100, bh.storage.WeightedMean())]
    still = [bh.Histogram(bh.axis.Regular(n_bins, 0, 1), storage=storage) for n_bins, storage in storages]
    still[0].fill(x)
    still[1].fill(x, weight=w)
    still[2].fill(x, sample=w, weight=w * w)
    grown = bh.Histogram(
        bh.axis.StrCategory([], growth=True),
        bh.axis.Integer(i * 100, i * 100 + 1, growth=True),
        bh.axis.Regular(40, 0, 1),
        storage=bh.storage.Weight(),
    )
    grown.fill([f"c{(i * 7) % 4}", f"d{i}"] * 500, rng.integers(i * 100 - 200, i * 100 + 50, size=1000), x, weight=w)
    return {
        **{f"still {place}": each for place, each in enumerate(still)},
        "grown": grown,
        f"only in {i}": np.full(20_000, float(i)),
        "complex": rng.normal(size=2000) + 1j,
        "integers": rng.integers(0, 2**58, size=5000),
        "inner": {"deep": rng.normal(size=1000), "small": 1.5},
        "rows": [i],
        "arrays": [rng.normal(size=20_000)],
    }


OUTPUTS = {(0, i): output(i) for i in range(3)}


def shown(state: OutputState) -> dict[str, Any]:
    """Give every bit of the values."""
    flat: dict[str, Any] = {}
    for key, value in state.value().items():
        if isinstance(value, bh.Histogram):
            edges = [list(axis) if hasattr(axis, "categories") else axis.edges.tolist() for axis in value.axes]
            flat[key] = (edges, np.asarray(value.view(flow=True)).tobytes())
        else:
            flat[key] = value.tobytes() if isinstance(value, np.ndarray) else repr(value)
    flat["arrays"] = [each.tobytes() for each in state.value().get("arrays", [])]
    return flat


def test_large_outputs_travel_as_small_ones_do(in_order: Any, at_random: Any) -> None:
    """Whoever merges whom, by wire or not: the bits are those of adding block by block."""
    expected = shown(in_order(OUTPUTS))
    for seed in range(3):
        assert shown(at_random(OUTPUTS, seed)) == expected


@pytest.mark.parametrize("use", ["value", "copy", "to_bytes", "merge into", "write_to", "size_bytes"])
def test_a_state_just_read_can_be_used_in_every_way(use: str, in_order: Any) -> None:
    """Not only merged: what still lies in the buffer is taken out when it is asked for."""
    state = in_order(OUTPUTS)
    again = OutputState.from_bytes(bytearray(state.to_bytes()))
    if use == "copy":
        again = again.copy()
    elif use == "to_bytes":
        again = OutputState.from_bytes(again.to_bytes())
    elif use == "merge into":
        again.merge(in_order({(1, 0): output(9)}))
        state.merge(in_order({(1, 0): output(9)}))
    elif use == "write_to":
        again.write_to(io.BytesIO())
    elif use == "size_bytes":
        assert 0 < again.size_bytes <= state.size_bytes
    assert shown(again) == shown(state)


def test_a_merged_state_needs_the_buffer_no_more(in_order: Any) -> None:
    """What nobody had before is taken out too: else a small output would keep the whole delta alive."""
    total, payload = OutputState(), bytearray(in_order({(0, 0): output(0)}).to_bytes())
    total.merge(OutputState.from_bytes(payload))
    payload.clear()  # refused while anything looks into the buffer
    assert shown(total) == shown(in_order({(0, 0): output(0)}))


def test_a_refused_merge_leaves_both_as_they_were(in_order: Any) -> None:
    """Also where the other one still lies in its buffer."""
    total = in_order({(0, 0): output(0)})
    other = OutputState.from_bytes(in_order({(0, 1): {**output(1), "rows": "text"}}).to_bytes())
    before = shown(total)
    with pytest.raises(MergeError, match="'rows'"):
        total.merge(other)
    assert shown(total) == before
    assert shown(other) == shown(in_order({(0, 1): {**output(1), "rows": "text"}}))


def test_a_file_holds_what_was_written(in_order: Any) -> None:
    """Bit for bit, un-rounded: what is read goes on like what was written."""
    state, file = in_order(OUTPUTS), io.BytesIO()
    state.write_to(file)
    file.write(b"behind")
    file.seek(0)
    again = OutputState.read_from(file)
    assert file.read() == b"behind"
    for each in (state, again):
        each.merge(in_order({(1, 0): output(9)}))
    assert shown(again) == shown(state)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99999])
def test_a_torn_file_is_refused(share: float, in_order: Any) -> None:
    """At whatever place it ends."""
    file = io.BytesIO()
    in_order({(0, 0): output(0)}).write_to(file)
    with pytest.raises(MergeError, match="from a file"):
        OutputState.read_from(io.BytesIO(file.getvalue()[: int(share * len(file.getvalue()))]))


def test_states_are_written_from_the_front_to_the_end(in_order: Any) -> None:
    """A file that can only go back to where it was asked for its place will do: it may keep a running checksum."""

    class OneWay(io.BytesIO):
        place = 0

        def tell(self) -> int:
            self.place = super().tell()
            return self.place

        def seek(self, place: int, whence: int = 0) -> int:
            assert (place, whence) == (self.place, 0)
            return super().seek(place)

    class Local:
        def __add__(self, other: Any) -> Any:
            return self

    for outputs in (output(0), {**output(0), "by value": Local()}):
        file = OneWay(b"before")
        io.BytesIO.seek(file, 6)
        in_order({(0, 0): outputs}).write_to(file)
        again = OutputState.read_from(io.BytesIO(file.getvalue()[6:]))
        assert again.value().keys() == outputs.keys()
