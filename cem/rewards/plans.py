"""Plans: drafted, agreed by HR and the business, and never changed afterwards: a change is a new version."""

import uuid
from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.errors import CemError, Conflict, NotFound
from cem.rewards.checking import Known, check_terms
from cem.rewards.digests import digest_of
from cem.rewards.history import record
from cem.rewards.models import PlanSignature, RewardPlan
from cem.rewards.separation import refuse_own_pay
from cem.rewards.terms import Terms
from surveys.database import new_id
from surveys.languages import N_
from surveys.questionnaire import Fault

DRAFT, AGREED, RETIRED = "draft", "agreed", "retired"
HR, BUSINESS, PARTICIPANT = "hr", "business", "participant"


class UnknownPlan(NotFound):
    title = N_("There is no such plan")
    advice = N_("Open the list of plans and choose again.")


class PlanFaults(CemError):
    """A plan that cannot be agreed as it is; `faults` says why."""

    title = N_("This plan cannot be agreed yet")
    advice = N_("Each fault stands beside its place in the plan. Nothing was changed.")

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class PlanIsAgreed(Conflict):
    title = N_("An agreed plan does not change")
    advice = N_("Make a new version, change that, and have it signed.")


class AlreadySigned(Conflict):
    title = N_("You have signed this plan")
    advice = N_("The other signature must come from somebody else. Nothing was changed.")


def read_terms(plan: RewardPlan) -> Terms:
    """The terms of a plan as they were written."""
    return msgspec.convert(plan.terms, Terms, strict=False)


def find_plan(session: Session, code: str, version: int | None = None) -> RewardPlan:
    """A version of a plan, or its newest; UnknownPlan where there is none."""
    statement = select(RewardPlan).where(RewardPlan.code == code).order_by(RewardPlan.version.desc()).limit(1)
    if version is not None:
        statement = statement.where(RewardPlan.version == version)
    plan = session.scalars(statement).first()
    if plan is None:
        raise UnknownPlan
    return plan


def draft_plan(session: Session, now: datetime, actor: str, terms: Terms) -> RewardPlan:
    """A new plan, or the draft of the next version of one; an open draft of the same plan is replaced."""
    refuse_own_pay(session, actor, terms.code)
    document = msgspec.to_builtins(terms)
    draft = session.scalars(select(RewardPlan).where(RewardPlan.code == terms.code, RewardPlan.status == DRAFT)).first()
    if draft is None:
        last = session.scalar(select(func.max(RewardPlan.version)).where(RewardPlan.code == terms.code)) or 0
        draft = RewardPlan(
            plan_id=new_id(now),
            code=terms.code,
            version=last + 1,
            terms=document,
            status=DRAFT,
            created_at=now,
            created_by=actor,
        )
        session.add(draft)
    else:
        # A signature is under what was read: changed terms are signed anew.
        for signature in signatures_of(session, draft.plan_id):
            session.delete(signature)
        draft.terms = document
    session.flush()
    record(session, now, actor, terms.code, "draft", version=draft.version, terms=digest_of(document))
    return draft


def sign_plan(session: Session, now: datetime, actor: str, plan: RewardPlan, capacity: str, known: Known) -> None:
    """HR or the business agrees; with both signatures the plan is agreed, and its terms stand."""
    if plan.status != DRAFT:
        raise PlanIsAgreed
    refuse_own_pay(session, actor, plan.code)
    if faults := check_terms(read_terms(plan), known):
        raise PlanFaults(faults)
    signed = signatures_of(session, plan.plan_id)
    if any(actor == one.account for one in signed):
        raise AlreadySigned
    if any(capacity == one.capacity for one in signed):
        raise AlreadySigned
    _sign(session, now, actor, plan, capacity)
    if {one.capacity for one in signatures_of(session, plan.plan_id)} >= {HR, BUSINESS}:
        plan.status = AGREED
        record(session, now, actor, plan.code, "agree", version=plan.version, terms=digest_of(plan.terms))


def acknowledge_plan(session: Session, now: datetime, actor: str, plan: RewardPlan) -> None:
    """A participant says that they have read the plan; saying it twice is saying it once."""
    if plan.status != AGREED:
        raise UnknownPlan
    if session.get(PlanSignature, (plan.plan_id, actor)) is None:
        _sign(session, now, actor, plan, PARTICIPANT)


def retire_plan(session: Session, now: datetime, actor: str, plan: RewardPlan) -> None:
    """No period is opened under it any more."""
    refuse_own_pay(session, actor, plan.code)
    plan.status = RETIRED
    record(session, now, actor, plan.code, "retire", version=plan.version)


def signatures_of(session: Session, plan_id: uuid.UUID) -> list[PlanSignature]:
    statement = select(PlanSignature).where(PlanSignature.plan_id == plan_id).order_by(PlanSignature.signed_at)
    return list(session.scalars(statement))


def _sign(session: Session, now: datetime, actor: str, plan: RewardPlan, capacity: str) -> None:
    session.add(PlanSignature(plan_id=plan.plan_id, account=actor, capacity=capacity, signed_at=now))
    session.flush()
    record(session, now, actor, plan.code, "sign", version=plan.version, capacity=capacity)
