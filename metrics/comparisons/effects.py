"""Has a change had an effect? Those for whom it was made, before and after, against others for whom it was not.

The change alone is `compare(after, before)`, and says what has happened to them; a season or a new competitor happens
to the others too. What is left when the others' change is taken away is the effect, if both would otherwise have moved
alike: that is a judgement about the groups, and no test proves it.

References
----------
.. [1] Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a general approach.
   Statistics in Medicine 27, 1693-1702.
.. [2] Card, D. and Krueger, A. B. (1994). Minimum wages and employment. American Economic Review 84, 772-793.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from metrics.comparisons.differences import Comparison, Group, compare_estimates, recovered
from metrics.estimate import Estimate
from metrics.histogram import Histogram
from metrics.kpis import find_kpi
from metrics.quantiles import check_confidence


@dataclass(frozen=True, slots=True)
class Effect:
    """How much more a KPI has changed where something was done than elsewhere, in the KPI's own units.

    Attributes
    ----------
    value, low, high
        The change minus that of the control group. None is what the answers do not allow to say: all three where one
        of the four groups has no answers, the limits where one has a value without an interval.
    p
        Of the test that there is no effect; it speaks exactly where the interval leaves 0 out.
    significant
        Whether p < 1 - confidence.
    method
        'mover'.
    change, control_change
        After minus before of either group, as `compare` has it.
    before, after, control_before, control_after
        The four estimates, each with its n and interval.
    """

    value: float | None
    low: float | None
    high: float | None
    p: float | None
    significant: bool
    method: str
    change: Comparison
    control_change: Comparison
    before: Estimate
    after: Estimate
    control_before: Estimate
    control_after: Estimate

    def enough(self, minimum: float = 10) -> bool:
        """Whether there is a value and at least `minimum` answers behind each of the four."""
        return all(e.enough(minimum) for e in (self.before, self.after, self.control_before, self.control_after))


def difference_in_differences(
    before: Histogram,
    after: Histogram,
    control_before: Histogram,
    control_after: Histogram,
    kpi: str | Callable[..., Estimate] = "nps",
    confidence: float = 0.95,
    **scale: int,
) -> Effect:
    """(after - before) - (control_after - control_before), with its interval and test.

    Parameters
    ----------
    before, after, control_before, control_after
        Answers of four independent groups; the same customers asked again are not independent.
    kpi, scale
        As for `compare`.
    confidence
        Of the intervals; `significant` is p < 1 - confidence.

    Returns
    -------
    Effect
        In the KPI's units. Nothing is raised for want of answers: what they do not allow to say is None.

    Raises
    ------
    ValueError
        Unknown KPI, or confidence outside 0..1.

    Examples
    --------
    >>> before, after = Histogram([60] + [0] * 8 + [40, 100]), Histogram([30] + [0] * 8 + [40, 130])
    >>> effect = difference_in_differences(before, after, before, before)
    >>> effect.value, round(effect.low, 1), round(effect.high, 1), effect.significant
    (30.0, 5.8, 53.9, True)

    Notes
    -----
    With t the estimate of a group, l and u its limits, 0 and 1 for before and after and c for the control group, each
    limit borrows the squared distances of the sides that move it [1]_:

        low = value - sqrt((t1 - l1)^2 + (u0 - t0)^2 + (uc1 - tc1)^2 + (tc0 - lc0)^2).

    So the limits are as good near the ends of a scale as those of the KPI itself, which a regression with an
    interaction [2]_ are not. They cannot leave what is possible. p is that of a normal statistic whose standard error
    is the distance to the limit on the side of 0.
    """
    check_confidence(confidence)
    answers = (before, after, control_before, control_after)
    found = find_kpi(kpi, answers, scale)
    first, second, control_first, control_second = (Group(h, found.estimate(h, confidence)) for h in answers)
    effect = compare_estimates(_change(control_first, control_second), _change(first, second), confidence)
    return Effect(
        effect.difference,
        effect.low,
        effect.high,
        effect.p,
        effect.significant,
        effect.method,
        found.difference(first, second, confidence),
        found.difference(control_first, control_second, confidence),
        first.estimate,
        second.estimate,
        control_first.estimate,
        control_second.estimate,
    )


def _change(before: Group, after: Group) -> Estimate:
    """After minus before with MOVER's limits: to take one such change from another is MOVER of all four."""
    first, second = before.estimate, after.estimate
    n, effective_n = first.n + second.n, first.effective_n + second.effective_n
    if first.value is None or second.value is None:
        return Estimate(None, None, None, n, effective_n, "mover")
    low, high = recovered(first, second, math.inf) or (None, None)
    return Estimate(second.value - first.value, low, high, n, effective_n, "mover")
