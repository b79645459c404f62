"""What a measure may be paid on here: each KPI and operational metric, how it is named and written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from cem.errors import Conflict
from cem.operations.figures import operational_metrics
from cem.operations.lines import write
from cem.operations.models import SHARE, OperationalMetric
from cem.rewards.terms import OperationalFigure, Source, SurveyScore
from cem.scorecards.kpis import Kpi, kpis_of
from cem.scorecards.offers import OfferedSurvey, Offers
from surveys.languages import N_, Language


class OutdatedPlan(Conflict):
    title = N_("Something that this plan measures is no longer there")
    advice = N_("Make a new version with what is measured today, and have it signed. Nothing was changed.")


Paid = SurveyScore | OperationalFigure
Written = float | Decimal | Fraction


def key_of(source: Source) -> str:
    """A source as a form's value."""
    match source:
        case SurveyScore(survey=survey, series=series):
            return f"survey:{survey}:{series}"
        case OperationalFigure(metric=metric):
            return f"operation:{metric}"
        case _:
            return ""


@dataclass(frozen=True)
class Sourced:
    """A KPI of a survey, or an operational metric."""

    survey: OfferedSurvey | None = None
    kpi: Kpi | None = None
    metric: OperationalMetric | None = None

    @property
    def source(self) -> Paid:
        if self.survey and self.kpi:
            return SurveyScore(survey=self.survey.slug, series=self.kpi.series)
        assert self.metric is not None  # noqa: S101 - it is one of the two
        return OperationalFigure(metric=self.metric.code)

    @property
    def key(self) -> str:
        return key_of(self.source)

    @property
    def lower_is_better(self) -> bool:
        return self.metric is not None and self.metric.lower_is_better

    @property
    def percent(self) -> bool:
        return self.metric.kind == SHARE if self.metric else self.kpi is not None and self.kpi.kind == "csat"

    @property
    def bounds(self) -> tuple[float, float]:
        if self.kpi:
            return self.kpi.bounds
        return (0.0, 100.0) if self.percent else (float("-inf"), float("inf"))

    def name(self, language: Language) -> str:
        if self.survey and self.kpi:
            values = {"kpi": self.kpi.name(language), "survey": language.own(self.survey.title)}
            return language.gettext(N_("%(kpi)s of “%(survey)s”")) % values
        return language.own(self.metric.names) if self.metric else ""

    def write(self, language: Language, value: Written, places: int | None = None) -> str:
        """A value of it, as exactly as it was set where `places` does not say otherwise."""
        places = places_of(value) if places is None else places
        if self.kpi:
            return self.kpi.write(language, float(value), places)
        return write(language, self.metric, value, places) if self.metric else ""


def places_of(value: Written) -> int:
    """The decimals of a number as it was set."""
    exponent = Decimal(str(float(value))).normalize().as_tuple().exponent
    return min(max(-exponent, 0), 4) if isinstance(exponent, int) else 0


@dataclass(frozen=True)
class Sources:
    """Everything that a plan may be paid on here."""

    offers: Offers
    metrics: Sequence[OperationalMetric]

    @classmethod
    def read(cls, session: Session, offers: Offers) -> "Sources":
        return cls(offers, operational_metrics(session))

    def __iter__(self) -> Iterator[Sourced]:
        for survey in self.offers.surveys.values():
            for kpi in kpis_of(survey.questionnaire):
                yield Sourced(survey, kpi)
        for metric in self.metrics:
            yield Sourced(metric=metric)

    @property
    def by_key(self) -> Mapping[str, Sourced]:
        return {one.key: one for one in self}

    def find(self, source: Source) -> Sourced | None:
        """None where it is not there, or not chosen yet."""
        return self.by_key.get(key_of(source))

    def name(self, source: Source, language: Language) -> str:
        """What a source is called: also a gate's, and one that is no longer there."""
        found = self.find(source)
        if found:
            return found.name(language)
        survey = getattr(source, "survey", "")
        title = language.own(self.offers.surveys[survey].title) if survey in self.offers.surveys else survey
        match source:
            case SurveyScore() | OperationalFigure():
                return language.gettext(N_("Not chosen yet"))
            case _ if type(source).__name__ == "ResponseRate":
                return language.gettext(N_("Response rate of “%(survey)s”")) % {"survey": title}
            case _:
                return language.gettext(N_("Share of encounters that were asked about, “%(survey)s”")) % {
                    "survey": title
                }


def find_kpi(offers: Offers, source: SurveyScore) -> Kpi | None:
    """The KPI of a series; None where a plan is older than its survey's questions."""
    survey = offers.surveys.get(source.survey)
    kpis = kpis_of(survey.questionnaire) if survey else ()
    return next((kpi for kpi in kpis if kpi.series == source.series), None)


def kpi_of(offers: Offers, source: SurveyScore) -> Kpi:
    """The KPI of a series; OutdatedPlan where there is none."""
    if (found := find_kpi(offers, source)) is None:
        raise OutdatedPlan
    return found
