"""The pages of quality over HTTP: who opens them, what they say, and what their forms do."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select, update

from cem.people.models import Account
from cem.quality.models import PopulationMargin, QualityDecision, QualityRule, RepeatWay
from cem.roles import Role
from surveys.database import Database, day_of, new_id, utc_now
from surveys.models import Response, Survey
from surveys.publishing import publish
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record

SignIn = Callable[[Role], TestClient[Litestar]]
Answer = Callable[..., None]
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.ANALYST}
PAGES = ["", "/rules", "/rules?try=1&burst.marks=1", "/repeats", "/weights", "/weights?edit=unit", "/units", "/planner"]


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def today(settings: Any) -> date:
    return day_of(utc_now(), settings.zone)


@pytest.fixture
def odd(accounts: None, database: Database, answer: Answer, today: date) -> list[uuid.UUID]:
    """Sixty answers of today, of which ten show a signal; their ids."""
    answer(*[10, 9, 8, 7, 3] * 10, day=today)
    answer(*[0] * 10, day=today, touchpoint="call", unit="tajrish")
    with database.write() as session:
        zeros = session.scalars(select(Response).where(Response.touchpoint == "call")).all()
        for response in zeros:
            response.signals = ["burst", "late"]
        return [response.response_id for response in zeros]


@pytest.mark.parametrize("role", [*Role])
def test_who_may_open_them(odd: object, sign_in: SignIn, role: Role) -> None:
    """Executive, CX manager and analyst; the list of single answers is not for the executive."""
    client = sign_in(role)
    for page in PAGES:
        assert client.get(f"/quality{page}").status_code == (200 if role in READERS else 403), page
    decides = role in {Role.CX_MANAGER, Role.ANALYST}
    assert client.get("/quality/responses").status_code == (200 if decides else 403)


@pytest.mark.parametrize("page", [*PAGES, "/responses"])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_without_any_survey_or_answer(sign_in: SignIn, page: str, language: str) -> None:
    """An empty product opens every page with a sentence."""
    join = "&" if "?" in page else "?"
    assert sign_in(Role.CX_MANAGER).get(f"/quality{page}{join}lang={language}").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/responses"])
def test_a_survey_without_answers(sign_in: SignIn, survey: Survey, page: str) -> None:
    """A survey that nobody has answered opens every page."""
    assert sign_in(Role.CX_MANAGER).get(f"/quality{page}").status_code == 200


def post(client: TestClient[Litestar], path: str, **form: Any) -> Any:
    client.get("/quality")
    return client.post(f"/quality{path}", data={"_csrf_token": client.cookies["csrf"], **form}, follow_redirects=False)


def test_what_is_found_is_told(odd: object, sign_in: SignIn) -> None:
    """How many show a signal, where; nothing is suspect yet, and the picture has its table."""
    page = sign_in(Role.EXECUTIVE).get("/quality?lang=en").text

    assert "10 answers show a signal" in text_of(page)
    assert "no answer is suspect" in text_of(page)
    assert 'data-figure="days"' in page
    assert re.search("Call · Tajrish .*Many answers from one place at once: 10", text_of(page))


def test_all_that_match_become_suspect_and_come_back(odd: list[uuid.UUID], sign_in: SignIn, database: Database) -> None:
    """A bulk decision by its signal; the page then says what it moved, with both values; then it is taken back."""
    client = sign_in(Role.ANALYST)
    decision = {
        "choice": "survey=visit&signal=burst",
        "everything": "1",
        "became": "suspect",
        "reason": "the same tablet",
    }
    answer = post(client, "/decisions", **decision)
    assert (answer.status_code, answer.headers["location"]) == (303, "/quality/responses?survey=visit&signal=burst")
    told = text_of(client.get("/quality?lang=en").text)
    assert "Leaving out 10 suspect answers moves it by 20.0 points" in told
    assert "50 answers" in told
    assert "60 answers" in told
    assert "the same tablet" in client.get("/quality/responses?lang=en&quality=suspect").text
    post(client, "/decisions", **decision | {"became": "valid", "reason": "they were customers"})

    with database.read() as reader:
        assert reader.scalar(select(func.count()).where(Response.quality == "suspect")) == 0
        assert reader.scalar(select(func.count()).select_from(QualityDecision)) == 20


def test_single_answers_without_their_scores(odd: list[uuid.UUID], sign_in: SignIn, database: Database) -> None:
    """One of the list is chosen; its scores stand nowhere on the page; an id from elsewhere is nobody's."""
    client = sign_in(Role.CX_MANAGER)
    page = client.get("/quality/responses?lang=en").text
    assert page.count('name="response"') == 10
    assert "recommend" not in page
    chosen = {"choice": "survey=visit", "became": "suspect", "reason": "a test of ours"}
    assert post(client, "/decisions", **chosen, response=str(odd[0])).status_code == 303
    assert post(client, "/decisions", **chosen, response=str(uuid.uuid4())).status_code == 400
    assert post(client, "/decisions", **chosen, response="no id").status_code == 400
    assert post(client, "/decisions", **chosen).status_code == 400
    assert post(client, "/decisions", **chosen | {"reason": " "}, response=str(odd[1])).status_code == 400
    with database.read() as reader:
        assert reader.scalars(select(Response.response_id).where(Response.quality == "suspect")).all() == [odd[0]]


