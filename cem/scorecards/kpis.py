"""A scored question as a KPI: how it is estimated, compared and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics import (
    Break,
    Comparison,
    ControlChart,
    Decomposition,
    Estimate,
    Funnel,
    Histogram,
    ManyGroups,
    ShrunkUnits,
    compare,
    compare_many,
    csat,
    decompose_change,
    find_break,
    kpi_chart,
    kpi_funnel,
    mean_score,
    nps,
    shrink_units,
)
from metrics.averages import Average, worth_of
from surveys.languages import N_, Language
from surveys.questionnaire import CES, CSAT, NPS, Questionnaire, Scored, Text

NAMES = {
    "nps": N_("Net promoter score (NPS)"),
    "csat": N_("Customer satisfaction (CSAT)"),
    "ces": N_("Customer effort score (CES)"),
}
SHORT_NAMES = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}


@dataclass(frozen=True)
class Kpi:
    """One series of the tallies, with the scale that it was answered on."""

    series: str
    kind: str
    text: Text
    points: range

    @property
    def scale(self) -> dict[str, Any]:
        """What `metrics` must know of the scale."""
        match self.kind:
            case "nps":
                return {}
            case "csat":
                return {"top": 2, "points": self.points[-1]}
            case _:
                return {"low": self.points[0], "high": self.points[-1]}

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value that there can be."""
        return {"nps": (-100.0, 100.0), "csat": (0.0, 100.0)}.get(self.kind, (self.points[0], self.points[-1]))

    @property
    def places(self) -> int:
        """Decimals where the interval is not narrower than they show."""
        return 0 if self.kind in {"nps", "csat"} else 1

    def estimate(self, h: Histogram) -> Estimate:
        match self.kind:
            case "nps":
                return nps(h)
            case "csat":
                return csat(h, **self.scale)
            case _:
                return mean_score(h, **self.scale)

    def change(self, before: Histogram, after: Histogram) -> Comparison:
        return compare(after, before, kpi=self.known_as, **self.scale)

    def ranked(self, groups: Mapping[str, Histogram]) -> ManyGroups:
        return compare_many(groups, kpi=self.known_as, **self.scale)

    def chart(self, months: Sequence[Histogram], baseline: Sequence[int]) -> ControlChart:
        return kpi_chart(months, self.known_as, baseline, **self.scale)

    def broken(self, months: Sequence[Histogram]) -> Break:
        return find_break(months, self.known_as, **self.scale)

    def split(self, before: Mapping[str, Histogram], after: Mapping[str, Histogram]) -> Decomposition | None:
        return decompose_change(before, after, self.known_as, **self.scale)

    def funnel(self, groups: Mapping[str, Histogram]) -> Funnel | None:
        return kpi_funnel(groups, self.known_as, **self.scale)

    def shrunk(self, groups: Mapping[str, Histogram]) -> ShrunkUnits:
        return shrink_units(groups, self.known_as, **self.scale)

    def average(self, h: Histogram) -> Average | None:
        """The KPI with the variance of one answer, which is all that a plain z test needs."""
        return worth_of(self.known_as, (h,), self.scale).average(h)

    @property
    def middle(self) -> float:
        """Where bad begins: as many detractors as promoters, half of them satisfied, the middle of the scale."""
        return sum(self.bounds) / 2

    @property
    def known_as(self) -> str:
        """What `metrics` calls it."""
        return self.kind if self.kind in {"nps", "csat"} else "mean"

    def name(self, language: Language) -> str:
        return language.gettext(NAMES[self.kind]) if self.kind in NAMES else language.own(self.text)

    def short_name(self, language: Language) -> str:
        """A name for use within a sentence."""
        return SHORT_NAMES.get(self.kind) or language.fill(N_("“%(text)s”"), {"text": language.own(self.text)})

    def places_for(self, estimate: Estimate) -> int:
        """One decimal more where the interval is so narrow that its ends would be written alike."""
        if estimate.low is None or estimate.high is None:
            return self.places
        return self.places + (estimate.high - estimate.low < 2 * 10.0**-self.places)

    def write(self, language: Language, value: float, places: int | None = None) -> str:
        places = self.places if places is None else places
        if self.kind == "csat":
            return language.percent(value, places)
        return language.number(value, places, signed=self.kind == "nps")

    def write_gain(self, language: Language, difference: float) -> str:
        """The size of a difference with one decimal more where it would else be written as 0, 1 or 2 steps."""
        return self.write_size(language, difference, self.places + (abs(difference) < 2.5 * 10.0**-self.places))

    def write_size(self, language: Language, difference: float, places: int | None = None) -> str:
        """How large a difference is, without its direction: words say that."""
        size = language.number(abs(difference), self.places if places is None else places)
        return language.fill(N_("%(n)s points"), {"n": size}) if self.kind in {"nps", "csat"} else size


def kpis_of(questionnaire: Questionnaire) -> tuple[Kpi, ...]:
    """The KPIs of a questionnaire in its own order; a series that is asked twice is one KPI."""
    found: dict[str, Kpi] = {}
    for question in questionnaire.questions:
        if isinstance(question, Scored):
            found.setdefault(question.series, Kpi(question.series, _kind(question), question.text, question.points))
    return tuple(found.values())


def _kind(question: Scored) -> str:
    match question:
        case NPS():
            return "nps"
        case CSAT():
            return "csat"
        case CES():
            return "ces"
        case _:
            return "mean"
