"""Colleagues are told of a case by mail, in words that name no customer: what it is, and by when."""

from datetime import datetime

from sqlalchemy import select

from cem.cases.clocks import CLOCK_NAMES
from cem.cases.desk import Desk, in_line
from cem.cases.messages import templates
from cem.cases.models import Case
from cem.cases.statuses import KINDS
from cem.cases.terms import SEVERITY_NAMES
from cem.digests.models import DigestSubscription
from cem.people.models import Account
from surveys.delivery import mail
from surveys.delivery.outbox import put
from surveys.languages import N_, Language, language
from surveys.models import Unit

# Why somebody hears of a case; a mark of a clock is written 'contact:80'.
REASONS = {
    "open": N_("A new case is yours"),
    "assign": N_("A case was given to you"),
    "signal": N_("The customer of a case has answered again"),
    "message": N_("The customer of a case has written"),
    "reopen": N_("A case was opened again"),
    "task": N_("A case needs something from your unit"),
    "remedy": N_("A remedy waits for your approval"),
    "decided": N_("A remedy that you offered was decided about"),
    "50": N_("Half of the time for a case is over"),
    "80": N_("Little time is left for a case"),
    "100": N_("A promise to a customer is overdue"),
}
# Told at any time, whatever the hour: these are not to wait.
SUBJECT = N_("%(reason)s: %(number)s")


def notify(
    desk: Desk, case: Case, account: str, reason: str, *, unique: datetime | None = None, due_at: datetime | None = None
) -> bool:
    """Tell a colleague, once for each reason; whether there is something to send.

    `unique` tells one from another of the same reason, such as the end of a clock that was set anew.
    """
    found = desk.session.execute(
        select(Account.email, Account.full_name, DigestSubscription.language)
        .join(DigestSubscription, DigestSubscription.account_id == Account.account_id, isouter=True)
        .where(Account.name == account)
    ).first()
    if found is None or found.email is None:
        return False
    spoken = language(found.language or "fa")
    clock, _, mark = reason.rpartition(":")
    words = spoken.gettext(REASONS[mark])
    unit = desk.session.get(Unit, case.unit)
    context = {
        "case": case,
        "name": found.full_name,
        "reason": words,
        "clock": spoken.gettext(CLOCK_NAMES[clock]) if clock else "",
        "kind": spoken.gettext(KINDS[case.kind]),
        "severity": spoken.gettext(SEVERITY_NAMES[case.severity]),
        "unit": spoken.own(unit.names) if unit else case.unit,
        "due": _due(desk, case, spoken),
        "page": f"{desk.settings.base_url}/cases/{case.number}?lang={spoken.code}",
    }
    moment = (unique or desk.now).isoformat()
    return put(
        desk.session,
        desk.now,
        kind=mail.KIND,
        recipient=found.email,
        key=f"case-notice:{case.case_id.hex}:{account}:{reason}:{moment}"[:200],
        payload={
            "subject": spoken.fill(SUBJECT, {"reason": words, "number": in_line(case.number)}),
            "text": templates(desk.settings.own_templates).render(spoken, "email/case_notice.txt", **context),
            "html": templates(desk.settings.own_templates).render(spoken, "email/case_notice.html", **context),
            "language": spoken.code,
            "stop": "",
        },
        due_at=due_at,
    )


def _due(desk: Desk, case: Case, spoken: Language) -> str:
    return "" if case.due_at is None else spoken.moment(case.due_at, desk.settings.zone)
