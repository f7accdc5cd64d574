"""The law of laws: the same answer, bit for bit, however it was computed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.outputs.document import account_document, dump_json, outputs_document

N_FILES, N_ENTRIES, BLOCK = 4, 1_800, 50


def _selector() -> Any:
    path = Path(__file__).parent / "everything.py"
    if "everything" not in sys.modules:
        spec = importlib.util.spec_from_file_location("everything", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["everything"] = module
        spec.loader.exec_module(module)
    return sys.modules["everything"].Everything()


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Files of unequal length with weights from 1e-300 to 1e300, half of them cancelled by their opposite."""
    folder = tmp_path_factory.mktemp("hard")
    rng = np.random.default_rng(7)
    for index in range(N_FILES):
        n = N_ENTRIES - 37 * index
        w = rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-300, 300, n)
        x = rng.uniform(-0.1, 1.1, n)
        pairs = rng.permutation(n - n % 2).reshape(-1, 2)[: n // 4]
        w[pairs[:, 1]], x[pairs[:, 1]] = -w[pairs[:, 0]], x[pairs[:, 0]]
        tag = (np.arange(n) // 113 * 7 + index) % 23
        with uproot.recreate(folder / f"f{index}.root") as file:
            file.mktree("Events", {"x": "float64", "w": "float64", "tag": "int32"})
            file["Events"].extend({"x": x, "w": w, "tag": tag.astype(np.int32)})
    return f"{folder}/*.root:Events"


@pytest.fixture(scope="module", params=["inline", "local:1", "local:2", "local:3", "local:7"])
def session(request: pytest.FixtureRequest) -> Iterator[op.Session]:
    """A session with each number of workers, and one without any."""
    with op.Session(request.param, progress=False) as session:
        yield session


def _answer(session: op.Session, dataset: str, packetizer: str) -> str:
    result = session.process(_selector(), dataset, packetizer=packetizer, block_entries=BLOCK)
    document = {
        "outputs": outputs_document(result.outputs),
        **account_document(result.account, result.excluded, result.missing),
    }
    return dump_json(document)


@pytest.fixture(scope="module")
def serial_answer(dataset: str) -> str:
    with op.Session("inline", progress=False) as session:
        return _answer(session, dataset, "adaptive")


@pytest.mark.parametrize("packetizer", ["adaptive", "fixed"])
def test_outputs_and_account_are_the_same_byte_for_byte(
    session: op.Session, packetizer: str, dataset: str, serial_answer: str
) -> None:
    """At least 20 blocks a worker, every kind of output, any engine, packetizer and number of workers: one answer."""
    assert sum((N_ENTRIES - 37 * index) // BLOCK + 1 for index in range(N_FILES)) >= 20 * 7
    assert _answer(session, dataset, packetizer) == serial_answer


def test_the_answer_is_that_of_exact_arithmetic(dataset: str) -> None:
    """Sums of mild numbers equal those of one pass over all entries; counts and tables are exact."""
    import math

    files = [f"{dataset.removesuffix('*.root:Events')}f{index}.root:Events" for index in range(N_FILES)]
    arrays = uproot.concatenate(files, library="np")
    with op.Session("local:2", progress=False) as session:
        result = session.process(_selector(), dataset, block_entries=BLOCK)
    assert result["count"] == len(arrays["x"])
    chosen = arrays["tag"] == 3
    assert result["table"].x.to_list() == arrays["x"][chosen].tolist()
    inside = (arrays["x"] >= 0) & (arrays["x"] < 1)
    indices = np.floor(arrays["x"][inside] * 8).astype(int)
    samples = np.abs(arrays["x"][inside]) + 0.25
    for index in range(8):
        values = samples[indices == index]
        exact = math.fsum(values) / len(values)
        assert result["mean"].view().value[index] == pytest.approx(exact, rel=1e-15)
        assert result["mean"].view().count[index] == len(values)


def test_every_kind_of_output_by_dataset(dataset: str) -> None:
    """Each dataset of a query has the bits that it would have in a query of its own, but for the dice of its blocks."""
    folder = Path(dataset.partition(":")[0]).parent
    fileset = {
        name: {"files": {f"{folder}/f{index}.root": "Events" for index in indices}}
        for name, indices in (("first", (0, 3)), ("second", (2,)))
    }
    with op.Session("inline", progress=False) as session:
        together = session.process(_selector(), fileset, by_dataset=True, block_entries=600)
        alone = {
            name: session.process(_selector(), {name: files}, block_entries=600) for name, files in fileset.items()
        }
    for name in fileset:
        documents = [
            outputs_document({key: value for key, value in each.items() if key != "random"})
            for each in (together[name], alone[name].outputs)
        ]
        assert dump_json(documents[0]) == dump_json(documents[1])
        assert together.accounts[name] == alone[name].account
