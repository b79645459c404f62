"""A case's history in plain words: what was done, by whom, and never a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cem.cases.clocks import CLOCK_NAMES
from cem.cases.desk import CUSTOMER, ITSELF
from cem.cases.models import CaseEvent
from cem.cases.statuses import OUTCOMES
from surveys.languages import ISOLATE, N_, POP_ISOLATE, Language

SEVERITY_WORDS = {1: N_("Critical"), 2: N_("High"), 3: N_("Medium"), 4: N_("Low")}
CONTACT_NAMES = {
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "sms": N_("Text message"),
    "in_person": N_("In person"),
    "letter": N_("Letter"),
    "messenger": N_("Messenger"),
}

EVENTS = {
    "open": N_("The case was opened"),
    "acknowledge": N_("Taken up"),
    "assign": N_("Given to %(owner)s"),
    "contact:reached": N_("The customer was reached: %(channel)s"),
    "contact:missed": N_("An attempt to reach the customer failed: %(channel)s"),
    "reply": N_("The customer was answered"),
    "reply:kept": N_("The customer was answered, in time as promised"),
    "reply:late": N_("The customer was answered, later than promised"),
    "note": N_("A note for colleagues"),
    "message": N_("The customer wrote"),
    "investigate": N_("It is being looked into"),
    "propose": N_("A solution was proposed to the customer"),
    "wait": N_("Waiting for the customer"),
    "resume": N_("It goes on after waiting"),
    "severity": N_("Severity changed from %(before)s to %(severity)s"),
    "promise": N_("The customer was promised an answer by %(until)s"),
    "escalate": N_("%(mark)s of the time is over (%(clock)s); told: %(account)s"),
    "escalate:over": N_("A promise was not kept in time (%(clock)s); told: %(account)s"),
    "signal": N_("The customer answered again"),
    "logged": N_("A colleague heard from the customer again"),
    "resolve": N_("Resolved: %(outcome)s; cause: %(cause)s"),
    "confirm": N_("The customer confirmed that it is solved"),
    "close": N_("Closed"),
    "reopen": N_("Opened again"),
    "reopen:not_solved": N_("Opened again: the customer says that it is not solved"),
    "reopen:message": N_("Opened again: the customer wrote"),
    "reopen:recovery": N_("Opened again: the survey after the resolution had a low score"),
    "merge": N_("Merged into %(into)s"),
    "merged_here": N_("%(case)s was merged into this case"),
    "unreachable": N_("The customer could not be reached, after %(attempts)s attempts"),
    "withdraw": N_("The customer wants nothing more to be done"),
    "task": N_("Asked for help: %(unit)s"),
    "task_done": N_("The task is done: %(unit)s"),
    "remedy": N_("A remedy was offered: %(remedy)s%(amount)s"),
    "remedy:waits": N_("A remedy waits for approval: %(remedy)s%(amount)s"),
    "remedy_decided:yes": N_("A remedy was approved: %(remedy)s%(amount)s"),
    "remedy_decided:no": N_("A remedy was refused: %(remedy)s%(amount)s"),
    "commend": N_("Praise was passed on"),
    "quiet": N_("The customer wants to be answered on their own page alone"),
    "told": N_("The customer was told what was changed"),
    "recovery": N_("The customer was asked how it was handled"),
    "recovered": N_("The customer answered how it was handled"),
}
ANOTHER = N_("Something else was done")


@dataclass(frozen=True)
class Names:
    """Names of accounts, units, causes and remedies in the reader's language."""

    accounts: Mapping[str, str]
    units: Mapping[str, str]
    causes: Mapping[str, str]
    remedies: Mapping[str, str]

    def account(self, name: str | None, spoken: Language) -> str:
        """A person's name; the customer and the program have names of their own."""
        if not name:
            return spoken.gettext(N_("nobody"))
        if name in {CUSTOMER, ITSELF}:
            return spoken.gettext({CUSTOMER: N_("the customer"), ITSELF: N_("cem, by itself")}[name])
        return self.accounts.get(name, name)


def in_words(event: CaseEvent, spoken: Language, names: Names, moment: Mapping[str, str] | None = None) -> str:
    """What happened; `moment` has what was promised, already written."""
    details = event.details
    text = EVENTS.get(_kind(event), EVENTS.get(event.kind, ANOTHER))
    account = names.account(details.get("account"), spoken)
    amount = details.get("amount") or 0
    values = {
        "owner": _isolated(names.account(details.get("owner"), spoken)),
        "channel": spoken.gettext(CONTACT_NAMES.get(str(details.get("channel")), N_("another way"))),
        "before": _severity(details.get("before"), spoken),
        "severity": _severity(details.get("severity"), spoken),
        "until": (moment or {}).get("until", ""),
        "mark": spoken.percent(details["mark"]) if isinstance(details.get("mark"), int) else "",
        "clock": spoken.gettext(CLOCK_NAMES.get(str(details.get("clock")), "")),
        "account": _isolated(account),
        "outcome": spoken.gettext(OUTCOMES.get(str(details.get("outcome")), N_("another way"))),
        "cause": names.causes.get(str(details.get("cause")), spoken.gettext(N_("another cause"))),
        "into": _isolated(str(details.get("into", ""))),
        "case": _isolated(str(details.get("case", ""))),
        "attempts": details.get("attempts", ""),
        "unit": names.units.get(str(details.get("unit")), spoken.gettext(N_("another unit"))),
        "remedy": names.remedies.get(str(details.get("remedy")), spoken.gettext(N_("a remedy"))),
        "amount": spoken.fill(N_(", %(amount)s rials"), {"amount": spoken.number(amount)}) if amount else "",
    }
    return spoken.fill(text, values)


def _kind(event: CaseEvent) -> str:
    """The event with what decides its words."""
    details = event.details
    finer: dict[str, object] = {
        "contact": "reached" if details.get("reached") else "missed",
        "reply": {True: "kept", False: "late"}.get(details.get("promise_kept", "")),
        "escalate": "over" if details.get("mark") == 100 else None,
        "reopen": details.get("why"),
        "remedy": "waits" if details.get("granted") is None else None,
        "remedy_decided": "yes" if details.get("granted") else "no",
    }
    return f"{event.kind}:{finer[event.kind]}" if finer.get(event.kind) else event.kind


def _severity(value: object, spoken: Language) -> str:
    return spoken.gettext(SEVERITY_WORDS[value]) if isinstance(value, int) and value in SEVERITY_WORDS else ""


def _isolated(text: str) -> str:
    return f"{ISOLATE}{text}{POP_ISOLATE}"


def promised(event: CaseEvent) -> datetime | None:
    """Until when an answer was promised."""
    return datetime.fromisoformat(event.details["until"]) if event.kind == "promise" else None
