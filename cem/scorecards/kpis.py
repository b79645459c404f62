"""A scored question as a KPI: how it is estimated, compared and written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metrics import Comparison, Estimate, Histogram, ManyGroups, compare, compare_many, csat, mean_score, nps
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
