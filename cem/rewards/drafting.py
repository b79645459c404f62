"""Filling a plan in: the points of its measures, and the words on what they were set against."""

from collections.abc import Collection, Mapping
from datetime import date

from msgspec.structs import replace
from sqlalchemy.orm import Session

from cem.rewards.periods import RewardPeriod
from cem.rewards.priors import MONTHS
from cem.rewards.sources import Sourced, Sources
from cem.rewards.suggestions import BASES, Past, Suggestion, read_past, suggest
from cem.rewards.terms import Measure, SurveyScore, Terms
from surveys.languages import CODES, LEFT_TO_RIGHT_ISOLATE, N_, Language, language
from surveys.questionnaire import Text

BASELINE = N_("Set against the days from %(start)s to %(end)s, before the first period.")
MARGIN = N_("With %(n)s answers in a unit and period the margin of error of %(kpi)s is %(margin)s.")
CENSUS = N_("Operational metrics count every case and have no margin of error.")


def past_year(period: RewardPeriod) -> tuple[date, date]:
    """The twelve months before a period: the first day, and the day after the last."""
    return period.first.plus(-MONTHS).first_day, period.first_day


def read_pasts(
    session: Session, sources: Sources, terms: Terms, period: RewardPeriod, units: Collection[str] = ()
) -> dict[str, Past]:
    """By measure, the past year of what it is paid on; a source that is not known has none."""
    start, end = past_year(period)
    found = {measure.code: sources.find(measure.source) for measure in terms.measures}
    return {
        code: read_past(session, sources.offers, sourced, start, end, units)
        for code, sourced in found.items()
        if sourced is not None
    }


def suggest_points(measure: Measure, sourced: Sourced, past: Past) -> Suggestion:
    return suggest(sourced, past, least_n=measure.least_n, company=measure.scope == "company")


def fill_points(terms: Terms, sources: Sources, pasts: Mapping[str, Past], only: Collection[str] = ()) -> Terms:
    """The terms with suggested points, of these measures or of all; words are written where there are none."""
    measures = []
    for measure in terms.measures:
        sourced, past = sources.find(measure.source), pasts.get(measure.code)
        if sourced is None or past is None or (only and measure.code not in only):
            measures.append(measure)
            continue
        found = suggest_points(measure, sourced, past)
        points = {"threshold": found.threshold, "target": found.target, "stretch": found.stretch}
        measures.append(replace(measure, **points))
    filled = replace(terms, measures=tuple(measures))
    return replace(
        filled,
        baseline=terms.baseline or baseline_words(pasts),
        margin_of_error=terms.margin_of_error or margin_words(filled, sources, pasts),
    )


def baseline_words(pasts: Mapping[str, Past]) -> Text:
    past = next(iter(pasts.values()), None)
    if past is None:
        return {}
    return {
        code: language(code).gettext(BASELINE)
        % {"start": language(code).date(past.start), "end": language(code).date(past.last_day)}
        for code in CODES
    }


def margin_words(terms: Terms, sources: Sources, pasts: Mapping[str, Past]) -> Text:
    """How wide the margin of error of each KPI is, in both languages."""
    return {code: text for code in CODES if (text := " ".join(_margins(terms, sources, pasts, language(code))))}


def _margins(terms: Terms, sources: Sources, pasts: Mapping[str, Past], spoken: Language) -> list[str]:
    told, census = [], False
    for measure in terms.measures:
        sourced, past = sources.find(measure.source), pasts.get(measure.code)
        margin = past.margin(measure.least_n) if past else None
        if sourced is None or not isinstance(measure.source, SurveyScore):
            census = census or sourced is not None
        elif margin is not None and sourced.kpi:
            values = {
                "n": spoken.number(measure.least_n),
                "kpi": sourced.kpi.short_name(spoken),
                "margin": plus_minus(spoken, margin),
            }
            told.append(spoken.gettext(MARGIN) % values)
    return [*told, *([spoken.gettext(CENSUS)] if census else [])]


def plus_minus(spoken: Language, margin: float) -> str:
    """A margin with its sign on its own side, in either direction of writing."""
    return f"{LEFT_TO_RIGHT_ISOLATE}±{spoken.number(margin, 1)[1:]}"


def basis_in_words(spoken: Language, sourced: Sourced, past: Past, found: Suggestion) -> str:
    """What suggested points rest on."""
    cases = sum(unit.n for unit in past.units) if found.basis == "units" else past.n
    values: dict[str, str] = {"start": spoken.date(past.start), "end": spoken.date(past.last_day)}
    if past.value is not None:
        places = 1 if sourced.percent or (sourced.kpi and sourced.kpi.kind == "nps") else 2
        values |= {"value": sourced.write(spoken, past.value, places), "n": spoken.number(cases)}
    names = zip(("t0", "t1", "t2"), found.reached, strict=True)
    values |= {"units": spoken.number(len(past.units)), **{name: spoken.number(n) for name, n in names}}
    return spoken.gettext(BASES[found.basis]) % values
