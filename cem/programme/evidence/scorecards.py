"""What scorecards show: comparisons, differences between channels, intervals beside targets, drivers."""

import uuid
from itertools import combinations

from sqlalchemy.orm import Session

from cem.explorer.drivers import find_drivers
from cem.programme.evidence.found import Found, Gather, Moment, Part, share_of
from cem.programme.evidence.reading import (
    ENOUGH,
    RECENT,
    customer_kpis,
    last_days,
    open_surveys,
    scores_by,
    valid_by,
)
from cem.scorecards.benchmarks import benchmarks_of
from cem.scorecards.choices import Choice
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import CHANNEL_NAMES, OfferedSurvey, read_offers
from cem.scorecards.targets import targets_of
from metrics import Histogram
from surveys.languages import CODES, language
from surveys.models import Invitation
from surveys.questionnaire import Text

# How far apart two channels may be before their difference counts, in points.
ALIKE = 5
# The fewest answers that drivers may rest on.
DRIVEN_BY = 200


def kpis_compared(reader: Session, moment: Moment) -> Found | None:
    """2.5: KPIs with a benchmark that holds, or with units whose difference is tested."""
    parts = []
    for survey in open_surveys(reader, read_offers(reader)):
        asked = customer_kpis([survey])
        kpis = tuple(one.kpi for one in asked)
        elsewhere = benchmarks_of(reader, kpis, moment.today)
        units = scores_by(reader, moment, survey, kpis, "unit")
        for one in asked:
            shown = [h for h in units.get(one.kpi.series, {}).values() if one.kpi.estimate(h).enough()]
            parts.append(one.part(counts=bool(elsewhere.get(one.kpi.series)) or len(shown) > 1))
    return share_of(parts)


def channels_alike(reader: Session, moment: Moment) -> Found | None:
    """4.4: pairs of channels of a survey whose CSAT differs by little, or by no more than chance explains."""
    parts = []
    for survey in open_surveys(reader, read_offers(reader)):
        for kpi in kpis_of(survey.questionnaire):
            if kpi.kind != "csat":
                continue
            channels = scores_by(reader, moment, survey, [kpi], "channel").get(kpi.series, {})
            known = sorted(code for code, h in channels.items() if code in CHANNEL_NAMES and h.n >= ENOUGH)
            for first, second in combinations(known, 2):
                change = kpi.change(channels[first], channels[second])
                alike = not change.significant or abs(change.difference or 0) <= ALIKE
                address = f"/scorecards?survey={survey.slug}&kpi={kpi.series}&channel={first}"
                parts.append(Part(alike, _pair(survey, first, second), address=address))
    return share_of(parts)


def _pair(survey: OfferedSurvey, first: str, second: str) -> Text:
    spoken = [language(code) for code in CODES]
    names = {one.code: [one.gettext(CHANNEL_NAMES[code]) for code in (first, second)] for one in spoken}
    return {one.code: f"{one.own(survey.title)}: {' – '.join(names[one.code])}" for one in spoken}


def kpis_with_targets(reader: Session, moment: Moment) -> Found | None:
    """5.1: KPIs that have a target and enough answers for an interval."""
    parts = []
    for survey in open_surveys(reader, read_offers(reader)):
        asked = customer_kpis([survey])
        targets = targets_of(reader, survey.survey_id, "", moment.today)
        scores = scores_by(reader, moment, survey, [one.kpi for one in asked])
        for one in asked:
            estimate = one.kpi.estimate(scores.get(one.kpi.series, {}).get("", Histogram()))
            shown = estimate.enough() and estimate.low is not None
            parts.append(one.part(counts=shown and one.kpi.series in targets))
    return share_of(parts)


def surveys_with_drivers(reader: Session, moment: Moment) -> Found | None:
    """5.2: surveys whose list of drivers can be shown, from enough complete answers."""
    offers = read_offers(reader)
    answered = valid_by(reader, moment, "survey_id")
    return share_of(
        Part(
            answered.get(one.survey_id, 0) >= DRIVEN_BY and _has_drivers(reader, moment, one),
            dict(one.title),
            address=f"/explorer/drivers?survey={one.slug}",
        )
        for one in open_surveys(reader, offers)
    )


def _has_drivers(reader: Session, moment: Moment, survey: OfferedSurvey) -> bool:
    asked = customer_kpis([survey])
    if not asked:
        return False
    found = find_drivers(reader, choice_of(survey, asked[0].kpi.series, moment), survey.questionnaire).found
    return found.reason is None and found.n >= DRIVEN_BY


def choice_of(
    survey: OfferedSurvey, series: str, moment: Moment, days: int = RECENT, below: uuid.UUID | None = None
) -> Choice:
    """The whole company's answers of the last days, as a page would choose them; of customers `below` an id alone."""
    return Choice(
        survey=survey.slug,
        survey_id=survey.survey_id,
        period=last_days(moment, days),
        unit="",
        touchpoint="",
        channel="",
        kpi=series,
        kpis=kpis_of(survey.questionnaire),
        units=None,
        top="",
        anonymous=survey.questionnaire.anonymous,
        besides=() if below is None else (Invitation.customer_id < below,),
    )


REGISTRY: dict[str, Gather] = {
    "2.5": kpis_compared,
    "4.4": channels_alike,
    "5.1": kpis_with_targets,
    "5.2": surveys_with_drivers,
}
