"""Whether customers are asked within the rules: not too often, and never after they said no."""

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from cem.programme.evidence.found import Found, Gather, Moment, share
from cem.programme.evidence.reading import days_between, first_id, since
from cem.programme.scoring import HIGHEST
from surveys.languages import N_
from surveys.models import Customer, Invitation, Survey
from surveys.touchpoints import REST

# A single 'no' that was not heard outweighs all rules that were kept.
UNHEARD = 1
OPT_OUT_IGNORED = N_("At least one customer was invited after opting out.")
RECENT = 90


def invited_within_rules(reader: Session, moment: Moment) -> Found | None:
    """4.7: of the invitations, those to customers who had not opted out and had rested from the one before.

    What is asked after a case belongs to the case, and neither counts nor tires.
    """
    opened = since(moment, RECENT)
    reach = opened - REST
    rows = (
        select(
            Invitation.customer_id,
            Invitation.created_at,
            func.lag(Invitation.created_at)
            .over(partition_by=Invitation.customer_id, order_by=(Invitation.created_at, Invitation.invitation_id))
            .label("before"),
        )
        .where(
            Invitation.survey_id.in_(select(Survey.survey_id).where(Survey.kind != "recovery")),
            Invitation.invitation_id >= first_id(reach),
            Invitation.created_at >= reach,
        )
        .subquery()
        .c
    )
    unheard = and_(Customer.opted_out_at.is_not(None), Customer.opted_out_at <= rows.created_at)
    tired = and_(rows.before.is_not(None), days_between(reader, rows.created_at, rows.before) < REST.days)
    n, ignored, outside = reader.execute(
        select(
            func.count(),
            func.sum(case((unheard, 1), else_=0)),
            func.sum(case((unheard | tired, 1), else_=0)),
        )
        .select_from(rows.customer_id.table)
        .outerjoin(Customer, Customer.customer_id == rows.customer_id)
        .where(rows.created_at >= opened)
    ).one()
    return share(
        int(n) - int(outside or 0),
        int(n),
        cap=UNHEARD if ignored else HIGHEST,
        caution=OPT_OUT_IGNORED if ignored else "",
        address="/quality",
    )


REGISTRY: dict[str, Gather] = {"4.7": invited_within_rules}
