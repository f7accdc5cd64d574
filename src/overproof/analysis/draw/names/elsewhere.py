"""What to write for a function of another library or of the other dialect."""

from __future__ import annotations

from overproof.analysis.draw.language.vocabulary import FUNCTIONS


def elsewhere(name: str) -> str:
    """Say how a function such as `math.sqrt`, `std::abs` or `ak.num` is had in ROOT's dialect; empty when it is not."""
    library, _, short = name.replace("::", ".").rpartition(".")
    if library in {"ak", "awkward"}:
        return ': it belongs to the Python dialect (`--python`, or dialect="python")'
    if short == "where":
        return ": write `condition ? x : y`"
    spellings = [f"`np.{short}` without guards"] if f"np.{short}" in FUNCTIONS and library != "np" else []
    if short in FUNCTIONS:
        spellings.append(f"`{short}` as ROOT has it")
    return ": write " + " or ".join(spellings) if spellings else ""
