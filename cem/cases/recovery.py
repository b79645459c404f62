"""The recovery survey: some days after a case was resolved its customer is asked whether it really was.

It is asked once for a case, whatever the customer was asked elsewhere, and in the company's hours alone. Who has no
address finds it on their own page. What is answered opens the case again where it must, and no other case.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cem.calendar.calendars import read_calendar
from cem.cases.closing import may_reopen, reopen
from cem.cases.desk import CUSTOMER, ITSELF, Desk, in_line, is_erased, own_page
from cem.cases.messages import templates
from cem.cases.models import Case, Recovery
from cem.cases.statuses import CLOSED, SOLVED, WITHDRAWN
from cem.cases.wording import open_again_notice
from cem.settings import Settings
from surveys.arrivals import Key
from surveys.database import Database, new_id
from surveys.delivery import mail
from surveys.delivery.outbox import put
from surveys.languages import N_, language
from surveys.links import Links, PersonalLink
from surveys.models import Customer, Invitation, Response, Survey, SurveyVersion
from surveys.publishing import current_version, publish
from surveys.questionnaire import Questionnaire, read_yaml

FILE = Path(__file__).parent / "recovery.yaml"
SLUG = "case-recovery"
# Its questions, by their ids; a company that words them anew keeps the ids.
SOLVED_IT, EFFORT, FEELING = "solved", "effort", "feeling"
BATCH = 100
SUBJECT = N_("Is it solved? Your case %(number)s")
TEXT = N_("Is your case %(number)s solved? Please tell us with three short questions:")
# Stands for the customer of a case whose customer is not known.
_SOMEBODY = uuid.UUID("a1d3e4b6-3c0f-5a8e-9a51-0d5f6a3a7c21")


def recovery_survey(session: Session, now: datetime) -> SurveyVersion:
    """The survey as it is asked now: the company's own version, or ours, published when it is first needed."""
    survey_id = session.scalar(select(Survey.survey_id).where(Survey.slug == SLUG))
    return publish(session, _ours(), now) if survey_id is None else current_version(session, survey_id)


def nobody_to_ask(session: Session, settings: Settings, now: datetime) -> bool:
    return session.scalar(_due(now).limit(1)) is None or not read_calendar(session, settings.zone).is_open(now)


def ask_due(database: Database, settings: Settings, now: datetime) -> int:
    """Ask the customers of cases that were resolved some days ago, unless the company is closed now; how many."""
    count = 0
    while True:
        with database.write() as session:
            desk = Desk.open(session, settings, now, ITSELF)
            due = session.scalars(_due(now).limit(BATCH)).all() if desk.calendar.is_open(now) else ()
            asked = _ask_all(desk, due) if due else 0
        count += asked
        if len(due) < BATCH or not asked:
            return count


def recovery_link(links: Links, recovery: Recovery) -> str:
    """The path of the survey of a case; empty where it was not asked, or is answered."""
    if recovery.survey_id is None or recovery.invitation_id is None or recovery.answered_at is not None:
        return ""
    return f"/i/{links.personal(PersonalLink(recovery.survey_id, recovery.invitation_id))}"


def customer_of_case(case: Case) -> uuid.UUID:
    """Whom the survey of a case asks; somebody of whom no more is known has an id of the case's own."""
    return case.customer_id or uuid.uuid5(_SOMEBODY, case.case_id.hex)


def hear_recoveries(session: Session, settings: Settings, now: datetime, keys: Collection[Key]) -> list[Key]:
    """Take what the recovery survey among these answers says; the keys of the others."""
    survey_id = session.scalar(select(Survey.survey_id).where(Survey.slug == SLUG))
    ours = [key for key in keys if key[0] == survey_id]
    if ours:
        desk = Desk.open(session, settings, now, CUSTOMER)
        for key in ours:
            _hear(desk, key)
    return [key for key in keys if key[0] != survey_id]


@cache
def _ours() -> Questionnaire:
    return read_yaml(FILE.read_text(encoding="utf-8"))


def _due(now: datetime) -> Select[uuid.UUID]:
    return select(Recovery.case_id).where(Recovery.asked_at.is_(None), Recovery.due_at <= now).order_by(Recovery.due_at)


