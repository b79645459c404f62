"""What the signals are found in, counted by unit: nothing here knows where the counts were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cem.rewards.terms import Measure
from cem.scorecards.kpis import Kpi
from metrics import Histogram
from metrics.gaming import Part

Parts = Mapping[str, Part]
Mixes = Mapping[str, Mapping[str, Part]]
NOBODY: Parts = {}


@dataclass(frozen=True)
class SurveyFacts:
    """What is of a survey as a whole, and so of all measures that it feeds."""

    # Asked, of those who could be: in the period, in the year before it, and by segment.
    invited: Parts = field(default_factory=dict)
    invited_before: Parts = field(default_factory=dict)
    segments: Mixes = field(default_factory=dict)
    # Comments that tell of somebody asking for a score; answers of employees; answers that look odd.
    asked_for: Parts = field(default_factory=dict)
    staff: Parts = field(default_factory=dict)
    odd: Parts = field(default_factory=dict)
    # Closed cases of these answers, and those of them without a result.
    empty_closures: Parts = field(default_factory=dict)


@dataclass(frozen=True)
class MeasureFacts:
    """A measure that customers give: its scores by unit in the period before, and in both parts of this one."""

    measure: Measure
    kpi: Kpi
    survey: SurveyFacts
    before: Mapping[str, Histogram]
    early: Mapping[str, Histogram]
    late: Mapping[str, Histogram]
    # Days that `late` is of.
    days: int
    # By touchpoint and unit, how many gave the score that pays most.
    top: Mixes = field(default_factory=dict)
    # The scores of answers that people took out.
    excluded: Mapping[str, Histogram] = field(default_factory=dict)
    # Of each operational metric of which less is better: the period before, and this one.
    operations: Mapping[str, tuple[Parts, Parts]] = field(default_factory=dict)

    @property
    def best(self) -> int:
        """The score that pays most."""
        return best_score(self.measure, self.kpi)

    @property
    def bad(self) -> range:
        """The scores that cost: detractors, otherwise the worse half of the scale."""
        points = self.kpi.points
        if self.kpi.kind == "nps":
            return range(7)
        half = len(points) // 2
        return points[-half:] if self.measure.lower_is_better else points[:half]

    @property
    def good(self) -> range:
        """The scores that pay: promoters, otherwise the better half of the scale."""
        points = self.kpi.points
        if self.kpi.kind == "nps":
            return range(9, 11)
        half = len(points) // 2
        return points[:half] if self.measure.lower_is_better else points[-half:]

    def whole(self, unit: str) -> Histogram:
        """The period's scores of a unit."""
        return self.early.get(unit, Histogram()) + self.late.get(unit, Histogram())


def best_score(measure: Measure, kpi: Kpi) -> int:
    """The score that pays most."""
    return kpi.points[0] if measure.lower_is_better else kpi.points[-1]


def gave(h: Histogram, scores: range) -> int:
    """How many gave one of these scores."""
    return int(sum(h.counts[score] for score in scores))
