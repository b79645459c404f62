"""Rules that act by themselves, and who writes them."""

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from cem.audit import AuditEvent
from cem.cases.models import Case, CaseSignal
from cem.people.models import Account
from cem.programme.evidence.found import Found, Gather, Moment, share
from cem.programme.evidence.reading import days_between, first_id, since
from cem.roles import Role
from surveys.models import Response

# How soon an answer is with somebody, in minutes, and for how long changes of the configuration are looked at, in days.
AT_ONCE, LATELY = 5, 180
# Rules, topics and questionnaires: what decides how the product works for the business.
CHANGES = ("alert-rule:keep", "alert-rule:enable", "alert-rule:disable", "topic:keep", "topic:retire", "survey:publish")


def routed_at_once(reader: Session, moment: Moment) -> Found | None:
    """3.3: of the answers for which a rule opened a case or added to one, those with somebody within minutes.

    Anonymous answers have no moment that could be compared.
    """
    took = days_between(reader, CaseSignal.at, Response.submitted_at)
    soon = and_(took * 24 * 60 <= AT_ONCE, Case.owner.is_not(None))
    same = (Response.survey_id == CaseSignal.survey_id) & (Response.response_id == CaseSignal.response_id)
    n, routed = reader.execute(
        select(func.count(), func.sum(case((soon, 1), else_=0)))
        .select_from(Case)
        .join(CaseSignal, CaseSignal.case_id == Case.case_id)
        .join(Response, same)
        .where(
            Case.opened_at >= since(moment),
            CaseSignal.at <= moment.now,
            CaseSignal.rule != "",
            Response.submitted_at.is_not(None),
        )
    ).one()
    return share(int(routed or 0), int(n), sample=True, address="/alerts")


def configured_by_business(reader: Session, moment: Moment) -> Found | None:
    """3.4: of the changes of rules, topics and questionnaires, those by somebody other than an administrator.

    What came by the command line or a program came from those who run the machines.
    """
    opened = since(moment, LATELY)
    business = Account.role.is_not(None) & (Account.role != Role.ADMINISTRATOR)
    n, by_business = reader.execute(
        select(func.count(), func.sum(case((business, 1), else_=0)))
        .select_from(AuditEvent)
        .outerjoin(Account, Account.name == AuditEvent.actor)
        .where(AuditEvent.event_id >= first_id(opened), AuditEvent.at >= opened, AuditEvent.action.in_(CHANGES))
    ).one()
    return share(int(by_business or 0), int(n), address="/alerts")


REGISTRY: dict[str, Gather] = {"3.3": routed_at_once, "3.4": configured_by_business}
