"""The pages of operations over HTTP, with the people who may open them."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.operations.models import OperationalFigure, OperationalMetric, OperationalTarget
from cem.roles import Action, Role, may
from surveys.database import Database, new_id, utc_now
from surveys.models import Survey

from .conftest import metric_row

SignIn = Callable[[Role], "TestClient[Litestar]"]
HEAD = "metric,unit,first_day,last_day,numerator,denominator\n"


def month_ago(number: int) -> tuple[date, date]:
    """Thirty days that ended so many times thirty days ago."""
    last = utc_now().date() - timedelta(days=5 + 30 * number)
    return last - timedelta(days=29), last


@pytest.fixture
def figures(database: Database, survey: Survey, accounts: None) -> None:
    """A share and a mean over nine months in two units; `answered` explains the satisfaction at the counter."""
    with database.write() as session:
        session.add(metric_row(kpi="csat_visit", touchpoint="counter", expected_every_days=40))
        session.add(metric_row("waiting", kind="mean", unit_en="minutes", unit_fa="دقیقه", lower_is_better=True))
        session.flush()
        now = utc_now()
        for number in range(9):
            first, last = month_ago(number)
            for unit, hits in (("vanak", 270), ("tajrish", 180)):
                for metric, numerator in (("answered", hits), ("waiting", Decimal("1234.5"))):
                    session.add(
                        OperationalFigure(
                            figure_id=new_id(now),
                            metric=metric,
                            unit=unit,
                            first_day=first,
                            last_day=last,
                            revision=1,
                            numerator=Decimal(numerator),
                            denominator=Decimal(300),
                            received_at=now,
                            batch=new_id(now),
                        )
                    )
        session.add(OperationalTarget(metric="answered", unit="", since=date(2020, 1, 1), value=Decimal(80)))


def text_of(answer: Any) -> str:
    """What is read, without tags and isolates."""
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_list(sign_in: SignIn, figures: None) -> None:
    """Each metric with its value, what was counted, its target, its source and how fresh it is, in both languages."""
    client = sign_in(Role.EXECUTIVE)
    english = text_of(client.get("/operations?lang=en"))
    persian = text_of(client.get("/operations?lang=fa"))

    assert "Answered in time 75.0%" in english
    assert "all counted" in english
    assert "Target 80%: not reached" in english
    assert "case desk" in english
    assert "4.1 minutes" in english
    assert "۷۵٫۰٪" in persian
    assert "۴٫۱ دقیقه" in persian
    assert "Send figures" not in english


def test_late_figures_say_since_when(sign_in: SignIn, figures: None, database: Database) -> None:
    """A metric whose newest day is older than it may be is late since the day after."""
    with database.write() as session:
        session.get_one(OperationalMetric, "answered").expected_every_days = 3

    assert "late since" in text_of(sign_in(Role.HR).get("/operations?lang=en"))


def test_a_metric(sign_in: SignIn, figures: None, answer: Callable[..., None]) -> None:
    """Its months with a table, the perception beside them, units in rank bands and no correction yet."""
    for _ in range(30):
        answer(9, day=month_ago(1)[0], satisfied=5)
    page = sign_in(Role.ANALYST).get("/operations/answered?lang=en")
    read = text_of(page)

    assert 'data-figure="months"' in page.text
    assert 'data-figure="perception"' in page.text
    assert re.search(r"Vanak 2,700 cases 90.0% 88.8% to 91.1% 1 Tajrish 2,700 cases 60.0% 58.1% to 61.8% 2", read)
    assert "No figure has been corrected." in read
    assert "Set a target" not in read


def test_means_have_no_rank(sign_in: SignIn, figures: None) -> None:
    """Side by side, and the page says why."""
    read = text_of(sign_in(Role.EXECUTIVE).get("/operations/waiting?lang=en"))

    assert "without ranks" in read
    assert "Rank" not in read


def test_a_unit_manager_sees_the_own_units(sign_in: SignIn, figures: None) -> None:
    """The own unit's value; another unit's is refused, and so is the company's."""
    client = sign_in(Role.UNIT_MANAGER)

    assert "90.0%" in text_of(client.get("/operations?lang=en"))
    read = text_of(client.get("/operations/answered?lang=en"))
    assert "Tajrish" not in read
    for unit in ("tajrish", "bank", "nowhere"):
        assert client.get(f"/operations?unit={unit}").status_code == 403
        assert client.get(f"/operations/answered?unit={unit}").status_code == 403


@pytest.mark.parametrize(
    "path", ["/operations/none", "/operations/a%00b", "/operations?unit=a%00b", "/operations?period=x"]
)
def test_what_is_not_there(sign_in: SignIn, figures: None, path: str) -> None:
    """404 with what to do."""
    assert sign_in(Role.EXECUTIVE).get(path).status_code == 404


def test_who_answers_for_a_unit_sends_no_figures() -> None:
    """Nobody who is measured by a figure may send or define it, whatever their role."""
    for action in (Action.OPERATIONS_FEED, Action.OPERATIONS_DEFINE):
        assert may(Role.CX_MANAGER, action, measured=False)
        assert not may(Role.CX_MANAGER, action, measured=True)
        assert [role for role in Role if may(role, action, measured=False)] == [Role.CX_MANAGER]


def send(client: TestClient[Litestar], text: str, **form: str) -> Any:
    client.get("/operations")
    data = {"_csrf_token": client.cookies["csrf"], **form}
    return client.post("/operations?lang=en", data=data, files={"file": ("f.csv", text.encode(), "text/csv")})


