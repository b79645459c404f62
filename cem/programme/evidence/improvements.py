"""Improvements: what they are for, where they came from, and whether their effect was tested."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.improvements.effects import LEAST, MEASURED, TRANSITION, measure_effect
from cem.improvements.improvements import ABANDONED
from cem.improvements.models import Improvement, RootCause
from cem.improvements.root_causes import HAND
from cem.programme.evidence.found import Found, Gather, Moment, Part, share_of
from cem.programme.evidence.reading import since
from cem.scorecards.offers import read_offers

YEAR = 365


def _part(row: Improvement, *, counts: bool) -> Part:
    return Part(counts, {"fa": row.title, "en": row.title}, address=f"/improvements/{row.improvement_id}")


def tied_to_strategy(reader: Session, moment: Moment) -> Found | None:  # noqa: ARG001 - as they stand now
    """3.6: open improvements with a KPI, the change that is expected of it and an owner; none is without a due date."""
    rows = reader.scalars(
        select(Improvement)
        .where(Improvement.done_on.is_(None), Improvement.status != ABANDONED)
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
        .where(Improvement.created_at >= since(moment, YEAR), Improvement.status != ABANDONED)
        .order_by(Improvement.improvement_id)
    )
    return share_of((_part(row, counts=reason != HAND) for row, reason in rows), address="/improvements")


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
        (_part(row, counts=measure_effect(reader, row, offers, moment.today).state == MEASURED) for row in rows),
        address="/improvements",
    )


REGISTRY: dict[str, Gather] = {"3.6": tied_to_strategy, "3.8": begun_by_customers, "5.7": effects_tested}
