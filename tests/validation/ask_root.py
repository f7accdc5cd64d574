"""Put one question to ROOT; for the scripts that are run with a Python that has ROOT."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ROOT
from questions import Question, Source  # found next to this script, which is no package

_SETTINGS = {
    name: ROOT.gEnv.GetValue(name, default)
    for name, default in {
        "Hist.Binning.1D.x": 100, "Hist.Binning.2D.x": 40, "Hist.Binning.2D.y": 40, "Hist.Binning.2D.Prof": 100,
        "Hist.Binning.3D.x": 20, "Hist.Binning.3D.y": 20, "Hist.Binning.3D.z": 20,
        "Hist.Binning.3D.Profx": 100, "Hist.Binning.3D.Profy": 100,
    }.items()
}  # fmt: skip
"""What ROOT was started with; a binning in a redirection changes it for all draws that follow."""


def settle() -> None:
    """Have sums in double, with squared weights, and no word but of errors."""
    ROOT.gROOT.SetBatch(True)
    ROOT.gErrorIgnoreLevel = ROOT.kError
    ROOT.TH1.SetDefaultSumw2(True)
    for dimension in ("1D", "2D", "3D"):
        ROOT.gEnv.SetValue(f"Hist.Precision.{dimension}", "double")


def open_source(source: Source, data: Path) -> Any:
    """Return the tree or chain that questions are put to, with its friends."""
    chain = ROOT.TChain(source.tree)
    for file in source.files:
        chain.Add(str(data / file))
    for name, files, tree in source.friends:
        friend = ROOT.TChain(tree)
        for file in files.split("+"):
            friend.Add(str(data / file))
        ROOT.SetOwnership(friend, False)  # the chain does not own it, and must not outlive it
        chain.AddFriend(friend, name)
    return chain


def ask(question: Question, tree: Any) -> Any:
    """Return one answer; None where ROOT refuses the question.

    It has the bins that are not empty, flow bins included, by ROOT's global number (x is fastest): `[bin, content]`,
    `[bin, content, sum of squared weights]` where the two differ; of a profile `[bin, sum of weights, sum of their
    squares, content, error]`. With automatic axes: `{"axes": ..., "bins": ...}`.
    """
    ROOT.gROOT.cd()
    for name, value in _SETTINGS.items():
        ROOT.gEnv.SetValue(name, value)
    for name, meaning in question.aliases:
        tree.SetAlias(name, meaning)
    target = _book(question)
    option = "goff prof" if question.profile else "goff"
    is_refused = tree.Draw(f"{question.expression}>>{target}", question.selection, option) < 0
    histogram = ROOT.gROOT.FindObject("answer")
    if is_refused:
        if histogram:
            histogram.Delete()
        return None
    bins = list(_profile_bins(histogram) if question.profile else _bins(histogram))
    axes = [_axis(axis) for axis in (histogram.GetXaxis(), histogram.GetYaxis(), histogram.GetZaxis())]
    n_axes = histogram.GetDimension()
    histogram.Delete()
    return bins if question.axes is not None else {"axes": axes[:n_axes], "bins": bins}


def _book(question: Question) -> str:
    """Make the histogram to be filled where the limits are given; return what stands behind `>>`."""
    if question.axes is None:
        return f"answer({question.redirection})" if question.redirection else "answer"
    kinds = ("TProfile", "TProfile2D") if question.profile else ("TH1D", "TH2D", "TH3D")
    kind = getattr(ROOT, kinds[len(question.axes) - 1])
    histogram = kind("answer", "", *(number for axis in question.axes for number in axis))
    histogram.Sumw2()
    ROOT.SetOwnership(histogram, False)
    return "answer"


def _bins(histogram: Any) -> Iterable[list[float]]:
    squares = histogram.GetSumw2()
    for index in range(histogram.GetNcells()):
        content, square = histogram.GetBinContent(index), squares.At(index)
        if content != 0 or square != 0:
            yield [index, content] if content == square else [index, content, square]


def _profile_bins(profile: Any) -> Iterable[list[float]]:
    squares = profile.GetBinSumw2()
    for index in range(profile.GetNcells()):
        weight = profile.GetBinEntries(index)
        square = squares.At(index) if squares.GetSize() else weight
        if weight != 0 or square != 0:
            yield [index, weight, square, profile.GetBinContent(index), profile.GetBinError(index)]


def _axis(axis: Any) -> list[Any]:
    labels = axis.GetLabels()
    if labels:
        return [str(axis.GetBinLabel(index)) for index in range(1, axis.GetNbins() + 1)]
    return [axis.GetNbins(), axis.GetXmin(), axis.GetXmax()]
