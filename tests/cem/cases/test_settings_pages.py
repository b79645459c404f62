"""What is promised, what may be given, words to begin with, and who is away: by whom, and only whole."""

from datetime import timedelta

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.cases.catalogue import remedies, reply_templates
from cem.cases.models import Absence
from cem.cases.settings_pages import NUMBERS
from cem.cases.terms import Terms, read_terms
from cem.roles import Role
from surveys.database import Database, day_of, utc_now
from tests.cem.cases.conftest import TEHRAN, rows, send
from tests.cem.conftest import SignIn


def promises(**changes: str) -> dict[str, str]:
    """The form of the terms as they stand, with changes."""
    terms = Terms()
    form = {name: str(getattr(terms, name)) for name in NUMBERS}
    for severity in (1, 2, 3, 4):
        promise = terms.promise(severity)
        form |= {
            f"acknowledge_minutes.{severity}": str(promise.acknowledge_minutes),
            f"contact_hours.{severity}": f"{promise.contact_hours:g}",
            f"resolve_hours.{severity}": f"{promise.resolve_hours:g}",
        }
        if promise.around_the_clock:
            form[f"around_the_clock.{severity}"] = "yes"
    return form | changes


def test_the_cx_manager_alone_sets_what_is_promised(
    sign_in: SignIn, client: TestClient[Litestar], database: Database, loop: None
) -> None:
    """Others neither see nor change it; those who handle cases enter absences."""
    for role in Role:
        client.cookies.clear()
        sign_in(role)
        before = rows(database)
        sets, handles = role is Role.CX_MANAGER, role in {Role.CX_MANAGER, Role.UNIT_MANAGER}

        assert client.get("/cases/settings").status_code == (200 if sets else 403)
        assert client.get("/cases/absence").status_code == (200 if handles else 403)
        for path, form in (
            ("terms", promises(close_days="9")),
            ("remedies", {"en": role.value}),
            ("remedies/refund/retire", {}),
            ("templates", {"en": role.value, "text_en": "Dear customer"}),
        ):
            assert send(client, f"/cases/settings/{path}", **form).status_code == (303 if sets else 403), path
        if not sets:
            assert rows(database) == before


def test_terms_are_kept_whole_or_not_at_all(sign_in: SignIn, database: Database, loop: None) -> None:
    """Numbers in either digits; the same once more changes nothing."""
    client = sign_in(Role.CX_MANAGER)
    form = promises(**{"contact_hours.3": "۱۲", "close_days": "10"})

    for _ in range(2):
        assert send(client, "/cases/settings/terms", **form).status_code == 303

    with database.read() as session:
        terms = read_terms(session)
    assert (terms.promise(3).contact_hours, terms.close_days) == (12, 10)
    assert terms.promise(1).around_the_clock
    assert rows(database)["case_terms"] == 1
    before = rows(database)
    for bad in ({"contact_hours.1": "0"}, {"resolve_hours.2": "soon"}, {"recovery_days": "60"}, {"attempts": ""}):
        assert send(client, "/cases/settings/terms", **promises(**bad)).status_code == 400
    assert rows(database) == before


def test_remedies_and_templates(sign_in: SignIn, database: Database, loop: None) -> None:
    """In both languages, added once, changed under the same code, and withdrawn."""
    client = sign_in(Role.CX_MANAGER)
    gift = {"fa": "هدیه", "en": "A gift", "limit": "۲٬۰۰۰٬۰۰۰"}
    letter = {"fa": "سپاس", "en": "Thanks", "text_fa": "سلام و سپاس", "text_en": "Dear customer"}
    for _ in range(2):
        assert send(client, "/cases/settings/remedies", **gift).status_code == 303
        assert send(client, "/cases/settings/templates", **letter).status_code == 303
    with database.read() as session:
        assert [(one.code, one.own_limit) for one in remedies(session)][-1] == ("a-gift", 2_000_000)
        assert [one.code for one in reply_templates(session)] == ["thanks"]

    assert send(client, "/cases/settings/remedies", **(gift | {"code": "a-gift", "limit": ""})).status_code == 303
    page = client.get("/cases/settings?lang=fa").text
    assert "هدیه" in page
    assert 'href="/calendar"' in page
    for _ in range(2):
        done = send(client, "/cases/settings/templates/thanks/retire")
    assert done.status_code == 404
    with database.read() as session:
        assert remedies(session)[-1].own_limit is None
        assert reply_templates(session) == []
    before = rows(database)
    for path, bad in (
        ("remedies", {"en": ""}),
        ("remedies", {"en": "Gift", "limit": "-1"}),
        ("remedies", {"code": "\x00", "en": "Gift"}),
        ("templates", {"en": "Empty"}),
        ("templates/unknown/retire", {}),
    ):
        assert send(client, f"/cases/settings/{path}", **bad).status_code in {400, 404}
    assert rows(database) == before


def test_absences(sign_in: SignIn, client: TestClient[Litestar], database: Database, loop: None) -> None:
    """One's own, entered once, in Jalali or Gregorian days; a CX manager enters and removes those of others."""
    today = day_of(utc_now(), TEHRAN)
    days = {"first": today.isoformat(), "last": (today + timedelta(days=3)).isoformat()}
    sign_in(Role.UNIT_MANAGER)
    before = rows(database)
    for bad in (
        {"deputy": "unit_manager"},
        {"deputy": "employee"},
        {"deputy": "cx_manager", "last": "2020-01-01"},
        {"deputy": "cx_manager", "first": "soon"},
        {"deputy": "unit_manager", "account": "cx_manager"},
    ):
        assert send(client, "/cases/absence", **(days | bad)).status_code in {400, 403}
    assert rows(database) == before
    for _ in range(2):
        assert send(client, "/cases/absence", deputy="cx_manager", **days).status_code == 303
    with database.read() as session:
        absence = session.scalars(select(Absence)).one()
    assert (absence.account, absence.deputy, absence.first_day) == ("unit_manager", "cx_manager", today)
    assert "The cx_manager" in client.get("/cases/absence").text
    client.cookies.clear()
    sign_in(Role.CX_MANAGER)
    assert "The unit_manager" in client.get("/cases/absence").text
    assert send(client, f"/cases/absence/{absence.absence_id}/remove").status_code == 303
    assert send(client, f"/cases/absence/{absence.absence_id}/remove").status_code == 404
    jalali = {"account": "unit_manager", "deputy": "cx_manager", "first": "۱۴۰۹-۰۱-۰۵", "last": "1409-01-09"}
    assert send(client, "/cases/absence", **jalali).status_code == 303
