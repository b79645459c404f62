"""`cem erase-customer`: what is held about a customer is removed, and what it added to the counts is taken out.

Everything goes in one transaction: names, addresses, encounters, invitations, and the responses that were given over
personal links. An answer over a public page has no link to a customer, so nobody can find it here.
"""

import hmac
import uuid
from datetime import datetime

import click
from sqlalchemy import ColumnElement, Select, Table, and_, delete, false, func, or_, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.cases.forgetting import forget_customer
from cem.errors import BadInput
from cem.models import metadata
from cem.serving import opened
from cem.settings import read_settings
from cem.studio.commands import ACTOR
from surveys.database import utc_now
from surveys.formats.exports import read_versions
from surveys.models import Customer, Invitation, Response
from surveys.questionnaire import scores
from surveys.responses import forget
from surveys.touchpoints import customer_id_of

ACTION = "customers:erase"
# Every table that holds something of a customer. A row goes where its `customer_id` is the customer's, or where its
# `survey_id` and `response_id` are those of a response of theirs. They go in the order in which the inbox fills them,
# so that the two never wait for each other in a ring, and then what points at another before it.
# A new table with one of these columns stands here, or below with the reason why it is kept; a test holds it.
ERASED = (
    "response",
    "draft",
    "arrival",
    "reply_address",
    "comment_reading",
    "comment_correction",
    "quality_decision",
    "case_signal",
    "alert_run",
    "contact_detail",
    "customer_record",
    "encounter",
    "invitation",
    "customer",
)
KEPT = {
    "audit_event": "who did what stays provable; of an erasure it holds a digest of the reference and counts",
    "customer_case": "what the company did stays; whom it was about, and their words, are taken out of it",
    "kpi_snapshot": "what somebody was paid on stays as it was decided; it holds counts, and nobody's answers",
}

# The invitations of a customer by their surveys: an invitation's id is that of the response to it.
Invited = dict[uuid.UUID, list[uuid.UUID]]


class UnknownCustomer(BadInput):
    pass


def held(session: Session, reference: str) -> dict[str, int]:
    """How many rows of each table are held about a customer; UnknownCustomer where there are none."""
    customer_id = customer_id_of(reference)
    invited = _invited(session, customer_id)
    counts = {name: session.scalar(_count(metadata.tables[name], customer_id, invited)) or 0 for name in ERASED}
    if not any(counts.values()):
        raise UnknownCustomer("No customer has this reference, or what was held about them is removed already.")
    return counts


def erase(session: Session, now: datetime, actor: str, reference: str, secret: str) -> dict[str, int]:
    """Remove what is held about a customer; how many rows went from each table.

    UnknownCustomer where nothing is held. The audit row names a digest of the reference that nobody can make, or look
    for by trying references, without the installation's secret.
    """
    customer_id = customer_id_of(reference)
    # An encounter that arrives meanwhile waits until the customer is gone.
    session.get(Customer, customer_id, with_for_update=True)
    counts = held(session, reference)
    invited = _invited(session, customer_id)
    forget_customer(session, customer_id)
    for name in ERASED:
        if name == Response.__tablename__:
            counts[name] = sum(_forget(session, survey_id, ids) for survey_id, ids in invited.items())
        else:
            table = metadata.tables[name]
            session.connection().execute(delete(table).where(_is_of(table, customer_id, invited)))
    session.expire_all()
    digest = hmac.digest(secret.encode(), f"erased customer\0{reference}".encode(), "sha256").hex()
    audit(session, now, actor, ACTION, digest, **counts)
    return counts


def _invited(session: Session, customer_id: uuid.UUID) -> Invited:
    invited: Invited = {}
    statement = select(Invitation.survey_id, Invitation.invitation_id).where(Invitation.customer_id == customer_id)
    for survey_id, invitation_id in session.execute(statement):
        invited.setdefault(survey_id, []).append(invitation_id)
    return invited


def _forget(session: Session, survey_id: uuid.UUID, response_ids: list[uuid.UUID]) -> int:
    versions = read_versions(session, survey_id)
    return forget(session.connection(), survey_id, response_ids, lambda version, said: scores(versions[version], said))


def _count(table: Table, customer_id: uuid.UUID, invited: Invited) -> Select[int]:
    return select(func.count()).select_from(table).where(_is_of(table, customer_id, invited))


def _is_of(table: Table, customer_id: uuid.UUID, invited: Invited) -> ColumnElement[bool]:
    """Whether a row of a table is about this customer or a response of theirs."""
    parts: list[ColumnElement[bool]] = []
    if "customer_id" in table.c:
        parts.append(table.c.customer_id == customer_id)
    if "response_id" in table.c:
        parts += [and_(table.c.survey_id == survey, table.c.response_id.in_(ids)) for survey, ids in invited.items()]
    return or_(false(), *parts)


@click.command("erase-customer")
@click.argument("reference")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def erase_customer(reference: str, dry_run: bool, yes: bool) -> None:
    """Remove what is held about the customer with your REFERENCE: addresses, encounters, invitations and answers.

    The score counts lose these answers in the same moment. Kept are the snapshots of reward periods, which are counts,
    and the audit trail, which names the customer by a digest.
    """
    settings, now = read_settings(), utc_now()
    with opened(settings) as database:
        with database.read() as session:
            counts = held(session, reference)
        _tell(counts)
        if dry_run:
            click.echo("Nothing was changed.")
            return
        if not yes:
            click.confirm("Remove all of this? It cannot be taken back.", abort=True)
        with database.write() as session:
            counts = erase(session, now, ACTOR, reference, settings.secret_key)
    click.echo(f"{sum(counts.values())} rows were removed.")


def _tell(counts: dict[str, int]) -> None:
    for name, count in counts.items():
        if count:
            click.echo(f"{count:>6}  {name}")
