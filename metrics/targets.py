"""A unit's share against a fixed target.

References
----------
.. [1] Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. Biometrika 26, 404-413.
.. [2] Lancaster, H. O. (1961). Significance tests in discrete distributions. JASA 56, 223-234. (Mid-p.)
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, bdtrc, gammaln, xlog1py, xlogy


@dataclass(frozen=True, slots=True)
class AgainstTarget:
    """p-values that the true share is the target.

    `p` is two-sided mid-p (half the chance of what was seen, doubled), `p_exact` two-sided over all results no
    likelier, `p_above` one-sided exact: small when the share is above the target.
    """

    p: float
    p_exact: float
    p_above: float


def compare_to_target(k: int, n: int, target: float) -> AgainstTarget | None:
    """Test k successes of n against a target share strictly between 0 and 1; None for n = 0.

    >>> round(compare_to_target(45, 50, 0.8).p_above, 4)
    0.048
    """
    if not 0 < target < 1 or not 0 <= k <= n:
        raise ValueError(f"{k!r} of {n!r} cannot be tested against a share of {target!r}")
    if n == 0:
        return None
    results = np.arange(n + 1)
    choices = gammaln(n + 1.0) - gammaln(results + 1.0) - gammaln(n - results + 1.0)
    chance = np.exp(choices + xlogy(results, target) + xlog1py(n - results, -target))
    seen = float(chance[k])
    below = float(bdtr(k, n, target))
    above = float(bdtrc(k - 1, n, target)) if k else 1.0
    return AgainstTarget(
        p=min(1.0, 2 * (min(below, above) - seen / 2)),
        # Results of the same chance differ by rounding alone; the margin is R's.
        p_exact=min(1.0, math.fsum(chance[chance <= seen * (1 + 1e-7)])),
        p_above=min(1.0, above),
    )
