"""Somebody is told by mail of what a standing rule has found, in words that name no customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cem.alerts.falls import Fall
from cem.alerts.keeping import Kept
from cem.alerts.rules import told_at
from cem.cases.desk import Desk
from cem.cases.messages import templates
from cem.cases.models import Case
from cem.cases.statuses import KINDS
from cem.digests.models import DigestSubscription
from cem.people.models import Account
from cem.scorecards.offers import Offers
from surveys.delivery import mail
from surveys.delivery.outbox import put
from surveys.languages import N_, Language, language

TOLD, NOBODY = "told", "nobody"
# So many lines are read; the page has the rest.
SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A case, or a KPI that has fallen."""

    case: Case | None = None
    fall: Fall | None = None


def tell(desk: Desk, kept: Kept, offers: Offers, account: str, lines: Sequence[Line]) -> bool:
    """One letter for all of it, when the rule's active hours have come; False where there is no address."""
    found = desk.session.execute(
        select(Account.email, Account.full_name, DigestSubscription.language)
        .join(DigestSubscription, DigestSubscription.account_id == Account.account_id, isouter=True)
        .where(Account.name == account, Account.disabled_at.is_(None))
    ).first()
    if found is None or found.email is None:
        return False
    spoken = language(found.language or "fa")
    title = spoken.own({str(code): text for code, text in kept.rule.names.items()})
    context = {
        "name": found.full_name,
        "title": title,
        "lines": [_line(desk, spoken, offers, line) for line in lines[:SHOWN]],
        "more": max(0, len(lines) - SHOWN),
        "page": f"{desk.settings.base_url}/alerts/log?rule={kept.code}&lang={spoken.code}",
    }
    put(
        desk.session,
        desk.now,
        kind=mail.KIND,
        recipient=found.email,
        key=f"alert:{kept.code}:{account}:{desk.now.isoformat()}"[:200],
        payload={
            "subject": title,
            "text": templates(desk.settings.own_templates).render(spoken, "email/alert.txt", **context),
            "html": templates(desk.settings.own_templates).render(spoken, "email/alert.html", **context),
            "language": spoken.code,
            "stop": "",
        },
        due_at=told_at(kept.rule, desk.now, desk.settings.zone),
    )
    return True


def _line(desk: Desk, spoken: Language, offers: Offers, line: Line) -> tuple[str, str]:
    """The words of a line, and where it leads."""
    base = desk.settings.base_url
    if line.fall is not None:
        fall = line.fall
        unit = spoken.own(offers.units[fall.unit].names) if fall.unit else spoken.gettext(N_("Whole company"))
        places = fall.kpi.places
        values = {
            "unit": unit,
            "kpi": fall.kpi.short_name(spoken),
            "before": fall.kpi.write(spoken, fall.before.value or 0.0, places),
            "after": fall.kpi.write(spoken, fall.after.value or 0.0, places),
            "n": spoken.number(fall.after.n),
        }
        told = spoken.fill(N_("%(unit)s: %(kpi)s fell from %(before)s to %(after)s (%(n)s answers)"), values)
        return told, f"{base}/scorecards?unit={fall.unit}&kpi={fall.kpi.series}&lang={spoken.code}"
    case = line.case
    if case is None:
        raise TypeError("a line is of a case or of a KPI")
    values = {
        "number": case.number,
        "kind": spoken.gettext(KINDS[case.kind]),
        "severity": str(case.severity),
        "unit": spoken.own(offers.units[case.unit].names) if case.unit in offers.units else case.unit,
    }
    told = spoken.fill(N_("%(number)s: %(kind)s, severity %(severity)s, %(unit)s"), values)
    if case.due_at is not None:
        due = {"moment": spoken.moment(case.due_at, desk.settings.zone)}
        told += spoken.fill(N_("; due %(moment)s"), due)
    return told, f"{base}/cases/{case.number}?lang={spoken.code}"
