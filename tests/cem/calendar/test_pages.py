"""The calendar's page: who opens it, what it says, and what its forms do."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.calendar.calendars import read_week
from cem.calendar.hours import USUAL_HOURS
from cem.calendar.models import Holiday
from cem.people.models import Account
from cem.roles import Role
from surveys.database import Database, day_of, utc_now
from surveys.languages import Month, language

SignIn = Callable[[Role], TestClient[Litestar]]
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.ANALYST, Role.ADMINISTRATOR}
KEEPERS = {Role.CX_MANAGER, Role.ADMINISTRATOR}
POSTS = {
    "/hours": {"opens.5": "08:00", "closes.5": "16:00"},
    "/holidays": {"day": "1404-08-21", "fa": "جشن", "en": "Party"},
    "/official": {"year": "1404"},
    "/holidays/remove": {"day": "2025-11-12"},
}


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


def send(client: TestClient[Litestar], path: str, **form: str) -> int:
    given = {**form, "_csrf_token": client.cookies["csrf"]}
    return client.post(f"/calendar{path}", data=given, follow_redirects=False).status_code


@pytest.fixture
def today(settings: Any) -> date:
    return day_of(utc_now(), settings.zone)


@pytest.mark.parametrize("role", [*Role])
def test_who_may_look_and_who_may_keep_it(sign_in: SignIn, role: Role) -> None:
    """The CX manager and the administrator keep it; others of its readers see no form."""
    client = sign_in(role)
    page = client.get("/calendar?lang=en")

    assert page.status_code == (200 if role in READERS else 403)
    assert ("/calendar/official" in page.text) is (role in KEEPERS)
    for path, form in POSTS.items():
        assert send(client, path, **form) == (303 if role in KEEPERS else 403), path


def test_not_by_those_who_are_measured(sign_in: SignIn, database: Database) -> None:
    """A CX manager who answers for a unit would move the clocks that the unit is measured by."""
    client = sign_in(Role.CX_MANAGER)
    with database.write() as session:
        session.execute(select(Account).where(Account.name == "cx_manager")).scalar_one().unit = "vanak"

    assert client.get("/calendar").status_code == 200
    assert "/calendar/official" not in client.get("/calendar").text
    assert send(client, "/official", year="1404") == 403


def test_the_page_in_both_languages(sign_in: SignIn, today: date) -> None:
    """The week and two years of holidays, each in its reader's own calendar and digits."""
    client = sign_in(Role.CX_MANAGER)
    for calendar in ("jalali", "gregorian"):
        year = Month.of(today, calendar).year
        for one in (year, year + 1):
            client.get("/calendar")
            assert send(client, "/official", year=language("fa").digits(one)) == 303
    english, persian = (text_of(client.get(f"/calendar?lang={code}").text) for code in ("en", "fa"))

    assert "Saturday 08:00 to 17:00" in english
    assert "Friday Closed all day" in english
    assert f"Holidays of {today.year}" in english
    assert f"1 Apr {today.year}" in english
    jalali = language("fa").digits(Month.of(today, "jalali").year)
    assert "پنجشنبه ۰۸:۰۰ تا ۱۳:۰۰" in persian
    assert f"تعطیلات {jalali}" in persian
    assert f"۱۲ فروردین {jalali}" in persian
    assert "قیام ۱۵ خرداد" in persian


def test_a_holiday_and_a_week(sign_in: SignIn, database: Database, today: date) -> None:
    """Set, shown, and taken back; the trail names who did it. A name is a text and never markup."""
    client = sign_in(Role.ADMINISTRATOR)
    client.get("/calendar")
    day = date(today.year + 1, 11, 12)
    assert send(client, "/holidays", day=day.isoformat(), fa="", en="<b>Party</b>") == 303
    page = client.get("/calendar?lang=en").text
    assert "&lt;b&gt;Party&lt;/b&gt;" in page
    assert "the company's own" in text_of(page)
    assert send(client, "/holidays/remove", day=day.isoformat()) == 303
    assert send(client, "/hours", **{"opens.4": "00:00", "closes.4": "00:00"}) == 303
    page = text_of(client.get("/calendar?lang=en").text)
    assert "Friday all day" in page
    assert "Saturday Closed all day" in page
    with database.read() as reader:
        assert reader.scalars(select(Holiday)).all() == []
        actions = reader.scalars(select(AuditEvent.action).where(AuditEvent.actor == "administrator")).all()
    assert {"holiday:set", "holiday:remove", "calendar:hours"} <= set(actions)


def test_what_cannot_be_kept(sign_in: SignIn, database: Database) -> None:
    """Each is told, and nothing changes."""
    client = sign_in(Role.CX_MANAGER)
    client.get("/calendar")

    assert send(client, "/hours") == 400
    assert send(client, "/hours", **{"opens.5": "17:00", "closes.5": "08:00"}) == 400
    assert send(client, "/holidays", day="yesterday", fa="جشن") == 400
    assert send(client, "/holidays", day="1404-12-30", fa="جشن") == 400
    assert send(client, "/holidays", day="1404-12-01") == 400
    assert send(client, "/official", year="1300") == 400
    assert send(client, "/official", year="²") == 400
    assert send(client, "/holidays/remove", day="1404-12-01") == 404
    assert send(client, "/holidays/remove", day="") == 404
    with database.read() as reader:
        assert reader.scalars(select(Holiday)).all() == []
        assert read_week(reader) == USUAL_HOURS
