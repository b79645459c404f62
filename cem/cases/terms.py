"""What is promised to customers for each severity, and the other numbers of the closed loop, as one document."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.cases.models import CaseTerms
from cem.errors import CemError
from surveys.languages import N_

SEVERITIES = (1, 2, 3, 4)
SEVERITY_NAMES = {
    1: N_("Safety, law, data, discrimination, or going round in public"),
    2: N_("Unhappy and asks for contact, or likely to leave"),
    3: N_("Unhappy"),
    4: N_("Suggestion, or praise"),
}
# One business day, in which the promises are written down.
DAY_HOURS = 9

Hours = Annotated[float, Meta(gt=0, le=2000)]


class Promise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How soon customers are acknowledged, contacted in person and helped; hours of the business calendar.

    Acknowledged after 0 minutes is acknowledged by itself, at once. `around_the_clock` counts the minutes on the wall's
    clock.
    """

    acknowledge_minutes: Annotated[int, Meta(ge=0, le=10_000)]
    around_the_clock: bool = False
    contact_hours: Hours
    resolve_hours: Hours

    @property
    def acknowledge(self) -> timedelta:
        return timedelta(minutes=self.acknowledge_minutes)

    @property
    def contact(self) -> timedelta:
        return timedelta(hours=self.contact_hours)

    @property
    def resolve(self) -> timedelta:
        return timedelta(hours=self.resolve_hours)


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The terms of the closed loop; the first promise is the most severe's."""

    promises: Annotated[tuple[Promise, ...], Meta(min_length=4, max_length=4)] = (
        Promise(acknowledge_minutes=15, around_the_clock=True, contact_hours=4, resolve_hours=2 * DAY_HOURS),
        Promise(acknowledge_minutes=60, contact_hours=9, resolve_hours=5 * DAY_HOURS),
        Promise(acknowledge_minutes=0, contact_hours=18, resolve_hours=10 * DAY_HOURS),
        Promise(acknowledge_minutes=0, contact_hours=45, resolve_hours=20 * DAY_HOURS),
    )
    # Who cannot be reached was tried so often, on so many channels.
    attempts: Annotated[int, Meta(ge=1, le=20)] = 3
    attempt_channels: Annotated[int, Meta(ge=1, le=5)] = 2
    # Until when a case is opened again as the same case, and after how many days a resolved one closes by itself.
    reopen_days: Annotated[int, Meta(ge=1, le=365)] = 30
    close_days: Annotated[int, Meta(ge=1, le=90)] = 7
    # When the recovery survey is sent, and the highest score that opens the case again.
    recovery_days: Annotated[int, Meta(ge=3, le=7)] = 3
    recovery_reopens: Annotated[int, Meta(ge=0, le=10)] = 6
    # When a cause is looked into: so many cases, or such a share of a unit's cases, in so many days.
    promote_cases: Annotated[int, Meta(ge=2, le=1000)] = 5
    promote_percent: Annotated[int, Meta(ge=1, le=100)] = 10
    promote_days: Annotated[int, Meta(ge=7, le=365)] = 30

    def promise(self, severity: int) -> Promise:
        return self.promises[severity - 1]


class TermsFault(CemError):
    title = N_("These terms cannot be promised")
    advice = N_("Give each time as a number of hours or minutes that is more than nothing. Nothing was changed.")


def read_terms(session: Session) -> Terms:
    """The terms that hold now."""
    document = session.scalar(select(CaseTerms.document).order_by(CaseTerms.version.desc()).limit(1))
    return Terms() if document is None else msgspec.convert(document, Terms)


def set_terms(session: Session, now: datetime, actor: str, document: dict[str, object]) -> Terms:
    """Promise something else from now on; clocks that run keep what was promised. TermsFault where it cannot be."""
    try:
        terms = msgspec.convert(document, Terms, strict=False)
    except msgspec.ValidationError:
        raise TermsFault from None
    if terms == read_terms(session):
        return terms
    last = session.scalar(select(CaseTerms.version).order_by(CaseTerms.version.desc()).limit(1)) or 0
    written = msgspec.to_builtins(terms)
    session.add(CaseTerms(version=last + 1, document=written, set_at=now, set_by=actor))
    audit(session, now, actor, "case-terms:set", str(last + 1), **written)
    return terms
