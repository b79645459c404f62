"""The closed loop: who was answered in time, what units solved together, and who stood in for whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cem.cases.models import Absence, Case, CaseSignal, CaseTask
from cem.cases.statuses import MERGED, WITHDRAWN
from cem.people.models import Account
from cem.programme.evidence.found import Found, Gather, Moment, share
from cem.programme.evidence.reading import RECENT, VALID, day_after, first_day, since
from surveys.database import start_of
from surveys.languages import N_
from surveys.models import Response, Survey

Flag = InstrumentedAttribute[bool]
ONLY_ENTERED = N_("Only absences that somebody entered are known.")


def _of_late(moment: Moment, days: int = RECENT) -> ColumnElement[bool]:
    """Cases that were opened lately; what was merged counts where it went, and what was withdrawn nowhere."""
    return and_(Case.opened_at >= since(moment, days), Case.status.not_in([MERGED, WITHDRAWN]))


def _counted(reader: Session, in_time: ColumnElement[bool], *of: ColumnElement[bool] | Flag) -> tuple[int, int]:
    """How many of these cases came in time, and how many there are."""
    row = reader.execute(select(func.count(), func.sum(case((in_time, 1), else_=0))).select_from(Case).where(*of)).one()
    return int(row[1] or 0), int(row[0])


def answered_in_time(reader: Session, moment: Moment) -> Found | None:
    """1.5: of the cases whose customer wants an answer and whose time for it is over, those with contact in time."""
    due = Case.contact_due <= moment.now
    in_time = and_(Case.contacted_at.is_not(None), Case.contacted_at <= Case.contact_due)
    return share(*_counted(reader, in_time, _of_late(moment), Case.contact_allowed, due), sample=True, address="/cases")


def solved_together(reader: Session, moment: Moment) -> Found | None:
    """3.5: of the cases with tasks of other units whose time is over, those resolved in time.

    Where the customer was asked something before the time was over, it stands still.
    """
    others = exists().where(CaseTask.case_id == Case.case_id, CaseTask.unit != Case.unit)
    stopped = and_(Case.waiting_since.is_not(None), Case.waiting_since < Case.resolve_due)
    due = and_(Case.resolve_due <= moment.now, or_(Case.resolved_at.is_not(None), ~stopped))
    in_time = and_(Case.resolved_at.is_not(None), Case.resolved_at <= Case.resolve_due)
    return share(*_counted(reader, in_time, _of_late(moment), others, due), sample=True, address="/cases")


def absences_covered(reader: Session, moment: Moment) -> Found | None:
    """3.9: absences of people with cases that had a deputy who was there, and in which no promise was broken."""
    first = first_day(moment)
    absences = reader.scalars(select(Absence).where(Absence.last_day >= first, Absence.first_day <= moment.today)).all()
    owners = set(reader.scalars(select(Case.owner).where(_of_late(moment, 2 * RECENT)).distinct()))
    of_owners = [one for one in absences if one.account in owners]
    gone = set(reader.scalars(select(Account.name).where(Account.disabled_at.is_not(None))))
    broken = _broken(reader, moment, {one.account for one in of_owners})
    covered = sum(
        one.deputy not in gone
        and not any(other.account == one.deputy and _overlap(one, other) for other in absences)
        and not any(_within(one, moment, due) for due in broken.get(one.account, ()))
        for one in of_owners
    )
    return share(covered, len(of_owners), caution=ONLY_ENTERED, address="/cases/absence")


def _overlap(one: Absence, other: Absence) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _within(absence: Absence, moment: Moment, due: datetime) -> bool:
    after = absence.last_day + timedelta(days=1)
    return start_of(absence.first_day, moment.zone) <= due < start_of(after, moment.zone)


def _broken(reader: Session, moment: Moment, accounts: set[str]) -> dict[str, Sequence[datetime]]:
    """When promises of these people's cases were due that were not kept."""
    clocks = ((Case.contact_due, Case.contacted_at), (Case.resolve_due, Case.resolved_at))
    found: dict[str, list[datetime]] = {}
    for due, kept in clocks:
        missed = and_(due <= moment.now, or_(kept.is_(None), kept > due))
        rows = reader.execute(
            select(Case.owner, due).where(_of_late(moment, 2 * RECENT), Case.owner.in_(sorted(accounts)), missed)
        )
        for owner, moment_due in rows:
            found.setdefault(owner or "", []).append(moment_due)
    return dict(found)


def acted_on(reader: Session, moment: Moment) -> Found | None:
    """L0.5: of the valid responses of the last days, those that a case is about.

    A reply is part of a case, and an improvement comes from causes of cases: both reach an answer through its case.
    """
    # By survey first, as the index has it.
    lately = (
        Response.survey_id.in_(select(Survey.survey_id)),
        Response.day >= first_day(moment),
        Response.day < day_after(moment),
        Response.quality == VALID,
    )
    same = (CaseSignal.survey_id == Response.survey_id) & (CaseSignal.response_id == Response.response_id)
    n = reader.scalar(select(func.count()).select_from(Response).where(*lately)) or 0
    acted = reader.scalar(select(func.count()).select_from(CaseSignal).join(Response, same).where(*lately)) or 0
    return share(acted, n, sample=True, address="/cases")


REGISTRY: dict[str, Gather] = {
    "L0.5": acted_on,
    "1.5": answered_in_time,
    "3.5": solved_together,
    "3.9": absences_covered,
}
