"""Digests that fall due: to whom, when, with which numbers; over a real mail server."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select, update

from cem.digests.sending import put_due_digests
from cem.digests.subscriptions import unsubscribe
from cem.jobs.schedule import send_mail
from cem.people.models import Account
from cem.roles import Action, Role, scope_of
from cem.scorecards.offers import read_offers
from cem.scorecards.scorecard import Scorecard, build_scorecard
from cem.scorecards.sentences import sentence
from cem.settings import Settings
from surveys.database import Database
from surveys.languages import language
from surveys.models import Outgoing

# 19 Aban 1404 is a Monday; the Saturdays around it are the 17th and the 24th, and Azar begins on 22 November.
MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
SATURDAY = datetime(2025, 11, 15, 4, tzinfo=UTC)  # half past seven in Tehran
Answer, Wish, Choose = Callable[..., None], Callable[..., None], Callable[..., Any]


@pytest.fixture
def answered(accounts: None, answer: Answer) -> None:
    """A year in which Vanak is good and Tajrish is not; comments of both."""
    for month in range(1, 11):
        answer(*[10, 9, 9, 7] * 12, day=date(2025, month, 20), satisfied=5, effort=6, staff=8)
        answer(*[2, 4, 8] * 12, day=date(2025, month, 21), unit="tajrish", touchpoint="call", satisfied=2, effort=3)
    answer(9, 9, words="سریع <b>بود</b> & خوب", day=date(2025, 11, 8))
    answer(1, 1, words="slow, slow", day=date(2025, 11, 8), unit="tajrish", touchpoint="call")


def bare(text: str) -> str:
    """What a reader sees: no markup, no marks of direction, one space between words."""
    visible = unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL))
    return " ".join(re.sub(r"[\u2066-\u2069]", "", visible).split())


def bodies(message: Any) -> tuple[str, str]:
    """The plain text and the HTML."""
    return tuple(message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[return-value]


def numbers(card: Scorecard, spoken: str) -> list[str]:
    """Each KPI's value, interval, answers and target as its language writes them, and its sentence."""
    tongue = language(spoken)
    found = []
    for tile in card.tiles:
        if tile.estimate is None or tile.estimate.value is None:
            continue
        limits = tile.estimate.value, tile.estimate.low, tile.estimate.high
        found += [tile.kpi.write(tongue, limit, tile.places) for limit in limits if limit is not None]
        found.append(tongue.number(tile.estimate.n))
    return [bare(text) for text in found]


@pytest.mark.parametrize("spoken", ["fa", "en"])
def test_the_digest_tells_what_the_scorecard_tells(
    spoken: str, database: Database, mailing: Settings, postbox: Any, answered: None, wish: Wish, choose: Choose
) -> None:
    """Received in its language, both forms hold the numbers and the sentences of the scorecard of the same day."""
    wish(Role.EXECUTIVE, spoken, "weekly", MONDAY)
    assert put_due_digests(database, mailing, SATURDAY) == 1
    assert send_mail(database, mailing, SATURDAY) == 1

    (message,) = postbox.arrived
    choice = choose(calendar=language(spoken).calendar, period="3m")
    with database.read() as reader:
        card = build_scorecard(reader, choice, read_offers(reader), SATURDAY.date(), comments=True)
    assert len(numbers(card, spoken)) == 4 * len(card.tiles)
    for body in map(bare, bodies(message)):
        assert [text for text in numbers(card, spoken) if text not in body] == []
        for tile in card.tiles:
            assert bare(sentence(language(spoken), tile, choice.period)) in body
        assert "slow, slow" in body
    text, html = bodies(message)
    assert "سریع <b>بود</b> & خوب" in text
    assert "سریع &lt;b&gt;بود&lt;/b&gt; &amp; خوب" in html
    assert f'<html lang="{spoken}" dir="{language(spoken).direction}">' in html
    assert html.count("<table ") == html.count(f'<table role="presentation" dir="{language(spoken).direction}"')
    assert "<svg" not in html
    assert "<img" not in html
    assert "<script" not in html
    assert "https://cem.example/scorecards?survey=visit&period=3m" in text
    assert message["List-Unsubscribe"].startswith("<https://cem.example/digests/stop/")
    assert len(message.as_bytes()) <= 40 * 1024
    if spoken == "fa":
        assert not re.search(r"[0-9]", bare(html).replace("slow, slow", ""))


def test_best_and_worst_only_where_proven(
    database: Database, mailing: Settings, postbox: Any, answered: None, wish: Wish
) -> None:
    """Vanak is proven ahead and Tajrish behind, each with its rank and interval."""
    wish(Role.EXECUTIVE, "en", "weekly", MONDAY)
    put_due_digests(database, mailing, SATURDAY)
    send_mail(database, mailing, SATURDAY)

    body = bare(bodies(postbox.arrived[0])[0])
    assert re.search(r"ahead of at least half of the others: - Vanak: \+\d+ .*rank 1 ", body)
    assert re.search(r"behind at least half of the others: - Tajrish: −\d+ .*rank 2", body)


