"""The pages and forms of the outer loop over HTTP, with the people who may open them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.improvements.causes import read_causes
from cem.improvements.counting import count_causes
from cem.improvements.improvements import PLANNED, Plan, finish_improvement, plan_improvement
from cem.improvements.models import ClosureNotice, Improvement, RootCause
from cem.improvements.notices import tell_waiting
from cem.improvements.promotion import promote_causes
from cem.improvements.root_causes import open_root_cause
from cem.roles import Role
from cem.scorecards.days import write_day
from cem.scorecards.models import Annotation
from cem.settings import Settings
from surveys.database import Database
from surveys.languages import language
from surveys.models import Survey

from .conftest import NOW, Raise
from .test_effects import DONE_ON, give, plain

Client = TestClient[Litestar]
SignIn = Callable[[Role], Client]
TODAY = NOW.date()
FORM = {
    "title": "A second counter",
    "unit": "vanak",
    "owner": "unit_manager",
    "due_on": "2027-03-01",
    "cost": "5,000,000",
}


def text_of(answer: Any, status: int = 200) -> str:
    """What is read, without tags and isolates."""
    assert answer.status_code == status, answer.text
    return " ".join(plain(re.sub(r"<[^>]+>", " ", answer.text)).split())


def post(client: Client, path: str, data: dict[str, Any] | None = None) -> Any:
    """Send a form as a page has it."""
    form = {**(data or {}), "_csrf_token": client.cookies["csrf"]}
    return client.post(path, data=form, follow_redirects=False)


@pytest.fixture
def promoted(database: Database, settings: Settings, raised: Raise) -> RootCause:
    """Six cases of waiting at Vanak, and the root cause that the rule has made of them."""
    raised(6)
    raised(2, "fees", unit="tajrish")
    promote_causes(database, settings, NOW)
    count_causes(database, settings, NOW)
    with database.read() as reader:
        return reader.scalars(select(RootCause)).one()


@pytest.fixture
def row(database: Database, promoted: RootCause, survey: Survey) -> Improvement:
    """An improvement of it, done fifty days ago, against a unit that was not changed."""
    with database.write() as session:
        root = session.get_one(RootCause, promoted.root_cause_id)
        plan = Plan(
            title="A second counter",
            description="",
            owner="unit_manager",
            unit="vanak",
            due_on=TODAY,
            survey_id=survey.survey_id,
            series="nps_visit",
            touchpoint="counter",
            expected=10.0,
            control_units=("tajrish",),
        )
        made = plan_improvement(session, NOW, "cx_manager", root, plan)
        finish_improvement(session, NOW, "cx_manager", made, DONE_ON, TODAY)
    return made


def test_the_overview(sign_in: SignIn, row: Improvement) -> None:
    """The numbers with their intervals, Pareto, burn-down and the improvement, in both languages."""
    client = sign_in(Role.EXECUTIVE)
    english = text_of(client.get("/improvements?lang=en"))
    persian = client.get("/improvements?lang=fa").text

    assert "Open root causes 1 all counted" in english
    assert "6 of 8 cases of a year whose cause is known" in english
    assert "Improvements with a proven effect 0% 0% to 79%" in english
    assert 'data-figure="pareto"' in persian
    assert 'data-figure="burn-down"' in persian
    assert "Waiting 6 75% 41% to 93% 75% 1 to 2" in english
    assert "A second counter" in english
    assert "No improvement is here yet" in text_of(client.get("/improvements?unit=tajrish&view=done&days=30&lang=en"))


def test_a_company_without_anything(sign_in: SignIn) -> None:
    """No number is invented where there is nothing to count."""
    client = sign_in(Role.CX_MANAGER)
    read = text_of(client.get("/improvements?lang=en"))

    assert "nothing to count yet" in read
    assert "There are no two causes to compare yet" in read
    assert "There are no causes yet." in text_of(client.get("/improvements/causes?lang=en"))


def test_lists_go_on(sign_in: SignIn, database: Database, company: None) -> None:
    """Twenty-five on a page, each row on one page alone."""
    with database.write() as session:
        for place in range(30):
            at = NOW - timedelta(hours=place)
            root = open_root_cause(session, at, "cx_manager", "fees", "vanak", today=TODAY)
            root.closed_at = NOW
            plan = Plan(title=f"Number {place:02}", description="", owner=None, unit="vanak", due_on=TODAY)
            plan_improvement(session, at, "cx_manager", root, plan)
            session.flush()
    client = sign_in(Role.ANALYST)
    for path, word in (("/improvements", "Number"), ("/improvements/root-causes?view=closed", "/root-causes/")):
        first = client.get(path)
        following = re.search(r'rel="next" href="([^"]+)"', first.text)
        assert following is not None
        second = client.get(following[1].replace("&amp;", "&"))
        rows = [re.findall(r'<h[23]><a href="([^"]+)"', page.text) for page in (first, second)]
        assert [len(found) for found in rows] == [25, 5], word
        assert not set(rows[0]) & set(rows[1])


def test_a_root_cause(sign_in: SignIn, promoted: RootCause) -> None:
    """Why it was taken up, how many cases it explains, and the whys; the list has it too."""
    client = sign_in(Role.UNIT_MANAGER)
    page = client.get(f"/improvements/root-causes/{promoted.root_cause_id}?lang=en")
    assert "6 cases of this unit in 30 days had this cause" in text_of(page)
    assert "30 days 90 days 365 days 6 6 6" in text_of(page)
    assert "Waiting" in text_of(client.get("/improvements/root-causes?lang=en"))

    address = f"/improvements/root-causes/{promoted.root_cause_id}"
    assert post(client, f"{address}/whys", {"why": ["One counter", "", "Nobody plans"], "owner": ""}).status_code == 303
    assert ">Nobody plans</textarea>" in client.get(address).text
    assert post(client, f"{address}/whys", {"why": "One", "owner": "hr"}).status_code == 400
    assert post(client, f"{address}/conclude", {"conclusion": "Counters follow the hours now"}).status_code == 303
    assert "Counters follow the hours now" in text_of(client.get(address))
    assert post(client, f"{address}/conclude", {"conclusion": "Again"}).status_code == 409
    assert client.get("/improvements/root-causes/0199da1d-a540-7cbd-977a-6cbfdc1245a0").status_code == 404
    assert client.get("/improvements/root-causes/nothing").status_code == 404


def test_by_hand_and_for_whom(sign_in: SignIn, database: Database, company: None) -> None:
    """A unit manager opens one for the own unit, and for no other one or the company."""
    client = sign_in(Role.UNIT_MANAGER)
    for unit in ("tajrish", ""):
        assert post(client, "/improvements/root-causes", {"cause": "fees", "unit": unit}).status_code == 403
    assert post(client, "/improvements/root-causes", {"cause": "fees", "unit": "vanak"}).status_code == 303
    assert post(client, "/improvements/root-causes", {"cause": "fees", "unit": "vanak"}).status_code == 409
    assert post(client, "/improvements/root-causes", {"cause": "weather", "unit": "vanak"}).status_code == 400


def test_an_improvement_from_plan_to_done(
    sign_in: SignIn, database: Database, promoted: RootCause, survey: Survey
) -> None:
    """Planned with a wrong day first, changed, begun, done in a Persian day; the trend has its note; then it stays."""
    client = sign_in(Role.UNIT_MANAGER)
    address = f"/improvements/root-causes/{promoted.root_cause_id}/plan"
    assert "Plan an improvement" in text_of(client.get(f"{address}?lang=en"))
    kpi = {"kpi": "visit|nps_visit", "touchpoint": "counter", "expected": "+5", "control_units": "tajrish"}
    again = post(client, address, {**FORM, **kpi, "due_on": "tomorrow"})
    assert "This improvement cannot be kept" not in again.text
    assert "It needs a title and a day" in text_of(again, 400)
    assert 'value="A second counter"' in again.text
    made = post(client, address, {**FORM, **kpi})
    page = made.headers["location"]
    with database.read() as reader:
        row = reader.scalars(select(Improvement)).one()
    assert (row.status, row.cost, row.expected, row.control_units) == (PLANNED, 5_000_000, 5.0, ["tajrish"])

    assert 'value="2027-03-01"' in client.get(f"{page}/change?lang=en").text
    assert post(client, f"{page}/change", {**FORM, **kpi, "title": "Two counters"}).status_code == 303
    assert post(client, f"{page}/change", {**FORM, **kpi, "unit": "tajrish"}).status_code == 403
    assert post(client, f"{page}/start").status_code == 303
    assert post(client, f"{page}/start").status_code == 409
    day = write_day(language("fa"), DONE_ON)
    assert post(client, f"{page}/finish", {"done_on": "soon"}).status_code == 400
    assert post(client, f"{page}/finish", {"done_on": day}).status_code == 303
    assert post(client, f"{page}/abandon").status_code == 409
    with database.read() as reader:
        row = reader.scalars(select(Improvement)).one()
        note = reader.scalars(select(Annotation)).one()
    assert (row.title, row.done_on, row.verdict) == ("Two counters", DONE_ON, "few")
    assert (note.words, note.day, note.unit, note.touchpoint) == ({"en": "Two counters"}, DONE_ON, "vanak", "counter")


def test_the_effect_is_told(sign_in: SignIn, row: Improvement, answer: Callable[..., None]) -> None:
    """In sentences, with n, interval and method, as a figure with its table; a way to the scorecard's trend."""
    for unit in ("vanak", "tajrish"):
        give(answer, DONE_ON, (10, 9, 3, 4), unit=unit)
        give(answer, TODAY, (10, 9, 9, 3) if unit == "vanak" else (10, 9, 3, 4), unit=unit)
    page = sign_in(Role.CX_MANAGER).get(f"/improvements/{row.improvement_id}?lang=en")
    read = text_of(page)

    assert "Effect proven" in read
    assert "What is left is an effect of +50" in read
    assert "80 before, 80 after" in read
    assert "difference in differences" in read
    assert 'data-figure="effect"' in page.text
    assert "survey=visit&amp;kpi=nps_visit&amp;unit=vanak&amp;touchpoint=counter" in page.text


