"""What every act on a case needs at hand: the transaction, the moment, who acts, what is promised, and the calendar."""

import itertools
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.calendar.calendars import read_calendar
from cem.calendar.hours import BusinessCalendar
from cem.cases.clocks import refresh
from cem.cases.models import Case, CaseEvent
from cem.cases.statuses import UnknownCase
from cem.cases.terms import Terms, read_terms
from cem.settings import Settings
from surveys.database import NIL, day_of, new_id
from surveys.languages import ascii_digits
from surveys.links import Links

# Who acts where nobody did.
ITSELF = "cem"
CUSTOMER = "customer"
LEFT_TO_RIGHT_MARK = "\u200e"


@dataclass(frozen=True)
class Desk:
    """One person's hands on cases, in one transaction, at one moment."""

    session: Session
    settings: Settings
    now: datetime
    actor: str
    terms: Terms
    calendar: BusinessCalendar
    # What tells one sent form from another; a form that is sent twice acts once.
    form: str = ""
    _moments: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @classmethod
    def open(cls, session: Session, settings: Settings, now: datetime, actor: str, *, form: str = "") -> Self:
        return cls(session, settings, now, actor, read_terms(session), read_calendar(session, settings.zone), form)

    @property
    def today(self) -> date:
        return day_of(self.now, self.settings.zone)

    def new_id(self) -> uuid.UUID:
        """Ids of one desk follow each other, so that what happened in one act keeps its order."""
        return new_id(self.now + timedelta(milliseconds=next(self._moments)))

    def record(self, case: Case, kind: str, /, **details: Any) -> None:
        """Add to the history of a case and to the audit trail, and set its clocks anew."""
        refresh(case, self.terms, self.calendar)
        self.session.flush()
        kept = {**details, "form": self.form} if self.form else details
        self.session.add(
            CaseEvent(
                event_id=self.new_id(), case_id=case.case_id, at=self.now, actor=self.actor, kind=kind, details=kept
            )
        )
        audit(self.session, self.now, self.actor, f"case:{kind}", case.number, **details)

    def own_page(self, case: Case) -> str:
        """The address of the customer's own page of this case."""
        return own_page(self.settings, case)


def own_page(settings: Settings, case: Case) -> str:
    links = Links(settings.secret_key)
    if case.survey_id is None or case.response_id is None:
        token = links.own_page(NIL, case.case_id)
    else:
        token = links.own_page(case.survey_id, case.response_id)
    return f"{settings.base_url}/c/{token}"


def is_erased(case: Case) -> bool:
    """Whether its customer was erased: nothing tells any more what it was about."""
    return case.survey_id is None and not case.words


def find_case(session: Session, number: str, *, change: bool = False) -> Case:
    """The case of a number, held until the transaction ends where it is to be changed; UnknownCase where there is none.

    Digits of either language are taken, with or without hyphens or spaces.
    """
    statement = select(Case).where(Case.number == _grouped("".join(re.findall(r"[0-9]", ascii_digits(number)))))
    if change:
        # Read anew once it is held: somebody may have changed it since it was looked up.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    case = session.scalar(statement)
    if case is None:
        raise UnknownCase
    return case


def number_of(case_id: uuid.UUID) -> str:
    """A number to say aloud in either language, ten digits from the random end of the id: 482-173-0629."""
    return _grouped(f"{(case_id.int & (1 << 56) - 1) % 10**10:010}")


def in_line(number: str) -> str:
    """A case's number for a line of text: its groups keep their order among Persian words, in any mail program."""
    return f"{LEFT_TO_RIGHT_MARK}{number}"


def _grouped(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
