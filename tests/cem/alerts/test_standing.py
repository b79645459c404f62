"""Rules that watch what no single answer shows: each tells somebody once, and writes down that it did."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from cem.alerts.falls import find_falls
from cem.alerts.keeping import keep_rule, put_in_force
from cem.alerts.models import AlertRun
from cem.alerts.rules import Rule
from cem.alerts.standing import nothing_overdue, watch_kpis, watch_promises
from cem.cases.models import Case, Recovery
from cem.cases.opening import open_or_attach
from cem.people.models import Account
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from surveys.database import Database
from surveys.models import Outgoing, Survey
from tests.cem.cases.conftest import CUSTOMERS, WEDNESDAY, At, Signalled, at, loop, signal
from tests.cem.conftest import TODAY

__all__ = ["at", "loop", "signal"]
NAMES = {"fa": "دیرشده", "en": "Late"}
LATER = WEDNESDAY + timedelta(days=30)
NOW = WEDNESDAY
Keep = Callable[..., None]


@pytest.fixture
def keep(database: Database, accounts: None) -> Keep:
    """A rule in force, and people who can be told."""

    def written(**document: object) -> None:
        with database.write() as session:
            keep_rule(session, NOW, "cx_manager", "watch", {"names": NAMES, **document})
            put_in_force(session, NOW, "cx_manager", "watch", enabled=True)
            for name in ("cx_manager", "unit_manager", "executive"):
                changed = update(Account).where(Account.name == name).values(email=f"{name}@bank.example")
                session.execute(changed)

    return written


def told(database: Database) -> list[tuple[str, str]]:
    """Who was sent what the rule found, and each act of it in the log."""
    with database.read() as reader:
        letters = reader.execute(select(Outgoing.recipient, Outgoing.payload).where(Outgoing.key.startswith("alert:")))
        return [(recipient, payload["text"]) for recipient, payload in letters]


def results(database: Database) -> list[str]:
    with database.read() as reader:
        return list(reader.scalars(select(AlertRun.result).order_by(AlertRun.run_id)))


def test_overdue_promises_are_told_once(
    database: Database, settings: Settings, keep: Keep, at: At, signal: Signalled
) -> None:
    """One letter for all of them, to the person that the rule names; the next look finds nothing."""
    keep(watch="overdue", owner="executive")
    with at(WEDNESDAY) as desk:
        for customer in CUSTOMERS:
            open_or_attach(desk, signal(customer), rule="low", severity=3, kind="complaint")
    with database.read() as reader:
        assert nothing_overdue(reader, settings, WEDNESDAY)
        assert not nothing_overdue(reader, settings, LATER)
    assert watch_promises(database, settings, LATER) == 3
    assert watch_promises(database, settings, LATER + timedelta(minutes=5)) == 0

    [(recipient, words)] = told(database)
    assert recipient == "executive@bank.example"
    with database.read() as reader:
        numbers = list(reader.scalars(select(Case.number)))
    assert all(f"/cases/{number}" in words for number in numbers)
    assert results(database) == ["told"] * 3


def test_other_units_are_not_watched(
    database: Database, settings: Settings, keep: Keep, at: At, signal: Signalled
) -> None:
    """A rule of Tajrish says nothing of Vanak."""
    keep(watch="overdue", units=("tajrish",))
    with at(WEDNESDAY) as desk:
        open_or_attach(desk, signal("mina"), rule="low", severity=3, kind="complaint")

    assert watch_promises(database, settings, LATER) == 0


def test_a_recovery_survey_without_an_answer(
    database: Database, settings: Settings, keep: Keep, at: At, signal: Signalled
) -> None:
    """Whoever has the case is told after the days of the rule; who answered is left in peace."""
    keep(watch="no_recovery", wait_days=5)
    with at(WEDNESDAY) as desk:
        for customer, answered in (("mina", None), ("sara", LATER)):
            case, _ = open_or_attach(desk, signal(customer), rule="low", severity=3, kind="complaint")
            asked = LATER - timedelta(days=6)
            desk.session.add(Recovery(case_id=case.case_id, due_at=asked, asked_at=asked, answered_at=answered))

    assert watch_promises(database, settings, LATER - timedelta(days=2)) == 0
    assert watch_promises(database, settings, LATER) == 1
    assert watch_promises(database, settings, LATER) == 0
    assert [recipient for recipient, _ in told(database)] == ["unit_manager@bank.example"]


def test_nobody_to_tell_is_written_down(
    database: Database, settings: Settings, keep: Keep, at: At, signal: Signalled
) -> None:
    """An account without an address hears nothing, and the log says so."""
    keep(watch="overdue", owner="hr")
    with at(WEDNESDAY) as desk:
        open_or_attach(desk, signal("mina"), rule="low", severity=3, kind="complaint")
    watch_promises(database, settings, LATER)

    assert (told(database), results(database)) == ([], ["nobody"])


@pytest.fixture
def scores(answer: Callable[..., None]) -> Callable[..., None]:
    """Forty answers in each of two months: promoters before, and so many promoters after."""

    def given(after: int, n: int = 40, unit: str = "vanak") -> None:
        answer(*[10] * n, day=TODAY - timedelta(days=45), unit=unit)
        answer(*[10] * after, *[0] * (n - after), day=TODAY - timedelta(days=10), unit=unit)

    return given


def test_a_kpi_that_falls(
    database: Database, settings: Settings, keep: Keep, survey: Survey, scores: Callable[..., None]
) -> None:
    """Told to whoever is above the unit, for the unit and what it is part of; then the rule rests about both."""
    keep(watch="kpi", units=("vanak", "tajrish"))
    scores(20)
    now = datetime.combine(TODAY, datetime.min.time(), WEDNESDAY.tzinfo) + timedelta(hours=9)

    assert watch_kpis(database, settings, now) == 1
    assert watch_kpis(database, settings, now + timedelta(days=1)) == 0
    [(recipient, words)] = told(database)
    assert recipient == "cx_manager@bank.example"
    assert "ونک" in words
    assert "unit=vanak" in words
    assert results(database) == ["told"]


def test_what_is_no_fall(database: Database, survey: Survey, scores: Callable[..., None]) -> None:
    """A rise, a fall that chance explains, and a fall among fewer than thirty answers."""
    rule = Rule(names={}, watch="kpi")
    scores(38)
    scores(0, n=29, unit="tajrish")
    with database.read() as reader:
        found = find_falls(reader, Rule(names={}, watch="kpi", units=("vanak", "tajrish")), read_offers(reader), TODAY)
        assert found == []
        # Together they are enough.
        company = find_falls(reader, rule, read_offers(reader), TODAY)
        assert {fall.unit for fall in company} == {"", "bank"}
        assert all((fall.after.value or 0) < (fall.before.value or 0) for fall in company)
        # Turned round it is a rise.
        assert find_falls(reader, rule, read_offers(reader), TODAY - timedelta(days=30)) == []


def test_a_plain_fall_against_the_table(database: Database, survey: Survey, scores: Callable[..., None]) -> None:
    """NPS from 100 to 0 among forty and forty answers."""
    scores(20)
    with database.read() as reader:
        [fall] = find_falls(reader, Rule(names={}, watch="kpi", units=("vanak",)), read_offers(reader), TODAY)

    assert (fall.before.value, fall.after.value, fall.kpi.series) == (100, 0, "nps_visit")
    assert fall.subject == "kpi|vanak|nps_visit"
