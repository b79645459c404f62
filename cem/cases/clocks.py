"""The clocks of a case: when it is to be acknowledged, contacted in person and resolved, and who hears of it when.

Everything here is arithmetic on a case with a calendar: nothing is read and nothing is written elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cem.calendar.hours import BusinessCalendar
from cem.cases.models import Case
from cem.cases.terms import Terms
from surveys.languages import N_

ACKNOWLEDGE, CONTACT, RESOLVE = "acknowledge", "contact", "resolve"
CLOCK_NAMES = {ACKNOWLEDGE: N_("Acknowledge"), CONTACT: N_("First contact"), RESOLVE: N_("Resolve")}
# At which share of a clock's time somebody is told: the owner, the manager, the next level.
MARKS = (50, 80, 100)


@dataclass(frozen=True)
class Clock:
    """One promise that runs."""

    name: str
    start: datetime
    due: datetime
    around_the_clock: bool = False

    def moment(self, mark: int, calendar: BusinessCalendar) -> datetime:
        """When so many percent of its time are over."""
        if mark == 100:
            return self.due
        if self.around_the_clock:
            return self.start + (self.due - self.start) * mark / 100
        return calendar.add(self.start, calendar.between(self.start, self.due) * mark / 100)


def start_clocks(case: Case, terms: Terms, calendar: BusinessCalendar, opened: datetime) -> None:
    """Set what is promised from the opening on, by the case's severity; used again when the severity changes."""
    promise = terms.promise(case.severity)
    case.acknowledge_due = (
        opened + promise.acknowledge if promise.around_the_clock else calendar.add(opened, promise.acknowledge)
    )
    if promise.acknowledge == timedelta(0):
        case.acknowledge_due = opened
    case.contact_due = calendar.add(opened, promise.contact)
    start_resolving(case, terms, calendar, max(case.reopened_at or opened, opened))


def start_resolving(case: Case, terms: Terms, calendar: BusinessCalendar, start: datetime) -> None:
    """The clock to resolve begins anew, as when a case is opened again."""
    case.resolve_from = start
    case.resolve_due = calendar.add(start, terms.promise(case.severity).resolve)


def resume_resolving(case: Case, calendar: BusinessCalendar, now: datetime) -> None:
    """The customer has answered: what was left of the time when the waiting began is left now."""
    if case.waiting_since is not None:
        if case.waiting_since < case.resolve_due:
            case.resolve_due = calendar.add(now, calendar.between(case.waiting_since, case.resolve_due))
        case.waiting_since = None


def running(case: Case, terms: Terms) -> Iterator[Clock]:
    """The clocks that run."""
    if case.closed_at is not None or case.resolved_at is not None:
        return
    if case.acknowledged_at is None:
        around = terms.promise(case.severity).around_the_clock
        yield Clock(ACKNOWLEDGE, case.opened_at, case.acknowledge_due, around)
    if case.contacted_at is None:
        yield Clock(CONTACT, case.opened_at, case.contact_due)
    if case.waiting_since is None:
        yield Clock(RESOLVE, case.resolve_from, case.resolve_due)


def refresh(case: Case, terms: Terms, calendar: BusinessCalendar) -> None:
    """Write down the nearest due moment and the next mark of which nobody was told."""
    clocks = list(running(case, terms))
    case.due_at = min((clock.due for clock in clocks), default=None)
    case.escalate_at = min((moment for _, _, moment in _untold(case, clocks, calendar)), default=None)


def marks_passed(case: Case, terms: Terms, calendar: BusinessCalendar, now: datetime) -> list[tuple[Clock, int]]:
    """The marks that are over and of which nobody was told, the highest of each clock alone."""
    passed: dict[str, tuple[Clock, int]] = {}
    for clock, mark, moment in _untold(case, running(case, terms), calendar):
        if moment <= now:
            passed[clock.name] = (clock, mark)
    return list(passed.values())


def told(clock: Clock, mark: int) -> Iterator[str]:
    """How a mark, and those below it, are written down."""
    return (f"{clock.name}:{one}" for one in MARKS if one <= mark)


def _untold(
    case: Case, clocks: Iterator[Clock] | list[Clock], calendar: BusinessCalendar
) -> Iterator[tuple[Clock, int, datetime]]:
    for clock in clocks:
        for mark in MARKS:
            if f"{clock.name}:{mark}" not in case.escalated:
                yield clock, mark, clock.moment(mark, calendar)
