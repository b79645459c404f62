"""Plans to begin with: each names what it measures by kind, and takes what this company has of that kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from cem.operations.models import OperationalMetric
from cem.rewards.terms import (
    UNCHOSEN,
    GateTerms,
    InvitationCoverage,
    Measure,
    OperationalFigure,
    PlanClass,
    ResponseRate,
    Scope,
    SurveyScore,
    Terms,
)
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import OfferedSurvey, Offers
from metrics.payouts.guards import Guard
from surveys.company import Code
from surveys.formats.documents import DocumentFile
from surveys.languages import N_, Language
from surveys.questionnaire import Text

_FILE = Path(__file__).with_suffix(".yaml")
# What a gate of a template asks for.
_GATES: dict[str, tuple[type[ResponseRate | InvitationCoverage], Decimal]] = {
    "response_rate": (ResponseRate, Decimal(10)),
    "invitation_coverage": (InvitationCoverage, Decimal(90)),
}
NOT_FOUND = {
    "nps": N_("Nothing here asks for the NPS as this template means it. Choose what “%(name)s” is to measure."),
    "csat": N_("Nothing here asks for satisfaction as this template means it. Choose what “%(name)s” is to measure."),
    "ces": N_("Nothing here asks for effort as this template means it. Choose what “%(name)s” is to measure."),
    "": N_(
        "No operational metric here fits “%(name)s”. Choose one, or remove the measure and give its weight to others."
    ),
}
PURPOSE = {
    "fa": "این طرح پاداش را به آنچه مشتریان تجربه می‌کنند گره می‌زند.",
    "en": "This plan ties pay to what customers experience.",
}


class MeasureKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure by kind: a KPI of a kind of survey, or an operational metric whose code holds one of some words."""

    code: Code
    names: Text
    weight: Decimal
    kind: Literal["nps", "csat", "ces", ""] = ""
    of: str = ""
    words: tuple[str, ...] = ()


class PlanTemplate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan to begin with, and for whom and why."""

    name: Code
    titles: Text
    whom: Text
    why: Text
    plan_class: PlanClass
    code: Code
    measures: Annotated[tuple[MeasureKind, ...], Meta(min_length=1)]
    gates: tuple[Literal["response_rate", "invitation_coverage"], ...] = ()
    customer_minimum: Decimal = Decimal(25)
    scope: Scope = "unit"


class _Templates(Struct, frozen=True):
    templates: tuple[PlanTemplate, ...]


@dataclass(frozen=True)
class Resolved:
    """A template with what this company has in its place; `missing` are the measures that it has not."""

    terms: Terms
    missing: tuple[MeasureKind, ...]


@cache
def plan_templates() -> tuple[PlanTemplate, ...]:
    """All templates, in the order in which they are offered."""
    document = DocumentFile("templates:\n" + _indented(_FILE.read_text(encoding="utf-8")))
    return document.read(_Templates).templates


def _indented(text: str) -> str:
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


def find_template(name: str) -> PlanTemplate | None:
    return next((one for one in plan_templates() if one.name == name), None)


def resolve(template: PlanTemplate, offers: Offers, metrics: Sequence[OperationalMetric]) -> Resolved:
    """The template as the terms of a plan; what is not found stands there as not chosen."""
    measures, missing = list[Measure](), list[MeasureKind]()
    taken = set[SurveyScore | OperationalFigure]()
    for asked in template.measures:
        found = next((source for source in _sources(asked, offers, metrics) if source not in taken), None)
        if found is None:
            missing.append(asked)
        else:
            taken.add(found)
        measures.append(_measure(asked, found, template))
    surveys = [one.source.survey for one in measures if isinstance(one.source, SurveyScore)]
    first = next((slug for slug in surveys if slug != UNCHOSEN), None)
    terms = Terms(
        code=template.code,
        names=template.titles,
        purpose=PURPOSE,
        plan_class=template.plan_class,
        measures=tuple(measures),
        gates=tuple(_gates(template, first)) if first else (),
        customer_minimum=template.customer_minimum,
    )
    return Resolved(terms, tuple(missing))


def _sources(
    asked: MeasureKind, offers: Offers, metrics: Sequence[OperationalMetric]
) -> Iterator[SurveyScore | OperationalFigure]:
    """What fits, the best first."""
    if not asked.kind:
        for word in asked.words:
            yield from (OperationalFigure(metric=one.code) for one in metrics if word in one.code.replace("_", "-"))
        return
    for survey in _surveys(asked.of, offers):
        for kpi in kpis_of(survey.questionnaire):
            if kpi.kind == asked.kind:
                yield SurveyScore(survey=survey.slug, series=kpi.series)


def _surveys(kind: str, offers: Offers) -> list[OfferedSurvey]:
    """The surveys of a kind; those that touchpoints invite to come first."""
    asked = {touchpoint.transactional_survey for touchpoint in offers.touchpoints.values()}
    of_kind = [survey for survey in offers.surveys.values() if survey.kind == kind]
    return sorted(of_kind, key=lambda survey: survey.survey_id not in asked)


def _measure(asked: MeasureKind, source: SurveyScore | OperationalFigure | None, template: PlanTemplate) -> Measure:
    """With the recommended rules; the points are only there to be replaced by what the company's own year suggests."""
    if source is None:
        source = SurveyScore(survey=UNCHOSEN, series=UNCHOSEN) if asked.kind else OperationalFigure(metric=UNCHOSEN)
    sampled = isinstance(source, SurveyScore)
    return Measure(
        code=asked.code,
        source=source,
        weight=asked.weight,
        threshold=Decimal(0),
        target=Decimal(50),
        stretch=Decimal(100),
        scope=template.scope,
        guard=Guard.SHRUNKEN if sampled else Guard.CAP_AT_TARGET,
        insufficient="redistribute" if template.scope == "company" else "parent_unit",
    )


def _gates(template: PlanTemplate, survey: str) -> Iterator[GateTerms]:
    """A sample that is chosen, or that hardly anybody answers, is looked at by a person before it pays."""
    for name in template.gates:
        source, limit = _GATES[name]
        yield GateTerms(
            code=name.replace("_", "-"),
            source=source(survey=survey),
            comparison="at_least",
            limit=limit,
            effect="hold",
            scope=template.scope,
        )


def missing_in_words(spoken: Language, asked: MeasureKind) -> str:
    """What to tell of a measure that was not found."""
    return spoken.fill(NOT_FOUND[asked.kind], {"name": spoken.own(asked.names)})
