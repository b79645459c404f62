"""The programme's pages: who opens them, what they say, and what their forms do."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from cem.programme.evidence.found import Found, Part
from cem.programme.models import CriterionEvidence, Judgement, MeasuredValue, ProgrammeAction, ProgrammeSnapshot
from cem.roles import Role
from surveys.database import Database, day_of, utc_now

SignIn = Callable[[Role], TestClient[Litestar]]
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.HR, Role.ANALYST}
ASSESSORS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.HR, Role.ANALYST}
PAGES = (
    "/programme",
    "/programme/lessons/4",
    "/programme/criteria/2.4",
    "/programme/beside/L0.4",
    "/programme/report",
)
KEEPING = {
    "/programme/criteria/1.8/measure": {"value": "55", "n": "40", "source": "pulse", "day": "1404-01-10"},
    "/programme/criteria/1.8/actions": {"words": "w", "expected": "e", "owner": "hr", "due": "2099-01-01"},
    "/programme/quarters": {},
}


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


def send(client: TestClient[Litestar], path: str, form: dict[str, str], **more: Any) -> int:
    given = {**form, "_csrf_token": client.cookies["csrf"]}
    return client.post(path, data=given, follow_redirects=False, **more).status_code


def rows(database: Database, table: Any) -> int:
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("role", [*Role])
def test_who_may_look_judge_and_keep(sign_in: SignIn, database: Database, role: Role) -> None:
    """Readers read, assessors judge, and the CX manager alone keeps; a refusal changes nothing."""
    client = sign_in(role)
    for path in PAGES:
        assert client.get(path).status_code == (200 if role in READERS else 403), path
    judging = send(client, "/programme/criteria/1.8/judge", {"score": "2", "note": "seen"})
    assert judging == (303 if role in ASSESSORS else 403)
    assert rows(database, Judgement) == (role in ASSESSORS)
    for path, form in KEEPING.items():
        assert send(client, path, form) == (303 if role is Role.CX_MANAGER else 403), path
    kept = role is Role.CX_MANAGER
    assert [rows(database, table) for table in (MeasuredValue, ProgrammeAction, ProgrammeSnapshot)] == [kept] * 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/programme/lessons/0", 404),
        ("/programme/lessons/7", 404),
        ("/programme/criteria/7.1", 404),
        ("/programme/beside/1.1", 404),
        ("/programme/quarters/1404-Q9", 404),
        ("/programme/quarters/1404-Q1", 404),
        ("/programme/quarters/%00", 404),
        ("/programme/criteria/%00", 404),
        ("/programme/report?quarter=%00", 404),
        ("/programme/report?quarter=1390-Q1", 404),
        ("/programme/criteria/1.1/files/00000000-0000-0000-0000-000000000000", 404),
    ],
)
def test_addresses_that_name_nothing(sign_in: SignIn, path: str, status: int) -> None:
    """They are answered as such."""
    assert sign_in(Role.CX_MANAGER).get(path).status_code == status


@pytest.mark.parametrize(("spoken", "titles"), [("en", "Think like the customer"), ("fa", "مانند مشتری بیندیشید")])
def test_six_cards_in_their_order(sign_in: SignIn, spoken: str, titles: str) -> None:
    """Without anything known no lesson has a score, and none is called bad."""
    page = sign_in(Role.EXECUTIVE).get(f"/programme?lang={spoken}").text
    numbers = re.findall(r'href="/programme/lessons/(\d)"', page)

    assert numbers == ["1", "2", "3", "4", "5", "6"]
    assert titles in page
    assert 'class="meter"' not in page


def test_evidence_opens_to_what_was_counted(sign_in: SignIn, database: Database, settings: Any) -> None:
    """Value, how many of how many, each thing that was counted, what fails first, and the caution."""
    today = day_of(utc_now(), settings.zone)
    parts = (
        Part(False, names={"en": "Branch <b>", "fa": "شعبه"}, address="/scorecards?touchpoint=branch"),
        Part(True, names={"en": "App", "fa": "برنامک"}),
    )
    found = Found(50.0, 2, 1, address="/operations", parts=parts)
    with database.write() as session:
        session.add(
            CriterionEvidence(
                criterion="2.6", day=today, version=1, gathered_at=utc_now(), document=msgspec.to_builtins(found)
            )
        )
    page = sign_in(Role.CX_MANAGER).get("/programme/criteria/2.6?lang=en").text

    assert "50.0% 1 of 2" in text_of(page)
    assert "From the evidence alone." in page
    assert 'href="/scorecards?touchpoint=branch">Branch &lt;b&gt;</a>' in page
    assert 'href="/operations"' in page


def test_a_judgement_with_a_file_and_its_second_assessor(sign_in: SignIn, database: Database) -> None:
    """Who judged sees no button to confirm; somebody else does, and then the score counts."""
    client = sign_in(Role.HR)
    file = {"file": ("minutes.html", b"<script>alert(1)</script>", "text/html")}
    assert send(client, "/programme/criteria/1.7/judge", {"score": "۳", "note": "<i>in use</i>"}, files=file) == 303
    page = client.get("/programme/criteria/1.7?lang=en").text
    assert "&lt;i&gt;in use&lt;/i&gt;" in page
    assert 'value="confirm"' not in page
    with database.read() as reader:
        judgement = reader.scalars(select(Judgement)).one()
    form = {"judgement": str(judgement.judgement_id), "decision": "confirm"}
    assert send(client, "/programme/criteria/1.7/decide", form) == 403

    client.post("/sign-out", data={"_csrf_token": client.cookies["csrf"]})
    client = sign_in(Role.EXECUTIVE)
    assert 'value="confirm"' in client.get("/programme/criteria/1.7?lang=en").text
    assert send(client, "/programme/criteria/1.7/decide", form) == 303
    assert send(client, "/programme/criteria/1.7/decide", form) == 409
    assert (
        "Without evidence a judgement counts for no more than 2." in client.get("/programme/criteria/1.7?lang=en").text
    )
    saved = client.get(f"/programme/criteria/1.7/files/{judgement.judgement_id}")
    assert saved.headers["content-type"].startswith("application/octet-stream")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.content == b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/judge", {"score": "", "note": "x"}),
        ("/judge", {"score": "9", "note": "x"}),
        ("/decide", {"judgement": "x", "decision": "perhaps"}),
        ("/measure", {"value": "many", "source": "s", "day": "1404-01-10"}),
        ("/measure", {"value": "5", "n": "2.5", "source": "s", "day": "1404-01-10"}),
        ("/measure", {"value": "5", "source": "s", "day": "1404-13-10"}),
        ("/actions", {"words": "w", "expected": "e", "owner": "hr", "due": "soon"}),
    ],
)
def test_forms_that_cannot_be_read(sign_in: SignIn, database: Database, path: str, form: dict[str, str]) -> None:
    """A page that says what to do, and no row."""
    client = sign_in(Role.CX_MANAGER)

    assert send(client, f"/programme/criteria/1.8{path}", form) == 400
    assert [rows(database, table) for table in (Judgement, MeasuredValue, ProgrammeAction)] == [0, 0, 0]


def test_a_kept_quarter_is_shown_as_it_was(sign_in: SignIn, database: Database) -> None:
    """Its page and its report come from its own sheet."""
    client = sign_in(Role.CX_MANAGER)
    form = {"value": "83.3", "n": "6", "source": "log", "day": (utc_now() - timedelta(days=2)).date().isoformat()}
    assert send(client, "/programme/criteria/1.2/measure", form) == 303
    kept = client.post(
        "/programme/quarters", data={"_csrf_token": client.cookies["csrf"]}, follow_redirects=False
    ).headers["location"]
    with database.write() as session:
        session.delete(session.scalars(select(MeasuredValue)).one())
    assert "75.0%" in text_of(client.get(f"{kept}?lang=en").text)
    assert "75.0%" not in text_of(client.get("/programme/lessons/1?lang=en").text)
    assert "is not as it was kept" not in client.get("/programme?lang=en").text
    report = text_of(client.get(f"/programme/report?lang=en&quarter={kept.rpartition('/')[2]}").text)
    assert "83.3%" in report
    assert "5 of 6" in report
    with database.write() as session:
        snapshot = session.scalars(select(ProgrammeSnapshot)).one()
        snapshot.document = snapshot.document | {"version": 9}
    assert "is not as it was kept" in client.get("/programme?lang=en").text
