"""The promises of a case: their due moments, what stops them, and who hears of them when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cem.calendar.hours import USUAL_HOURS, BusinessCalendar
from cem.cases.clocks import marks_passed, refresh, resume_resolving, start_clocks, told
from cem.cases.models import Case
from cem.cases.terms import Terms
from tests.cem.cases.conftest import TEHRAN, WEDNESDAY

TERMS = Terms()
CALENDAR = BusinessCalendar(TEHRAN, USUAL_HOURS, frozenset())


def here(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=TEHRAN).astimezone(UTC)


def case(severity: int, opened: datetime = WEDNESDAY, **others: Any) -> Case:
    one = Case(severity=severity, opened_at=opened, escalated=[], reopened_at=None, **others)
    start_clocks(one, TERMS, CALENDAR, opened)
    return one


def test_sev1_of_wednesday_afternoon_is_contacted_on_thursday_morning() -> None:
    """1.5 hours of Wednesday and 2.5 of Thursday are four; acknowledged within a quarter of an hour, at any hour."""
    one = case(1)

    assert one.acknowledge_due == WEDNESDAY + timedelta(minutes=15)
    assert one.contact_due == here(11, 20, 10, 30)
    # Two days are 18 hours: 1.5, 5 on Thursday, 9 on Saturday, 2.5 on Sunday.
    assert one.resolve_due == here(11, 23, 10, 30)


@pytest.mark.parametrize(
    ("severity", "acknowledge", "contact", "resolve"),
    [
        (2, here(11, 19, 16, 30), here(11, 22, 10, 30), here(11, 26, 10, 30)),
        (3, WEDNESDAY, here(11, 23, 10, 30), here(12, 3, 8, 0)),
        (4, WEDNESDAY, here(11, 26, 10, 30), here(12, 14, 14, 30)),
    ],
)
def test_each_severity_has_its_promises(
    severity: int, acknowledge: datetime, contact: datetime, resolve: datetime
) -> None:
    """Sev2 within 1, 9 and 45 business hours; Sev3 at once, 18 and 90; Sev4 at once, 45 and 180."""
    one = case(severity)

    assert one.acknowledge_due == acknowledge
    assert one.contact_due == contact
    for name, hours in (("resolve_due", {2: 45, 3: 90, 4: 180}[severity]),):
        assert CALENDAR.between(WEDNESDAY, getattr(one, name)) == timedelta(hours=hours)


def test_at_night_a_quarter_of_an_hour_is_a_quarter_of_an_hour() -> None:
    """Safety does not wait for the office; the first contact counts business hours."""
    night = here(11, 21, 2)  # a Friday

    assert case(1, night).acknowledge_due == night + timedelta(minutes=15)
    assert case(1, night).contact_due == here(11, 22, 12)


def test_waiting_stops_the_clock_to_resolve_alone() -> None:
    """What was left of the time is left when the customer answers; the first contact is due all the same."""
    one = case(2)
    contact, left = one.contact_due, CALENDAR.between(here(11, 22, 9), one.resolve_due)
    one.waiting_since = here(11, 22, 9)
    refresh(one, TERMS, CALENDAR)

    assert one.due_at == min(one.acknowledge_due, contact)

    one.acknowledged_at = one.contacted_at = here(11, 22, 9)
    refresh(one, TERMS, CALENDAR)

    assert one.due_at is None

    resume_resolving(one, CALENDAR, here(11, 29, 9))

    assert one.contact_due == contact
    assert CALENDAR.between(here(11, 29, 9), one.resolve_due) == left


def test_who_waits_too_late_gains_nothing() -> None:
    """A clock that ran out before the waiting began stays run out."""
    one = case(3)
    due = one.resolve_due
    one.waiting_since = due + timedelta(days=1)
    resume_resolving(one, CALENDAR, due + timedelta(days=9))

    assert one.resolve_due == due


def test_marks_are_told_at_half_at_80_percent_and_at_the_end() -> None:
    """Half of the nine hours to the first contact are over at 12:30 of the same day."""
    one = case(2, here(11, 22, 8), acknowledged_at=here(11, 22, 8))
    refresh(one, TERMS, CALENDAR)

    assert one.escalate_at == here(11, 22, 12, 30)
    assert marks_passed(one, TERMS, CALENDAR, here(11, 22, 12, 29)) == []

    [(clock, mark)] = marks_passed(one, TERMS, CALENDAR, here(11, 22, 16, 0))

    assert (clock.name, mark) == ("contact", 80)

    one.escalated = list(told(clock, mark))
    refresh(one, TERMS, CALENDAR)

    assert one.escalated == ["contact:50", "contact:80"]
    assert one.escalate_at == one.contact_due


def test_what_is_resolved_or_closed_has_no_clock() -> None:
    """Nothing is due any more."""
    one = case(2, resolved_at=WEDNESDAY)
    refresh(one, TERMS, CALENDAR)

    assert (one.due_at, one.escalate_at) == (None, None)
