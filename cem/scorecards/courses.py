"""The course of a KPI: its months with control limits from before the period, and whether it changed for good."""

from collections.abc import Mapping
from dataclasses import dataclass

from cem.scorecards.choices import Choice
from cem.scorecards.kpis import Kpi
from metrics import Break, ControlChart, Estimate, Histogram
from metrics.trends.control_charts import FEWEST
from surveys.languages import Month


@dataclass(frozen=True)
class Point:
    """A month of a trend; without `estimate` its answers are too few to be shown."""

    month: Month
    estimate: Estimate | None


@dataclass(frozen=True)
class Course:
    """The months from the first with answers on; `since` is the first of the period.

    The limits come from the months before the period where these are enough, so that the period is judged by what was
    usual before it; otherwise from the first months.
    """

    points: tuple[Point, ...]
    chart: ControlChart
    broken: Break
    since: Month
    baseline: int
    # Whether the break holds among all tests of the page; only then is it drawn.
    proven: bool = False

    def signal(self, place: int) -> str:
        """`outside` its limits, the last of a `run` on one side, or nothing."""
        rules = {signal.rule for signal in self.chart.signals if signal.point == place}
        return "outside" if 1 in rules else "run" if rules else ""

    @property
    def changed(self) -> Month | None:
        """The first month after the break; None without one."""
        if not self.proven or self.broken.gradual or self.broken.period is None:
            return None
        return self.points[self.broken.period].month


def build_course(
    kpi: Kpi, choice: Choice, months: Mapping[Month, Histogram], closed: frozenset[Month]
) -> Course | None:
    """None where nobody has answered."""
    first = min((month for month, h in months.items() if h.n), default=None)
    if first is None:
        return None
    drawn = [month for month in months if month >= first]
    shown = [Histogram() if month in closed else months[month] for month in drawn]
    before = [place for place, month in enumerate(drawn) if month < choice.period.first and shown[place].n]
    baseline = before if len(before) >= FEWEST else list(range(len(drawn)))[:FEWEST]
    return Course(
        points=tuple(Point(month, None if month in closed else kpi.estimate(months[month])) for month in drawn),
        chart=kpi.chart(shown, baseline),
        broken=kpi.broken(shown),
        since=choice.period.first,
        baseline=len(baseline),
    )