def test_others_read_the_effect_and_not_the_course(
    sign_in: SignIn, database: Database, row: Improvement, answer: Callable[..., None]
) -> None:
    """A manager of another unit learns what changed; the KPI's course is for those who may see it."""
    give(answer, DONE_ON, (10, 9, 3, 4))
    give(answer, TODAY, (10, 9, 9, 3))
    with database.write() as session:
        session.get_one(Improvement, row.improvement_id).unit = "tajrish"
        session.get_one(Improvement, row.improvement_id).control_units = []
    give(answer, DONE_ON, (10, 9, 3, 4), unit="tajrish")
    give(answer, TODAY, (10, 9, 9, 3), unit="tajrish")
    client = sign_in(Role.UNIT_MANAGER)
    page = client.get(f"/improvements/{row.improvement_id}?lang=en")

    assert "NPS rose by 50 points" in text_of(page)
    assert 'data-figure="effect"' not in page.text
    assert "Words for customers" not in page.text
    for act in ("start", "finish", "abandon", "tell", "change"):
        assert post(client, f"/improvements/{row.improvement_id}/{act}", FORM).status_code == 403


def test_customers_are_told(sign_in: SignIn, database: Database, settings: Settings, row: Improvement) -> None:
    """How many raised it, the words in both languages, one sending, and then how many were told."""
    with database.write() as session:
        session.get_one(Improvement, row.improvement_id).done_on = TODAY
    client = sign_in(Role.CX_MANAGER)
    page = f"/improvements/{row.improvement_id}"
    assert "6 people had raised it before it was done. 0 of them can be reached" in text_of(
        client.get(f"{page}?lang=en")
    )
    assert "Write them in both languages" in text_of(
        post(client, f"{page}/tell", {"fa": "", "en": "Done", "send": "1"}), 400
    )
    words = {"fa": "باجه دوم باز شد.", "en": "A second counter is open."}
    assert post(client, f"{page}/tell", words).status_code == 303
    with database.read() as reader:
        assert reader.scalars(select(ClosureNotice)).all() == []
    assert post(client, f"{page}/tell", {**words, "send": "1"}).status_code == 303
    assert "6 people still wait to be told" in text_of(client.get(page))
    tell_waiting(database, settings, NOW)
    read = text_of(client.get(page))
    assert "You said, we did 0 of 6 0% 0% to 39%" in read
    assert post(client, f"{page}/tell", {**words, "send": "1"}).status_code == 409