def _ask_all(desk: Desk, due: Collection[uuid.UUID]) -> int:
    version = recovery_survey(desk.session, desk.now)
    if desk.session.get_one(Survey, version.survey_id).closed_at is not None:
        return 0
    asked = 0
    for case_id in due:
        # The case first, as everybody does: who holds it has its recovery too.
        case = desk.session.scalar(select(Case).where(Case.case_id == case_id).with_for_update(skip_locked=True))
        recovery = desk.session.get(Recovery, case_id, populate_existing=True)
        if case is None or recovery is None or recovery.asked_at is not None:
            continue
        if case.status in {*SOLVED, CLOSED} and not is_erased(case):
            _ask(desk, version, case, recovery)
            asked += 1
        else:
            # Opened again, it is asked after its next resolution; withdrawn or merged, it is not asked at all.
            desk.session.delete(recovery)
    return asked


def _ask(desk: Desk, version: SurveyVersion, case: Case, recovery: Recovery) -> None:
    """An invitation of its own, beside those that encounters cause: it neither counts as one nor waits for one."""
    customer = None if case.customer_id is None else desk.session.get(Customer, case.customer_id)
    # Who wants no invitations finds it on the page, and is not written to.
    reached = case.reply_channel if customer is None or customer.opted_out_at is None else ""
    asked = msgspec.convert(version.document, Questionnaire)
    invitation_id = new_id(desk.now)
    desk.session.add(
        Invitation(
            survey_id=version.survey_id,
            invitation_id=invitation_id,
            customer_id=customer_of_case(case),
            touchpoint=case.touchpoint,
            unit=case.unit,
            channel=case.channel,
            language=case.language,
            segment=case.segment,
            created_at=desk.now,
            expires_at=desk.now + timedelta(days=asked.link_days),
        )
    )
    recovery.asked_at, recovery.survey_id, recovery.invitation_id = desk.now, version.survey_id, invitation_id
    if reached:
        _send(desk, case, recovery, reached)
    desk.record(case, "recovery", sent_by=reached)


def _send(desk: Desk, case: Case, recovery: Recovery, channel: str) -> None:
    spoken = language(case.language)
    link = recovery_link(Links(desk.settings.secret_key), recovery)
    context = {
        "case": case,
        "page": f"{desk.settings.base_url}{link}?lang={spoken.code}",
        "own_page": f"{own_page(desk.settings, case)}?lang={spoken.code}",
    }
    text = spoken.fill(TEXT, {"number": in_line(case.number)})
    payload = {"text": f"{text}\n{context['page']}", "language": spoken.code}
    if channel == mail.KIND:
        payload |= {
            "subject": spoken.fill(SUBJECT, {"number": in_line(case.number)}),
            "text": templates(desk.settings.own_templates).render(spoken, "email/recovery.txt", **context),
            "html": templates(desk.settings.own_templates).render(spoken, "email/recovery.html", **context),
            "stop": "",
        }
    key = f"recovery:{case.case_id.hex}"
    put(desk.session, desk.now, kind=channel, recipient=case.reply_address, key=key, payload=payload)


def _hear(desk: Desk, key: Key) -> None:
    """What a customer answers, once; it opens the case again where it is not solved or they are still unhappy."""
    asked = select(Recovery.case_id).where(Recovery.survey_id == key[0], Recovery.invitation_id == key[1])
    case_id, response = desk.session.scalar(asked), desk.session.get(Response, key)
    if case_id is None or response is None:
        return  # somebody found the survey's public address, or was erased meanwhile
    case = desk.session.get_one(Case, case_id, with_for_update=True)
    recovery = desk.session.get_one(Recovery, case_id, populate_existing=True)
    if recovery.answered_at is not None:
        return
    said = response.answers.get(SOLVED_IT)
    recovery.answered_at = desk.now
    recovery.after, recovery.effort = _score(response, FEELING), _score(response, EFFORT)
    recovery.resolved = None if said is None else said == "yes"
    desk.record(case, "recovered", after=recovery.after, resolved=recovery.resolved)
    unhappy = recovery.after is not None and recovery.after <= desk.terms.recovery_reopens
    if (unhappy or said == "no") and case.status != WITHDRAWN and may_reopen(case, desk.terms, desk.now):
        again = reopen(desk, case, why="recovery", senior=True)
        if again is case:
            open_again_notice(desk, case)


def _score(response: Response, question: str) -> int | None:
    score = response.answers.get(question)
    return score if isinstance(score, int) else None