def test_a_file_is_sent_and_corrected(sign_in: SignIn, figures: None, database: Database) -> None:
    """Checked, stored, sent again and corrected; the page of the metric shows the correction with both values."""
    client = sign_in(Role.CX_MANAGER)
    first, last = month_ago(0)
    row = HEAD + f"answered,vanak,{first},{last},285,300\n"

    assert "nothing was stored yet" in text_of(send(client, row, check="1"))
    assert "0 new, 1 corrected, 0 as they were" in text_of(send(client, row))
    assert "these figures were here already" in text_of(send(client, row))
    read = text_of(client.get("/operations/answered?lang=en"))
    assert "90.0% 270 of 300 95.0% 285 of 300" in read
    with database.read() as session:
        newest = session.scalars(select(OperationalFigure).where(OperationalFigure.revision == 2)).one()
    assert newest.numerator == 285


def test_a_wrong_file_tells_its_rows_in_the_readers_language(sign_in: SignIn, figures: None) -> None:
    """400 with row, column and what to do; what somebody wrote is text, not markup."""
    client = sign_in(Role.CX_MANAGER)
    answer = send(client, HEAD + "answered,<b>x</b>,2025-01-01,2025-01-02,1,2\n")

    assert answer.status_code == 400
    assert "There is no unit “&lt;b&gt;x&lt;/b&gt;”." in answer.text
    client.cookies["language"] = "fa"
    client.get("/operations")
    data, sent = {"_csrf_token": client.cookies["csrf"]}, {"file": ("f.csv", b"nothing", "text/csv")}
    assert "فایل این ستون‌ها را ندارد" in client.post("/operations?lang=fa", data=data, files=sent).text
    assert client.post("/operations?lang=en", data=data).status_code == 400


def test_others_send_nothing(sign_in: SignIn, figures: None) -> None:
    """An analyst reads; what they send is refused."""
    client = sign_in(Role.ANALYST)
    client.get("/operations")

    assert client.post("/operations", data={"_csrf_token": client.cookies["csrf"]}).status_code == 403


DEFINITION = {
    "code": "defects",
    "names.fa": "خطا",
    "names.en": "Defects",
    "explanation.fa": "سفارش‌های دارای خطا از همه سفارش‌ها",
    "explanation.en": "Orders with a defect, of all orders",
    "kind": "share",
    "lower_is_better": "1",
    "owner": "quality",
    "source": "workshop",
    "expected_every_days": "۴۰",
    "kpi": "csat_visit",
    "touchpoint": "",
}


def test_a_metric_is_defined_by_hand(sign_in: SignIn, figures: None, database: Database) -> None:
    """The form is checked as a file would be: what is wrong stands above it and nothing is typed again."""
    client = sign_in(Role.CX_MANAGER)
    token = {"_csrf_token": client.get("/operations/define?lang=en") and client.cookies["csrf"]}
    wrong = client.post("/operations/define?lang=en", data=DEFINITION | token | {"names.fa": "", "code": "a b"})
    assert wrong.status_code == 400
    assert "Begin with a Latin letter" in wrong.text
    assert "Orders with a defect" in wrong.text
    assert client.post("/operations/define", data=DEFINITION | token | {"code": "define"}).status_code == 400
    assert client.post("/operations/define", data=DEFINITION | token | {"kind": "mean"}).status_code == 400

    right = client.post("/operations/define", data=DEFINITION | token, follow_redirects=False)
    assert right.headers["location"] == "/operations/defects"
    with database.read() as session:
        metric = session.get_one(OperationalMetric, "defects")
    assert (metric.census, metric.lower_is_better, metric.expected_every_days) == (False, True, 40)
    assert "Orders with a defect" in client.get("/operations/define?code=defects").text


def test_a_target_is_set(sign_in: SignIn, figures: None, database: Database) -> None:
    """For one unit from a Jalali day on; nonsense and what a share cannot reach are refused."""
    client = sign_in(Role.CX_MANAGER)
    client.get("/operations")
    form = {"_csrf_token": client.cookies["csrf"], "unit": "vanak", "value": "۹۲٫۵", "since": "1404-01-01"}

    assert client.post("/operations/answered/targets", data=form, follow_redirects=False).status_code == 303
    with database.read() as session:
        target = session.get_one(OperationalTarget, ("answered", "vanak", date(2025, 3, 21)))
    assert target.value == Decimal("92.5")
    assert "Target 92.5%" in text_of(client.get("/operations/answered?unit=vanak&lang=en"))
    for value in ("101", "x", "", "NaN", "1e9999"):
        refused = client.post("/operations/answered/targets", data=form | {"value": value})
        assert refused.status_code == 400, value
    for code in ("nothing", "a%00b"):
        assert client.post(f"/operations/{code}/targets", data=form).status_code == 404
    assert client.get("/operations/define?code=a%00b").status_code == 200


def test_the_scorecard_has_them_beside_its_kpis(sign_in: SignIn, figures: None, answer: Callable[..., None]) -> None:
    """The same totals, with the KPI that each explains; who may not read operations sees none."""
    answer(9, 9, 10, 3, 9, 9, 9, 9, 9, 10, satisfied=5, day=month_ago(1)[0])
    client = sign_in(Role.EXECUTIVE)
    read = text_of(client.get("/scorecards?lang=en"))

    assert "Answered in time up to" in read
    assert "75.0% 5,400 cases · all counted" in read
    assert (
        "/scorecards?survey=visit&amp;period=12m&amp;touchpoint=counter&amp;kpi=csat_visit"
        in client.get("/scorecards?lang=en").text
    )
    elsewhere = text_of(client.get("/scorecards?touchpoint=call&lang=en"))
    assert "4.1 minutes" in elsewhere
    assert "75.0%" not in elsewhere


def test_the_administrator_has_no_operations(sign_in: SignIn, figures: None) -> None:
    """Their scorecard is without the section."""
    assert "Answered in time" not in sign_in(Role.ADMINISTRATOR).get("/scorecards?lang=en").text
