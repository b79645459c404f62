"""The page over HTTP: who sees what, in which language, and what may be sent."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, update

from cem.audit import AuditEvent
from cem.roles import Action, Role, scope_of
from surveys.database import Database, day_of, utc_now
from surveys.languages import Month
from surveys.models import Touchpoint, Unit

SignIn = Callable[[Role], TestClient[Litestar]]
Answer = Callable[..., None]


@pytest.fixture
def today(settings: object) -> date:
    """The day that the page takes for today."""
    return day_of(utc_now(), settings.zone)  # type: ignore[attr-defined] # settings of the application


@pytest.fixture
def answered(sign_in: SignIn, answer: Answer, today: date) -> None:
    """Sixty answers today in Vanak, thirty in Tajrish; the accounts' units are there first."""
    answer(*[10, 9, 3] * 20, day=today, satisfied=5, effort=6, staff=8)
    answer(*[1] * 30, day=today, unit="tajrish", touchpoint="call", words="<b>slow</b> & <script>alert(1)</script>")


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    visible = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"[\u2066-\u2069]", "", visible).split())


@pytest.mark.parametrize("role", [role for role in Role if scope_of(role, Action.SCORECARDS_READ)])
def test_every_role_reads_it(answered: None, sign_in: SignIn, role: Role) -> None:
    """The page opens for each role of the table; a unit manager's numbers are of their own unit."""
    page = sign_in(role).get("/scorecards?lang=en")

    assert page.status_code == 200
    answers = "60 answers" if role is Role.UNIT_MANAGER else "90 answers"
    assert answers in text_of(page.text)
    assert ("Tajrish" in page.text) is (role is not Role.UNIT_MANAGER)


@pytest.mark.parametrize("role", [*Role])
def test_words_go_to_those_who_act_on_them(answered: None, sign_in: SignIn, role: Role) -> None:
    """HR and the administrator see no comments, a unit manager none of another unit; nobody gets markup."""
    page = sign_in(role).get("/scorecards?lang=en").text
    reads = role in {Role.EXECUTIVE, Role.CX_MANAGER, Role.ANALYST}

    assert ("&lt;script&gt;alert(1)" in page) is reads
    assert "<script>alert(1)" not in page
    assert ('dir="auto"' in page) is reads


def test_names_are_text(answered: None, sign_in: SignIn, database: Database) -> None:
    """Whatever a unit or a touchpoint is called, the page shows its name and runs nothing of it."""
    name = """</script><!--<img src=x onerror=alert(1)>" onmouseover="x {{7*7}} %(n)s 50% \u202e"""
    with database.write() as session:
        session.execute(update(Unit).values(names={"en": name}))
        session.execute(update(Touchpoint).values(names={"en": name}))
    page = sign_in(Role.EXECUTIVE).get("/scorecards?lang=en&unit=vanak").text

    assert "&lt;img src=x onerror=alert(1)&gt;&#34; onmouseover=&#34;x {{7*7}} %(n)s 50% " in page
    assert "<img" not in page
    assert "<!--" not in page


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (0, "No answers"),
        (1, "Too few answers to be shown"),
        (4, "Too few answers to be shown"),
        (5, "Not enough data"),
        (9, "Not enough data"),
        (10, "between"),
    ],
)
def test_few_answers_in_words(sign_in: SignIn, answer: Answer, today: date, answers: int, said: str) -> None:
    """From none to the fewest that are enough, each state has its words: nobody reads a number that is none."""
    client = sign_in(Role.EXECUTIVE)
    answer(*[10] * answers, day=today, satisfied=5, effort=7, staff=10)
    for kpi in ("nps_visit", "staff"):
        page = text_of(client.get(f"/scorecards?lang=en&kpi={kpi}").text)
        assert page.count(said) >= 4
        assert not re.search(r"\b(nan|None|inf|null)\b", page)


def test_a_unit_manager_stays_inside(answered: None, sign_in: SignIn) -> None:
    """Another unit is forbidden, on the page and in its pulse."""
    client = sign_in(Role.UNIT_MANAGER)

    assert client.get("/scorecards?unit=tajrish").status_code == 403
    assert client.get("/scorecards/pulse?unit=bank").status_code == 403


@pytest.mark.parametrize("query", ["survey=x", "period=1404-13", "unit=x", "touchpoint=x", "channel=x", "kpi=x"])
def test_what_is_not_there(answered: None, sign_in: SignIn, query: str) -> None:
    """A clear page with status 404."""
    page = sign_in(Role.EXECUTIVE).get(f"/scorecards?lang=en&{query}")

    assert page.status_code == 404
    assert "There is no such scorecard" in page.text


