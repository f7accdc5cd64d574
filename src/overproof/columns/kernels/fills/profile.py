"""A profile with the errors of a TProfile."""

from __future__ import annotations

from typing import Any

import hist
import numpy as np


class Profile(hist.Hist[hist.storage.WeightedMean], family=hist):
    """Means over bins; a `hist.Hist` in all but the variances of its means, which are ROOT's.

    The storage alone would give the variance of the population estimated from the sample, divided by the sum of
    weights, and nothing for a bin of one entry.
    """

    def variances(self, flow: bool = False) -> Any:  # noqa: FBT001, FBT002 - the signature is that of `hist.Hist`
        """Return the squared errors of the means: the spread of the sample over the effective number of its entries.

        Source: ROOT's TProfile::GetBinError with its default option; bins without entries, or of one, have 0.
        """
        view: Any = self.view(flow)
        weights, squares = view["sum_of_weights"], view["sum_of_weights_squared"]
        with np.errstate(all="ignore"):
            spread = view["_sum_of_weighted_deltas_squared"] / weights
            errors = np.abs(spread) * (squares / (weights * weights))
        return np.where((weights == 0) | (squares == 0), 0.0, errors)