@pytest.mark.parametrize("role", [role for role in Role if scope_of(role, Action.SCORECARDS_READ)])
def test_each_role_gets_its_own(
    role: Role, database: Database, mailing: Settings, postbox: Any, answered: None, wish: Wish
) -> None:
    """A unit manager's own unit alone; HR, finance and the administrator no comments."""
    wish(role, "en", "weekly", MONDAY)
    put_due_digests(database, mailing, SATURDAY)
    send_mail(database, mailing, SATURDAY)

    (message,) = postbox.arrived
    assert message["To"] == f"{role.value}@bank.example"
    for body in map(bare, bodies(message)):
        assert ("slow, slow" in body) is (role not in {Role.HR, Role.FINANCE, Role.ADMINISTRATOR, Role.UNIT_MANAGER})
        assert ("سریع" in body) is (role not in {Role.HR, Role.FINANCE, Role.ADMINISTRATOR})
        assert ("Tajrish" in body) is (role is not Role.UNIT_MANAGER)


def due(database: Database, settings: Settings, now: datetime) -> int:
    """How many digests the job puts into the outbox."""
    return put_due_digests(database, settings, now)


def test_weekly(database: Database, settings: Settings, answered: None, wish: Wish) -> None:
    """Not before the next Saturday morning, once a week, and later where nobody was there in the morning."""
    wish(Role.EXECUTIVE, "fa", "weekly", MONDAY)

    assert due(database, settings, MONDAY) == 0
    assert due(database, settings, datetime(2025, 11, 15, 2, tzinfo=UTC)) == 0
    assert due(database, settings, SATURDAY + timedelta(days=1)) == 1
    assert due(database, settings, SATURDAY + timedelta(days=2)) == 0
    assert due(database, settings, SATURDAY + timedelta(days=7)) == 1


@pytest.mark.parametrize(
    ("spoken", "first"), [("fa", datetime(2025, 11, 22, 4, tzinfo=UTC)), ("en", datetime(2025, 12, 1, 4, tzinfo=UTC))]
)
def test_monthly(
    spoken: str,
    first: datetime,
    database: Database,
    mailing: Settings,
    postbox: Any,
    answered: None,
    wish: Wish,
) -> None:
    """On the first of the language's own month, about the month that has ended."""
    wish(Role.EXECUTIVE, spoken, "monthly", MONDAY)

    assert due(database, mailing, first - timedelta(days=1)) == 0
    assert due(database, mailing, first) == 1
    assert due(database, mailing, first + timedelta(days=20)) == 0
    send_mail(database, mailing, first)
    assert {"fa": "آبان ۱۴۰۴", "en": "Nov 2025"}[spoken] in bare(bodies(postbox.arrived[0])[0])


def test_a_newer_one_replaces_one_that_waits(
    database: Database, settings: Settings, answered: None, wish: Wish
) -> None:
    """Where no mail goes out for weeks, nobody gets weeks of digests when it does."""
    wish(Role.EXECUTIVE, "fa", "weekly", MONDAY)
    for week in range(4):
        due(database, settings, SATURDAY + timedelta(weeks=week))

    assert send_mail(database, settings, SATURDAY + timedelta(weeks=4)) == 0  # there is no mail server
    with database.read() as reader:
        assert [row.key[-10:] for row in reader.scalars(select(Outgoing))] == ["2025-12-06"]


def test_who_gets_none(database: Database, settings: Settings, answered: None, wish: Wish) -> None:
    """No address, no account any more, or no wish: no digest; what waits is taken back with the wish."""
    for role in (Role.EXECUTIVE, Role.HR, Role.ANALYST, Role.CX_MANAGER):
        wish(role, "en", "weekly", MONDAY)
    with database.write() as session:
        session.execute(update(Account).where(Account.name == "hr").values(email=None))
        session.execute(update(Account).where(Account.name == "analyst").values(disabled_at=MONDAY))
    assert due(database, settings, SATURDAY) == 2
    with database.write() as session:
        account = session.scalars(select(Account).where(Account.name == "executive")).one()
        assert unsubscribe(session, SATURDAY, account.account_id, "page")
        assert not unsubscribe(session, SATURDAY, account.account_id, "page")
        assert [row.recipient for row in session.scalars(select(Outgoing))] == ["cx_manager@bank.example"]


def test_one_that_cannot_be_written(
    database: Database, settings: Settings, answered: None, wish: Wish, caplog: pytest.LogCaptureFixture
) -> None:
    """A unit manager without a unit gets none; the others get theirs, and the log names nobody."""
    wish(Role.UNIT_MANAGER, "en", "weekly", MONDAY)
    wish(Role.EXECUTIVE, "en", "weekly", MONDAY)
    with database.write() as session:
        session.execute(update(Account).where(Account.name == "unit_manager").values(unit=None))

    with caplog.at_level(logging.ERROR):
        assert due(database, settings, SATURDAY) == 1
    assert caplog.messages == ["a digest was not written: Forbidden"]


def test_nothing_is_published(database: Database, settings: Settings, wish: Wish) -> None:
    """Without a survey there is nothing to tell, and no mail says so."""
    wish(Role.EXECUTIVE, "en", "weekly", MONDAY)

    assert due(database, settings, SATURDAY) == 0