def test_nothing_published(sign_in: SignIn) -> None:
    """Before the first survey the page says so kindly."""
    page = sign_in(Role.EXECUTIVE).get("/scorecards?lang=en")

    assert page.status_code == 200
    assert "There is nothing to show yet" in page.text


def test_persian(answered: None, sign_in: SignIn, today: date) -> None:
    """Right-to-left, Jalali months, and no Latin digit in what a reader sees."""
    page = sign_in(Role.EXECUTIVE).get("/scorecards?lang=fa").text
    main = page[page.index("<main") : page.index("</main>")]
    seen = re.sub(r"<blockquote.*?</blockquote>|<bdi>.*?</bdi>|<option.*?</option>", " ", main, flags=re.DOTALL)

    assert 'dir="rtl"' in page
    assert not re.search(r"[0-9]", text_of(seen))
    month = Month.of(today, "jalali")
    assert f'value="{month}"' in page


@pytest.mark.parametrize("query", ["", "&kpi=csat_visit", "&kpi=staff&period=1m", "&period=3m&unit=vanak"])
@pytest.mark.parametrize("code", ["fa", "en"])
def test_it_is_whole_without_scripts(answered: None, sign_in: SignIn, code: str, query: str) -> None:
    """One document with its own files only: tables, headings in order, nothing inline that the policy forbids."""
    page = sign_in(Role.CX_MANAGER).get(f"/scorecards?lang={code}{query}").text
    headings = [int(level) for level in re.findall(r"<h([1-6])", page)]

    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(headings))
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", page)
    assert not re.search(r"""\son\w+=["']""", page)
    assert "http://" not in page.replace("http://testserver.local", "")
    assert page.count("<table") == page.count("<caption")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_pulse(answered: None, sign_in: SignIn, answer: Answer, today: date) -> None:
    """It is what the page carries, and moves with one answer."""
    client = sign_in(Role.EXECUTIVE)
    page = client.get("/scorecards?lang=en").text
    carried = re.search(r'data-pulse="(\w+)"', page)
    assert carried

    assert client.get("/scorecards/pulse").json() == {"pulse": carried.group(1)}
    answer(10, day=today)
    assert client.get("/scorecards/pulse").json()["pulse"] != carried.group(1)
    assert "91 answers" in text_of(client.get("/scorecards?lang=en").text)


def test_the_cx_manager_sets_a_target(answered: None, sign_in: SignIn, database: Database) -> None:
    """The form leads back to the page, which shows the target; the audit trail has the name."""
    client = sign_in(Role.CX_MANAGER)
    page = client.get("/scorecards?lang=en&unit=vanak").text
    choice = re.search(r'name="choice" value="([^"]+)"', page)
    assert choice
    form = {
        "_csrf_token": client.cookies["csrf"],
        "choice": choice.group(1).replace("&amp;", "&"),
        "series": "nps_visit",
        "value": "۵۵",
    }
    sent = client.post("/scorecards/targets", data=form, follow_redirects=False)

    assert sent.status_code == 303
    assert "unit=vanak" in sent.headers["location"]
    assert "Target +55" in text_of(client.get(sent.headers["location"]).text)
    assert "Target +55" not in text_of(client.get("/scorecards?lang=en").text)
    with database.read() as reader:
        assert reader.scalar(select(AuditEvent.actor).where(AuditEvent.action == "target:set")) == "cx_manager"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CX_MANAGER])
def test_nobody_else_does(answered: None, sign_in: SignIn, role: Role) -> None:
    """Nobody who may be measured sets a target, and the form is not shown."""
    client = sign_in(role)
    page = client.get("/scorecards?lang=en").text
    form = {"_csrf_token": client.cookies["csrf"], "choice": "", "series": "nps_visit", "value": "55"}

    assert 'action="/scorecards/targets"' not in page
    assert client.post("/scorecards/targets", data=form, follow_redirects=False).status_code == 403


@pytest.mark.parametrize(
    ("series", "value", "status"), [("nps_visit", "101", 400), ("", "5", 404), ("words", "5", 404)]
)
def test_a_target_that_cannot_be(answered: None, sign_in: SignIn, series: str, value: str, status: int) -> None:
    """Out of reach, or of no KPI: a clear page and no row."""
    client = sign_in(Role.CX_MANAGER)
    client.get("/scorecards?lang=en")
    form = {"_csrf_token": client.cookies["csrf"], "choice": "survey=visit", "series": series, "value": value}

    assert client.post("/scorecards/targets", data=form, follow_redirects=False).status_code == status
