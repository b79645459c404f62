"""Where the company listens: touchpoints, channels, units and journeys, and who answers for them."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.people.models import Account
from cem.programme.evidence.found import Found, Gather, Moment, Part, share_of
from cem.programme.evidence.reading import (
    ENOUGH,
    customer_kpis,
    day_after,
    first_day,
    is_open,
    live_touchpoints,
    open_surveys,
    scores_by,
    touchpoint_part,
    valid_by,
)
from cem.roles import Role
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import CHANNEL_NAMES, Offers, read_offers
from surveys.models import Journey, Response, Survey


def touchpoints_heard(reader: Session, moment: Moment) -> Found | None:
    """L0.3: live touchpoints that anybody has answered about lately."""
    answered = valid_by(reader, moment, "touchpoint")
    live = live_touchpoints(read_offers(reader), moment.today)
    return share_of(touchpoint_part(one, counts=answered.get(one.code, 0) > 0) for one in live)


def units_with_kpis(reader: Session, moment: Moment) -> Found | None:
    """2.7: units below the company's top with a KPI from enough answers of their own and of the units below."""
    offers = read_offers(reader)
    units = [one for one in offers.units.values() if one.parent is not None and is_open(one, moment.today)]
    most: dict[str, float] = {}
    for survey in open_surveys(reader, offers):
        for groups in scores_by(reader, moment, survey, [one.kpi for one in customer_kpis([survey])], "unit").values():
            for unit in units:
                n = sum(groups[code].n for code in offers.subtree(unit.code) if code in groups)
                most[unit.code] = max(most.get(unit.code, 0), n)
    return share_of(
        Part(most.get(one.code, 0) >= ENOUGH, one.names, address=f"/scorecards?unit={one.code}") for one in units
    )


def touchpoints_owned(reader: Session, moment: Moment) -> Found | None:
    """3.1: live touchpoints whose owner unit, or a unit above it, has a manager of its own."""
    offers = read_offers(reader)
    managed = select(Account.unit).where(Account.role == Role.UNIT_MANAGER, Account.disabled_at.is_(None))
    managers = set(reader.scalars(managed))
    return share_of(
        touchpoint_part(one, counts=any(unit in managers for unit in _line(offers, one.owner)))
        for one in live_touchpoints(offers, moment.today)
    )


def _line(offers: Offers, unit: str) -> Iterator[str]:
    """A unit and those above it."""
    code: str | None = unit
    while code is not None:
        yield code
        code = offers.units[code].parent


def channels_covered(reader: Session, moment: Moment) -> Found | None:
    """4.1: channels of live touchpoints with enough valid responses."""
    answered = valid_by(reader, moment, "channel")
    channels = sorted({one.channel for one in live_touchpoints(read_offers(reader), moment.today)})
    return share_of(
        Part(answered.get(code, 0) >= ENOUGH, text=CHANNEL_NAMES[code], address=f"/scorecards?channel={code}")
        for code in channels
    )


def touchpoints_measured_for_effort(reader: Session, moment: Moment) -> Found | None:
    """6.2: live touchpoints with an answer on effort."""
    offers = read_offers(reader)
    measured: set[str] = set()
    for survey in open_surveys(reader, offers):
        efforts = [kpi for kpi in kpis_of(survey.questionnaire) if kpi.kind == "ces"]
        for groups in scores_by(reader, moment, survey, efforts, "touchpoint").values() if efforts else ():
            measured |= {touchpoint for touchpoint, histogram in groups.items() if histogram.n}
    return share_of(touchpoint_part(one, counts=one.code in measured) for one in live_touchpoints(offers, moment.today))


def journeys_measured(reader: Session, moment: Moment) -> Found | None:
    """6.8: journeys about which a survey of the whole journey was answered."""
    of_journeys = (
        select(Response.touchpoint)
        .where(
            Response.survey_id.in_(select(Survey.survey_id).where(Survey.kind == "journey")),
            Response.day >= first_day(moment),
            Response.day < day_after(moment),
            Response.quality == "valid",
        )
        .distinct()
    )
    touchpoints = read_offers(reader).touchpoints
    measured = {touchpoints[code].journey for code in reader.scalars(of_journeys) if code in touchpoints}
    journeys = reader.scalars(select(Journey).order_by(Journey.code))
    return share_of(Part(one.code in measured, one.names, address="/scorecards") for one in journeys)


REGISTRY: dict[str, Gather] = {
    "L0.3": touchpoints_heard,
    "2.7": units_with_kpis,
    "3.1": touchpoints_owned,
    "4.1": channels_covered,
    "6.2": touchpoints_measured_for_effort,
    "6.8": journeys_measured,
}
