"""Laws of the addresses of engines."""

from __future__ import annotations

import pytest

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