def test_few_suspects_are_not_told_by_the_difference(odd: list[uuid.UUID], sign_in: SignIn, database: Database) -> None:
    """With one suspect answer the KPI with all would tell its score."""
    client = sign_in(Role.ANALYST)
    post(client, "/decisions", choice="survey=visit", became="suspect", reason="odd", response=str(odd[0]))
    told = text_of(client.get("/quality?lang=en").text)

    assert "so few answers are suspect that the difference would tell what they said" in told
    assert "with all answers" not in told


def test_who_is_measured_may_not_decide(
    odd: list[uuid.UUID], sign_in: SignIn, client: TestClient[Litestar], database: Database
) -> None:
    """A unit manager never; nor an analyst or CX manager who answers for a unit, though their role may."""
    decision = {"choice": "survey=visit", "became": "suspect", "reason": "too low", "response": str(odd[0])}
    manager = sign_in(Role.UNIT_MANAGER)
    token = manager.cookies["csrf"]
    assert manager.post("/quality/decisions", data=decision | {"_csrf_token": token}).status_code == 403
    # Accounts are not made like this; but a role may change while a unit stays.
    for role in (Role.ANALYST, Role.CX_MANAGER):
        with database.write() as session:
            session.execute(update(Account).where(Account.name == role.value).values(unit="vanak"))
        sign_in(role)
        assert client.get("/quality/responses").status_code == 403
        for path in ("decisions", "rules", "checks", "repeats", "margins"):
            answer = client.post(f"/quality/{path}", data=decision | {"_csrf_token": client.cookies["csrf"]})
            assert answer.status_code == 403, path
        assert 'href="/quality/responses' not in client.get("/quality").text


def test_rules_are_tried_set_and_checked(odd: object, sign_in: SignIn, database: Database) -> None:
    """The analyst tries and may not set; the CX manager sets, checks, and the signals are as the rules find them."""
    analyst = sign_in(Role.ANALYST)
    tried = text_of(analyst.get("/quality/rules?lang=en&try=1&burst=10&burst.marks=1").text)
    assert "Of 60 answers of the period 60 would become suspect" in tried
    assert "Now Then" in tried
    assert post(analyst, "/rules", choice="survey=visit", burst="10").status_code == 403
    assert analyst.get("/quality/rules?try=1&burst=1").status_code == 400
    manager = sign_in(Role.CX_MANAGER)
    assert post(manager, "/rules", choice="survey=visit", **{"burst": "10", "burst.marks": "1"}).status_code == 303
    assert post(manager, "/checks", choice="survey=visit&period=1m").status_code == 303

    with database.read() as reader:
        (rule,) = reader.scalars(select(QualityRule)).all()
        assert reader.scalar(select(func.count()).where(Response.quality == "suspect")) == 60
    assert (rule.signal, rule.threshold, rule.marks) == ("burst", 10, True)


def test_the_way_and_the_population_are_set(odd: object, sign_in: SignIn, database: Database) -> None:
    """By the CX manager alone; the page then shows the chosen way, and the KPI weighted."""
    client = sign_in(Role.CX_MANAGER)
    assert post(client, "/repeats", choice="survey=visit", way="latest").status_code == 303
    assert post(client, "/repeats", choice="survey=visit", way="best").status_code == 400
    assert "The latest answer of each customer in the period. Chosen by cx_manager" in text_of(
        client.get("/quality/repeats?lang=en").text
    )
    margin = {"choice": "survey=visit", "dimension": "channel", "source": "register", "scope": "company"}
    amounts = {"amount.branch": "۵۰", "amount.contact_centre": "50", "amount.nowhere": "9"}
    assert post(client, "/margins", **margin, **amounts).status_code == 303
    assert post(client, "/margins", **margin, **{"amount.branch": "1"}).status_code == 400
    page = text_of(client.get("/quality/weights?lang=en").text)

    assert "Weighted to all customers, NPS is −40.0 instead of 0.0" in page
    with database.read() as reader:
        assert reader.scalar(select(RepeatWay.way)) == "latest"
        assert reader.scalar(select(func.count()).select_from(PopulationMargin)) == 2