def test_causes_are_kept(sign_in: SignIn, database: Database, company: None) -> None:
    """The CX manager adds, renames and retires; the page shows the form to nobody else."""
    client = sign_in(Role.CX_MANAGER)
    client.get("/improvements/causes")
    heat = {"code": "heat", "fa": "گرما", "en": "Too hot", "kind": "place", "parent": ""}
    assert post(client, "/improvements/causes", heat).status_code == 303
    assert post(client, "/improvements/causes", {**heat, "kind": "weather"}).status_code == 400
    assert 'value="Too hot"' in client.get("/improvements/causes?code=heat&lang=en").text
    assert post(client, "/improvements/causes/retire", {"code": "heat"}).status_code == 303
    assert "no longer used" in client.get("/improvements/causes").text
    with database.read() as reader:
        assert read_causes(reader).causes["heat"].retired_at is not None


@pytest.mark.parametrize("role", [*Role])
def test_only_some_may(sign_in: SignIn, row: Improvement, promoted: RootCause, role: Role) -> None:
    """Reading is for those who act or analyse, keeping for CX and the units' managers, causes for CX alone."""
    client = sign_in(role)
    readers = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.ANALYST}
    root = f"/improvements/root-causes/{promoted.root_cause_id}"
    for path in (
        "/improvements",
        "/improvements/root-causes",
        root,
        "/improvements/causes",
        f"/improvements/{row.improvement_id}",
    ):
        assert client.get(path).status_code == (200 if role in readers else 403), path
    keepers = {Role.CX_MANAGER, Role.UNIT_MANAGER}
    assert client.get(f"{root}/plan").status_code == (200 if role in keepers else 403)
    assert client.get(f"/improvements/{row.improvement_id}/change").status_code == (200 if role in keepers else 403)
    assert post(client, f"{root}/whys", {"why": "One"}).status_code == (303 if role in keepers else 403)
    for path in ("/improvements/causes", "/improvements/causes/retire"):
        assert post(client, path, {"code": "fees"}).status_code == (
            403 if role is not Role.CX_MANAGER else 303 if "retire" in path else 400
        )
