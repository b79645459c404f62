"""A number never walks alone: the estimate, its interval, and how many answers stand behind it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A KPI with its confidence interval.

    Attributes
    ----------
    value, low, high
        NPS in -100..100, CSAT and proportions in percent 0..100, CES and means on their own scale. `None` is
        'undefined', never 0: without answers all three; a mean of one answer has a value and no interval.
    n
        The number of answers.
    effective_n
        The number of independent, equally weighted answers that would give this interval.
    method
        The identifier of the interval's method, such as 'score' or 'wilson'.
    """

    value: float | None
    low: float | None
    high: float | None
    n: float
    effective_n: float
    method: str

    def enough(self, minimum: float = 10) -> bool:
        """Whether there is a value and at least `minimum` answers behind it."""
        return self.value is not None and self.n >= minimum
