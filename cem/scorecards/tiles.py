"""A tile: one KPI over the period, with its change, its target and its months."""

from dataclasses import dataclass

from cem.scorecards.courses import Point
from cem.scorecards.kpis import Kpi
from metrics import Comparison, Estimate, Histogram
from metrics.net_promoter import net_groups
from surveys.languages import N_, Language


@dataclass(frozen=True)
class Tile:
    """A KPI over the period. Without `estimate` its answers are too few to be shown, and `answers` is empty.

    `real` is the verdict on its change, with the number of changes on the same page taken into account.
    """

    kpi: Kpi
    estimate: Estimate | None
    answers: Histogram
    change: Comparison | None
    target: float | None
    trend: tuple[Point, ...]
    real: bool = False

    @property
    def places(self) -> int:
        return self.kpi.places if self.estimate is None else self.kpi.places_for(self.estimate)

    @property
    def finest(self) -> int:
        """The decimals that every month of the trend can be told by."""
        estimates = [point.estimate for point in self.trend if point.estimate is not None]
        return max(map(self.kpi.places_for, estimates), default=self.places)

    @property
    def shown(self) -> bool:
        return self.estimate is not None and self.estimate.enough()

    def write_target(self, language: Language) -> str:
        """A target is a round number: it gets no more decimals than it needs."""
        target = self.target or 0
        places = next((places for places in range(3) if round(target, places) == target), 3)
        return self.kpi.write(language, target, places)

    @property
    def groups(self) -> tuple[tuple[str, str, int, float], ...]:
        """Promoters, passives and detractors of an NPS: code, name, how many, and their share in percent."""
        if self.kpi.kind != "nps" or not self.shown:
            return ()
        split = net_groups(self.answers)
        named = (
            ("promoter", N_("Promoters"), split.promoters),
            ("passive", N_("Passives"), split.passives),
            ("detractor", N_("Detractors"), split.detractors),
        )
        return tuple((code, name, int(count), 100 * count / split.n) for code, name, count in named)

    @property
    def against_target(self) -> str:
        """`above` or `below` where the whole interval is, otherwise `open`; nothing without a target."""
        if self.target is None or self.estimate is None or self.estimate.low is None or self.estimate.high is None:
            return ""
        if self.estimate.low >= self.target:
            return "above"
        return "below" if self.estimate.high < self.target else "open"
