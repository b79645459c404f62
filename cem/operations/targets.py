"""What a metric should reach, for all units or for one, from a day on."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError
from cem.operations.models import LIMIT, PLACES, SHARE, OperationalTarget
from surveys.languages import N_


class OperationalTargetFault(CemError):
    title = N_("This target cannot be set")
    advice = N_(
        "Write one number: a percentage from 0 to 100 for a share, otherwise the mean, and the day it holds from."
        " Nothing was changed."
    )


def target_fault(kind: str, value: Decimal) -> str:
    """Why no metric of this kind can have this target; '' where it can."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -PLACES or abs(value) >= LIMIT:
        return N_("Write a number with at most six decimal places.")
    if kind == SHARE and not 0 <= value <= 100:
        return N_("The target of a share is a percentage from 0 to 100.")
    return ""


def set_operational_target(
    session: Session, now: datetime, actor: str, *, metric: str, unit: str, since: date, value: Decimal
) -> bool:
    """A target from this day on, for a unit or for all (''); whether anything changed. The audit row keeps the old."""
    target = session.get(OperationalTarget, (metric, unit, since))
    replaced = target and target.value
    if replaced == value:
        return False
    if target is None:
        session.add(OperationalTarget(metric=metric, unit=unit, since=since, value=value))
    else:
        target.value = value
    audit(
        session,
        now,
        actor,
        "operations:target",
        f"{metric}/{unit}",
        value=str(value),
        since=since.isoformat(),
        replaced=None if replaced is None else str(replaced),
    )
    return True


def operational_targets(
    session: Session, metrics: Collection[str], units: Collection[str], day: date
) -> Mapping[tuple[str, str], Decimal]:
    """The target of each metric in each unit on this day: the unit's own, otherwise that of all units."""
    rows = session.execute(
        select(OperationalTarget.metric, OperationalTarget.unit, OperationalTarget.value)
        .where(
            OperationalTarget.metric.in_(metrics),
            OperationalTarget.unit.in_({"", *units}),
            OperationalTarget.since <= day,
        )
        # The newest comes last and stays.
        .order_by(OperationalTarget.since)
    )
    held = {(metric, unit): value for metric, unit, value in rows}
    found = {(metric, unit): held.get((metric, unit), held.get((metric, ""))) for metric in metrics for unit in units}
    return {key: value for key, value in found.items() if value is not None}
