"""Improvements: what they are for, where they came from, and whether their effect was tested."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.improvements.models import Improvement, RootCause
from cem.programme.evidence.found import Found, Gather, Moment, Part, share_of
from cem.programme.evidence.reading import since
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import Offers, read_offers
from metrics import Histogram
from surveys.tallies import Cell, Periods, Where, read

DROPPED, BY_HAND = "dropped", "hand"
YEAR = 365
# Days: left out right after an improvement was done, and at most and at least compared on either side.
TRANSITION, LONGEST, LEAST = 7, 90, 14


def _part(row: Improvement, *, counts: bool) -> Part:
    return Part(counts, {"fa": row.title, "en": row.title}, address=f"/improvements/{row.improvement_id}")


def tied_to_strategy(reader: Session, moment: Moment) -> Found | None:  # noqa: ARG001 - as they stand now
    """3.6: open improvements with a KPI, the change that is expected of it and an owner; none is without a due date."""
    rows = reader.scalars(
        select(Improvement)
        .where(Improvement.done_on.is_(None), Improvement.status != DROPPED)
        .order_by(Improvement.improvement_id)
    )
    return share_of(
        (
            _part(row, counts=bool(row.survey_id and row.series and row.owner) and row.expected is not None)
            for row in rows
        ),
        address="/improvements",
    )


def begun_by_customers(reader: Session, moment: Moment) -> Found | None:
    """3.8: improvements of the last year whose root cause was taken up because of customers' cases, not by hand."""
    rows = reader.execute(
        select(Improvement, RootCause.reason)
        .join(RootCause, RootCause.root_cause_id == Improvement.root_cause_id)
        .where(Improvement.created_at >= since(moment, YEAR), Improvement.status != DROPPED)
        .order_by(Improvement.improvement_id)
    )
    return share_of((_part(row, counts=reason != BY_HAND) for row, reason in rows), address="/improvements")


def effects_tested(reader: Session, moment: Moment) -> Found | None:
    """5.7: improvements done within the last year and long enough ago whose KPI can be compared before and after."""
    latest = moment.today - timedelta(days=TRANSITION + LEAST)
    rows = reader.scalars(
        select(Improvement)
        .where(Improvement.done_on > latest - timedelta(days=YEAR), Improvement.done_on <= latest)
        .order_by(Improvement.improvement_id)
    ).all()
    offers = read_offers(reader)
    return share_of(
        (_part(row, counts=_tested(reader, row, offers, moment.today)) for row in rows), address="/improvements"
    )


def _tested(reader: Session, row: Improvement, offers: Offers, today: date) -> bool:
    survey = next((one for one in offers.surveys.values() if one.survey_id == row.survey_id), None)
    kpi = next((one for one in kpis_of(survey.questionnaire) if one.series == row.series), None) if survey else None
    if survey is None or kpi is None or row.done_on is None:
        return False
    where = Where(
        survey.survey_id,
        touchpoints=[row.touchpoint] if row.touchpoint else None,
        units=offers.subtree(row.unit) if row.unit in offers.units else None,
    )
    before, after = (kpi.estimate(h) for h in _sides(reader, where, kpi.series, row.done_on, today))
    return before.enough() and after.enough()


def _sides(reader: Session, where: Where, series: str, done: date, today: date) -> Sequence[Histogram]:
    """What was answered on as many days before and after, today left out."""
    after = done + timedelta(days=TRANSITION)
    days = min(LONGEST, (today - after).days)
    periods = Periods((done - timedelta(days=days), done, after), after + timedelta(days=days))
    counted = read(reader, where, [series], periods)
    return [counted.get(Cell(series, place), Histogram()) for place in (0, 2)]


REGISTRY: dict[str, Gather] = {"3.6": tied_to_strategy, "3.8": begun_by_customers, "5.7": effects_tested}
