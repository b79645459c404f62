"""Targets are set by a verb that leaves an audit row, and hold from their day on."""

import math
import uuid
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError
from cem.scorecards.kpis import Kpi
from cem.scorecards.models import KpiTarget
from surveys.languages import MINUS, N_, ascii_digits


class TargetFault(CemError):
    title = N_("This target cannot be set")
    advice = N_("Write one number that the KPI can reach, such as 40 for NPS or 85 for CSAT. Nothing was changed.")


def read_target(text: str, kpi: Kpi) -> float:
    """The number that a person typed, in either language's digits; TargetFault where the KPI cannot reach it."""
    try:
        value = float(ascii_digits(text).strip().rstrip("%٪").replace(MINUS, "-"))
    except ValueError:
        raise TargetFault from None
    low, high = kpi.bounds
    if not math.isfinite(value) or not low <= value <= high:
        raise TargetFault
    return value


def set_target(
    session: Session,
    now: datetime,
    actor: str,
    *,
    survey_id: uuid.UUID,
    series: str,
    unit: str,
    valid_from: date,
    value: float,
) -> KpiTarget:
    """A target from this day on; one that was set for the same day before is replaced, and the audit row keeps it."""
    key = (survey_id, series, unit, valid_from)
    target = session.get(KpiTarget, key)
    replaced = target and target.value
    if target is None:
        target = KpiTarget(survey_id=survey_id, series=series, unit=unit, valid_from=valid_from, value=value)
        session.add(target)
    target.value = value
    audit(
        session,
        now,
        actor,
        "target:set",
        f"{survey_id}/{series}/{unit}",
        value=value,
        valid_from=valid_from.isoformat(),
        replaced=replaced,
    )
    return target


def targets_of(session: Session, survey_id: uuid.UUID, unit: str, day: date) -> Mapping[str, float]:
    """The target of each series on this day: the unit's own, otherwise the company's."""
    statement = (
        select(KpiTarget.series, KpiTarget.value)
        .where(KpiTarget.survey_id == survey_id, KpiTarget.unit.in_(["", unit]), KpiTarget.valid_from <= day)
        # The unit's own comes last, and so does the newest of each: the last one stays.
        .order_by(KpiTarget.unit, KpiTarget.valid_from)
    )
    return dict(session.execute(statement).all())
