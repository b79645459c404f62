"""'You said, we did': everybody who raised it is told once, where they can be reached and in their own language.

Whom to tell is settled when somebody sends it; a job then tells them a batch at a time, so that nobody waits for
thousands of messages, and a server that dies tells nobody twice.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.cases.desk import ITSELF, Desk
from cem.cases.messages import tell_customer
from cem.cases.models import Case
from cem.cases.statuses import WITHDRAWN
from cem.improvements.causes import CauseTree
from cem.improvements.counting import raised_it
from cem.improvements.improvements import DONE, ToldFault, WrongStatus
from cem.improvements.models import ClosureNotice, Improvement, RootCause
from cem.scorecards.offers import Offers
from cem.settings import Settings
from metrics import Estimate, proportion
from surveys.database import Database, start_of
from surveys.languages import CODES, N_, Language, language
from surveys.models import Customer

BATCH = 50
YOU_SAID = N_("You said, we did")


@dataclass(frozen=True)
class Raised:
    """Somebody who raised it: the case on which they are told, whether they may be, and how."""

    case_id: uuid.UUID
    sent_by: str
    told: bool


def people_who_raised(
    session: Session, settings: Settings, row: Improvement, root_cause: RootCause, tree: CauseTree, offers: Offers
) -> list[Raised]:
    """Each person once, however many cases they had: known customers by who they are, others by their address.

    Those who came after it was done have seen it already. Who has opted out, or withdrew, is not told.
    """
    if row.done_on is None:
        return []
    until = start_of(row.done_on + timedelta(days=1), settings.zone)
    statement = (
        select(
            Case.case_id,
            Case.customer_id,
            Case.reply_channel,
            Case.reply_address,
            (Case.status == WITHDRAWN) | Customer.opted_out_at.is_not(None),
        )
        .outerjoin(Customer, Customer.customer_id == Case.customer_id)
        .where(*raised_it(row, root_cause, tree, offers), Case.opened_at < until)
        .order_by(Case.reply_channel == "", Case.opened_at.desc(), Case.case_id)
    )
    found, seen = list[Raised](), set[object]()
    for case_id, customer_id, channel, address, silent in session.execute(statement):
        who = {customer_id, (channel, address) if address else None} - {None} or {case_id}
        if not who & seen:
            found.append(Raised(case_id, channel, told=not silent))
        seen |= who
    return found


def send_notices(
    session: Session,
    settings: Settings,
    now: datetime,
    actor: str,
    row: Improvement,
    root_cause: RootCause,
    tree: CauseTree,
    offers: Offers,
) -> int:
    """Tell everybody who raised it, once and for all; how many are told. The job does the telling."""
    if row.status != DONE or row.told_at is not None:
        raise WrongStatus
    if any(not row.told.get(code) for code in CODES):
        raise ToldFault
    people = people_who_raised(session, settings, row, root_cause, tree, offers)
    notices = [
        {"improvement_id": row.improvement_id, "case_id": one.case_id, "told_at": None, "sent_by": one.sent_by}
        for one in people
        if one.told
    ]
    row.told_at, row.raised = now, len(people)
    session.flush()
    if notices:
        session.execute(insert(ClosureNotice), notices)
    audit(session, now, actor, "improvement:tell", str(row.improvement_id), raised=len(people), told=len(notices))
    return len(notices)


def nobody_waits(session: Session, settings: Settings, now: datetime) -> bool:  # noqa: ARG001 - as jobs ask
    """Whether everybody was told."""
    waiting = select(ClosureNotice.case_id).where(ClosureNotice.told_at.is_(None)).limit(1)
    return session.scalar(waiting) is None


def tell_waiting(database: Database, settings: Settings, now: datetime) -> int:
    """Tell those who wait to be told; how many were told."""
    count = 0
    while True:
        with database.write() as session:
            notices = list(
                session.scalars(
                    select(ClosureNotice)
                    .where(ClosureNotice.told_at.is_(None))
                    .order_by(ClosureNotice.improvement_id, ClosureNotice.case_id)
                    .limit(BATCH)
                    .with_for_update(skip_locked=True)
                )
            )
            desk = Desk.open(session, settings, now, ITSELF)
            for notice in notices:
                _tell(desk, notice)
        count += len(notices)
        if len(notices) < BATCH:
            return count


def told_share(rows: Iterable[Improvement]) -> Estimate:
    """Told by mail or text message, of those who raised it."""
    counts = [(row.reached, row.raised) for row in rows]
    return proportion(sum(reached for reached, _ in counts), sum(raised for _, raised in counts))


def closing_words(spoken: Language, row: Improvement) -> str:
    """What a customer reads."""
    return f"{spoken.gettext(YOU_SAID)}\n{row.told[spoken.code]}"


def _tell(desk: Desk, notice: ClosureNotice) -> None:
    row = desk.session.get_one(Improvement, notice.improvement_id)
    case = desk.session.get_one(Case, notice.case_id, with_for_update=True)
    message = tell_customer(desk, case, closing_words(language(case.language), row), automatic=True)
    notice.told_at, notice.sent_by = desk.now, message.sent_by
    if message.sent_by:
        # Added by the database: another server may be telling others of the same improvement.
        row.reached = Improvement.reached + 1
    desk.record(case, "told", improvement=str(row.improvement_id))
