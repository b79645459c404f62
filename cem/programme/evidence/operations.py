"""Standards and what is counted elsewhere: which touchpoints have them, and how fresh the figures are."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.audit import AuditEvent
from cem.operations.figures import operational_metrics
from cem.operations.models import OperationalFigure
from cem.programme.evidence.found import Found, Gather, Moment, Part, share_of
from cem.programme.evidence.reading import live_touchpoints, touchpoint_part, valid_by
from cem.programme.scoring import HIGHEST
from cem.scorecards.offers import read_offers
from surveys.languages import N_

# How old a standard is at least that has proven itself, and a figure at most that stands beside a perception; in days.
DURABLE, FRESH = 182, 30
# A view from all sides has answers from each of these; without one of them it is a part of the view.
SIDES = ({"contact_centre", "ivr"}, {"web", "app"}, {"branch", "atm"})
ONE_SIDED = 2
PART_OF_THE_VIEW = N_("Telephone, web and branch or cash machine do not all have answers of the last 90 days.")


def durable_standards(reader: Session, moment: Moment) -> Found | None:
    """2.3: live touchpoints with an old standard and lately measured.

    Standards come with the company's document and have no age of their own: they are at least as old as its last
    import. Where that was lately, or nobody wrote it down, nothing is known of their age.
    """
    imported = reader.scalar(select(func.max(AuditEvent.at)).where(AuditEvent.action == "company:import"))
    if imported is None or imported > moment.now - timedelta(days=DURABLE):
        return None
    answered = valid_by(reader, moment, "touchpoint")
    return share_of(
        touchpoint_part(one, counts=any(one.standard.values()) and answered.get(one.code, 0) > 0)
        for one in live_touchpoints(read_offers(reader), moment.today)
    )


def figures_beside_perceptions(reader: Session, moment: Moment) -> Found | None:
    """2.6: live touchpoints with a fresh figure that explains a KPI, and answers that it explains."""
    metrics = operational_metrics(reader)
    if not metrics:
        return None
    latest, oldest = _latest(reader), moment.today - timedelta(days=FRESH)
    paired = {one.touchpoint for one in metrics if one.kpi and latest.get(one.code, date.min) >= oldest}
    answered = valid_by(reader, moment, "touchpoint")
    return share_of(
        touchpoint_part(one, counts=one.code in paired and answered.get(one.code, 0) > 0)
        for one in live_touchpoints(read_offers(reader), moment.today)
    )


def fresh_feeds(reader: Session, moment: Moment) -> Found | None:
    """4.3: metrics whose newest day is no older than was agreed."""
    latest, channels = _latest(reader), valid_by(reader, moment, "channel")
    whole = all(any(channels.get(code, 0) for code in side) for side in SIDES)
    return share_of(
        (
            Part(
                one.code in latest and moment.today - latest[one.code] <= timedelta(days=one.expected_every_days),
                one.names,
                address=f"/operations/{one.code}",
            )
            for one in operational_metrics(reader)
        ),
        cap=HIGHEST if whole else ONE_SIDED,
        caution="" if whole else PART_OF_THE_VIEW,
    )


def _latest(reader: Session) -> dict[str, date]:
    """The newest day that each metric tells of."""
    newest = select(OperationalFigure.metric, func.max(OperationalFigure.last_day)).group_by(OperationalFigure.metric)
    return dict(reader.execute(newest).all())


REGISTRY: dict[str, Gather] = {"2.3": durable_standards, "2.6": figures_beside_perceptions, "4.3": fresh_feeds}