def test_the_scorecard_tells_of_repeats(
    accounts: None, send: Callable[..., uuid.UUID], sign_in: SignIn, today: date
) -> None:
    """One sentence, with the way to the page for those who may open it; nothing where nobody came back."""
    for minutes in range(20):
        send({"recommend": 9}, minutes=minutes, day=today)
    client, address = sign_in(Role.EXECUTIVE), "/scorecards?lang=en&survey=panel"
    assert "repeats by the same customers" not in text_of(client.get(address).text)
    for minutes in range(5):
        send({"recommend": 9}, minutes=30 + minutes, day=today, customer="ali")
    page = client.get(address).text

    assert "16.0% of the answers are repeats by the same customers" in text_of(page)
    assert 'href="/quality/repeats?survey=panel' in page
    assert "/quality/repeats" not in sign_in(Role.HR).get(address).text


def test_a_plan_by_address(odd: object, sign_in: SignIn) -> None:
    """The form is filled from the answers; its own numbers count for this KPI and not for another."""
    client = sign_in(Role.EXECUTIVE)
    of = "of=visit.nps_visit&kpi=nps_visit"
    page = client.get(
        f"/quality/planner?lang=en&{of}&size=5&promoters=60&detractors=15&deff=1&population=&rate=25"
    ).text
    assert "To know NPS within ±5.0 points, you need 842 answers." in text_of(page)
    assert "3,368 invitations" in text_of(page)
    assert 'data-figure="curve"' in page
    other = client.get("/quality/planner?lang=en&of=visit.nps_visit&kpi=ces_visit&size=77").text
    assert 'value="77"' not in other
    assert "cannot be planned" in text_of(client.get(f"/quality/planner?lang=en&{of}&promoters=90&detractors=20").text)


ANONYMOUS = """
id: box
kind: always_on
languages: [en]
title: {en: Box}
consent: {en: Our colleagues read it.}
thanks: {en: Thank you}
anonymous: true
blocks: [{id: all, questions: [{type: csat, id: satisfied, purpose: p, text: {en: Satisfied}}]}]
"""


@pytest.fixture
def box(accounts: None, database: Database, survey: Survey) -> Callable[[int], None]:
    """Put answers into an anonymous box; each shows a signal."""
    questionnaire = read_yaml(ANONYMOUS)
    with database.write() as session:
        survey_id = publish(session, questionnaire, utc_now()).survey_id

    def put(n: int) -> None:
        answers, day = {"satisfied": 1}, utc_now().date()
        common = {"touchpoint": "", "unit": "", "channel": "", "language": "en", "quality": "valid"}
        with database.write() as session:
            record(
                session.connection(),
                [
                    Submission(
                        survey_id=survey_id, response_id=new_id(), version=1, day=day, **common, signals=["late"],
                        has_comment=False, answers=answers, submitted_at=None, seconds=None,
                        scores=scores(questionnaire, answers),
                    )
                    for _ in range(n)
                ],
            )  # fmt: skip

    return put


def test_an_anonymous_survey_is_decided_about_together(
    box: Callable[[int], None], sign_in: SignIn, database: Database
) -> None:
    """No single answer is listed; all that match go together, and no fewer than five."""
    client = sign_in(Role.CX_MANAGER)
    decision = {"choice": "survey=box", "everything": "1", "became": "suspect", "reason": "a script"}
    box(4)
    page = client.get("/quality/responses?lang=en&survey=box").text
    assert 'name="response"' not in page
    assert 'name="everything"' not in page
    assert post(client, "/decisions", **decision).status_code == 400
    with database.read() as reader:
        chosen = str(reader.scalars(select(Response.response_id)).first())
    assert post(client, "/decisions", **decision | {"everything": "", "response": chosen}).status_code == 400
    box(1)
    assert 'name="everything"' in client.get("/quality/responses?lang=en&survey=box").text
    assert post(client, "/decisions", **decision).status_code == 303
    assert "anonymous and keeps no times" in client.get("/quality?lang=en&survey=box").text
