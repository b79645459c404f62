"""Encounters, and whether a customer may be asked about them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.languages import jalali_to_date
from surveys.models import Customer, Encounter, Invitation, Journey, Survey, SurveyVersion, Touchpoint, Unit
from surveys.touchpoints import KeyReused, Met, NotInvited, UnknownCode, record_encounter

NOW = datetime(2025, 10, 7, 9, 0, tzinfo=UTC)


@pytest.fixture
def session(database: Database, visit: SurveyVersion) -> Iterator[Session]:
    """A company of one branch with two touchpoints; the survey above is asked at one of them."""
    with database.write() as session:
        session.add(Unit(code="vanak", names={"en": "Vanak"}, valid_from=date(2020, 1, 1)))
        session.add(Unit(code="closed", names={"en": "C"}, valid_from=date(2020, 1, 1), valid_to=date(2024, 1, 1)))
        session.add(Journey(code="banking", names={"en": "Banking"}))
        session.flush()
        for code, survey in (("branch", visit.survey_id), ("atm", None)):
            session.add(
                Touchpoint(
                    code=code,
                    names={"en": code},
                    journey="banking",
                    stage="use",
                    channel="branch",
                    owner="vanak",
                    standard={},
                    transactional_survey=survey,
                )
            )
        session.flush()
        yield session


def met(key: str = "1", **named: Any) -> Met:
    values: dict[str, Any] = {
        "sender": "core",
        "key": key,
        "customer": "c1",
        "touchpoint": "branch",
        "unit": "vanak",
        "occurred_at": NOW - timedelta(hours=1),
    }
    return Met(**(values | named))


def test_a_due_survey_gives_a_link(session: Session, visit: SurveyVersion) -> None:
    """The invitation names the encounter's place and expires as the questionnaire says."""
    outcome = record_encounter(session, met(), NOW)
    session.flush()

    invitation = session.scalars(select(Invitation)).one()
    assert outcome.invitation is not None
    assert outcome.invitation.survey_id == visit.survey_id
    assert outcome.invitation.invitation_id == invitation.invitation_id
    assert (invitation.touchpoint, invitation.unit, invitation.channel) == ("branch", "vanak", "branch")
    assert invitation.expires_at == NOW + timedelta(days=30)


def test_sending_twice_is_once(session: Session) -> None:
    """The same key with the same content gives the same link and adds nothing."""
    first = record_encounter(session, met(), NOW)
    session.flush()
    again = record_encounter(session, met(), NOW + timedelta(minutes=5))
    session.flush()

    assert again.repeated
    assert again.invitation == first.invitation
    assert len(session.scalars(select(Encounter)).all()) == 1
    assert len(session.scalars(select(Invitation)).all()) == 1


def test_the_moment_may_be_told_in_any_time_zone(session: Session) -> None:
    """A retry that writes the same moment with another offset is a retry."""
    record_encounter(session, met(), NOW)
    session.flush()
    elsewhere = met().occurred_at.astimezone(ZoneInfo("Asia/Tehran"))

    assert record_encounter(session, met(occurred_at=elsewhere), NOW).repeated


def test_tries_that_overtake_each_other(session: Session, database: Database) -> None:
    """An impatient sender's tries arrive at once: one is the first, the others are told the same."""
    session.commit()

    def send(_: int) -> tuple[bool, object]:
        with database.write() as own:
            outcome = record_encounter(own, met(), NOW)
        return outcome.repeated, outcome.invitation

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(send, range(8)))

    assert sorted(repeated for repeated, _ in outcomes) == [False] + [True] * 7
    assert len({invitation for _, invitation in outcomes}) == 1
    assert len(session.scalars(select(Encounter)).all()) == 1


def test_encounters_at_once_of_a_customer(session: Session, database: Database) -> None:
    """Two systems tell of one visit under keys of their own: one of them gets the link."""
    session.add(Customer(customer_id=met().customer_id, reference="c1", language="fa"))
    session.commit()

    def send(key: str) -> NotInvited | None:
        with database.write() as own:
            return record_encounter(own, met(key), NOW).not_invited

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(send, [f"{n}" for n in range(8)]))

    assert outcomes.count(None) == 1
    assert len(session.scalars(select(Invitation)).all()) == 1


def test_a_key_for_something_else_is_refused(session: Session) -> None:
    """The same key with another content is the sender's mistake."""
    record_encounter(session, met(), NOW)
    session.flush()

    for other in ({"occurred_at": NOW}, {"customer": "c2"}):
        with pytest.raises(KeyReused):
            record_encounter(session, met(**other), NOW)


def test_another_sender_may_use_the_same_key(session: Session) -> None:
    """Keys belong to their senders."""
    record_encounter(session, met(), NOW)
    session.flush()

    assert not record_encounter(session, met(sender="app"), NOW).repeated


@pytest.mark.parametrize(
    ("field", "values"),
    [("touchpoint", {"touchpoint": "nowhere"}), ("unit", {"unit": "nowhere"}), ("unit", {"unit": "closed"})],
)
def test_unknown_places_are_refused(session: Session, field: str, values: dict[str, Any]) -> None:
    """A touchpoint or unit that is not there, or no longer, names its field and adds nothing."""
    with pytest.raises(UnknownCode) as refused:
        record_encounter(session, met(**values), NOW)

    assert refused.value.field == field
    assert session.scalars(select(Customer)).all() == []


def test_who_is_being_helped_is_not_asked(session: Session) -> None:
    """A customer with a severe case open is left in peace, and the reason is kept."""
    assert record_encounter(session, met(), NOW, lambda *_: True).not_invited == NotInvited.OPEN_CASE
    assert set(session.scalars(select(Encounter.not_invited))) == {"open_case"}


def test_fatigue(session: Session) -> None:
    """Invited on 1 Mehr: a new event on 20 Mehr is skipped, one on 2 Aban is invited."""
    tehran = ZoneInfo("Asia/Tehran")

    def at(month: int, day: int) -> datetime:
        return datetime.combine(jalali_to_date(1404, month, day), datetime.min.time(), tehran) + timedelta(hours=10)

    outcomes = []
    for key, now in (("a", at(7, 1)), ("b", at(7, 20)), ("c", at(8, 2))):
        outcomes.append(record_encounter(session, met(key, occurred_at=now - timedelta(hours=1)), now).not_invited)
        session.flush()

    assert outcomes == [None, NotInvited.FATIGUE_30D, None]
    assert set(session.scalars(select(Encounter.not_invited))) == {None, "fatigue_30d"}


def test_every_no_has_its_reason(session: Session, visit: SurveyVersion) -> None:
    """No survey here, too long ago, opted out, closed: each encounter is kept with why nobody was asked."""
    customer = met().customer_id
    session.add(Customer(customer_id=customer, reference="c1", language="fa", opted_out_at=None))
    session.flush()

    def reason(key: str, **named: Any) -> NotInvited | None:
        outcome = record_encounter(session, met(key, **named), NOW)
        session.flush()
        return outcome.not_invited

    assert reason("1", touchpoint="atm") is NotInvited.NO_SURVEY
    assert reason("2", occurred_at=NOW - timedelta(hours=25)) is NotInvited.NOT_FRESH
    session.get_one(Customer, customer).opted_out_at = NOW
    assert reason("3") is NotInvited.OPTED_OUT
    session.get_one(Survey, visit.survey_id).closed_at = NOW
    assert reason("4", customer="c2") is NotInvited.NO_SURVEY
