"""Laws of the addresses of engines."""

from __future__ import annotations

from pathlib import Path

import pytest

import overproof as op
from overproof.cli.written.arguments import parse_engine_options
from overproof.session.address import hire_crew
from overproof.words.errors import OptionError


@pytest.mark.parametrize(
    ("address", "workers", "complaint"),
    [
        ("local:0", None, "0 workers can do nothing"),
        ("local", 0, "0 workers can do nothing"),
        ("local", -3, "-3 workers can do nothing"),
        ("local:two", None, "behind the colon goes the number of workers"),
        ("local:2", 3, "said twice"),
        ("inline", 4, "the engine 'inline' has one worker"),
        ("cloud://x", None, "no engine 'cloud://x'"),
        ("", None, "no engine ''"),
        (5, None, "address=5: give 'local'"),
        ("local", 2.5, "workers=2.5: give a whole number"),
        ("local", True, "workers=True: give a whole number"),
        ("slurm", None, "say how many workers: 'slurm:64'"),
        ("slurm:0", None, "0 workers can do nothing"),
        ("htcondor:x", None, "behind the colon goes the number of workers"),
        ("dask://host:8786", 3, "has the workers that it has"),
        ("slurm://host", None, "no engine 'slurm://host'"),
    ],
)
def test_addresses_that_make_no_sense_are_refused(address: object, workers: object, complaint: str) -> None:
    """Nothing is started for an address that is not understood."""
    with pytest.raises(OptionError, match=complaint):
        hire_crew(address, workers=workers)  # type: ignore[arg-type]


def test_the_number_of_workers_may_stand_in_the_address_or_beside_it() -> None:
    """Both forms give a crew of that size."""
    for crew in (hire_crew("local:1"), hire_crew("local", workers=1), hire_crew("inline")):
        assert crew.size == 1
        crew.close()


@pytest.mark.parametrize("address", ["local:1", "inline"])
def test_an_option_that_the_engine_does_not_have_is_refused(address: str) -> None:
    """A keyword that is misspelt is not passed over, and nothing is started."""
    with pytest.raises(OptionError, match="has no option progres"):
        op.Session(address, progres=True)


def test_options_of_the_user_go_over_those_of_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the site file says of an engine counts where the user says nothing."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    place = tmp_path / "site.toml"
    place.write_text('[slurm]\nqueue = "long"\ncores = 4\n[htcondor]\ndisk = "2GB"\n')
    monkeypatch.setenv("OVERPROOF_SITE", str(place))
    asked: list[object] = []
    monkeypatch.setattr("overproof.engines.dask.hire_on_batch", lambda *said: asked.append(said))
    hire_crew("slurm:8", options={"queue": "short"})
    hire_crew("htcondor", workers=3)
    assert asked == [("slurm", 8, {"queue": "short", "cores": 4}), ("htcondor", 3, {"disk": "2GB"})]


def test_options_on_the_command_line_are_read_as_in_the_site_file() -> None:
    """A value is a number, a truth, a list or a text as TOML writes them; all else is text as it stands."""
    said = parse_engine_options(
        ["cores=4", "insecure=true", "queue=short", 'memory="8 GB"', 'more=["a", "b"]', "t=1:2"]
    )
    assert said == {
        "cores": 4, "insecure": True, "queue": "short", "memory": "8 GB", "more": ["a", "b"], "t": "1:2",
    }  # fmt: skip
    for nonsense in ("cores", "cores=", "workers=3", "a b=4"):
        with pytest.raises(OptionError, match="--engine-option"):
            parse_engine_options([nonsense])
