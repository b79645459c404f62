"""Making a plan step by step over HTTP: nothing typed is lost, every fault stands at its place, the cost is told."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from cem.rewards.costs import estimate_cost
from cem.rewards.history import broken_links
from cem.rewards.models import Participant
from cem.rewards.periods import RewardPeriod
from cem.rewards.plan_forms import read_number
from cem.rewards.plans import find_plan, read_terms
from cem.rewards.terms import Terms
from cem.roles import Role
from cem.scorecards.offers import read_offers
from surveys.database import Database
from surveys.models import Survey
from tests.cem.conftest import csrf
from tests.cem.rewards.conftest import AFTER, PERIOD, ZONE, enrol, terms_of

SignIn = Callable[[Role], TestClient[Litestar]]
LATER = "2025-Q4"
STEP = "/rewards/plans/branches/1/steps"


def fields_of(page: str) -> dict[str, str]:
    """What a form would send as it stands."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        if name and (not kind or kind[1] != "radio" or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            found[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = unescape(body)
    return found


@pytest.fixture
def hr(database: Database, sign_in: SignIn, survey: Survey, company: None) -> TestClient[Litestar]:
    """HR with a draft from the template for managers."""
    client = sign_in(Role.HR)
    form = {"_csrf_token": csrf(client), "template": "manager", "code": "branches", "period": LATER}
    begun = client.post("/rewards/plans/new", data=form, follow_redirects=False)
    assert begun.headers["location"] == f"{STEP}/who?period={LATER}"
    return client


def terms(database: Database) -> Terms:
    with database.read() as reader:
        return read_terms(find_plan(reader, "branches"))


def fill(client: TestClient[Litestar], step: str, **changed: str) -> Any:
    """Send a step as it stands, with some fields changed."""
    form = fields_of(client.get(f"{STEP}/{step}?period={LATER}&lang=en").text)
    form |= {name.replace("__", "."): value for name, value in changed.items() if "__" in name}
    form |= {name: value for name, value in changed.items() if "__" not in name}
    return client.post(f"{STEP}/{step}?lang=en", data={**form, "_csrf_token": csrf(client)}, follow_redirects=False)


def test_from_template_to_review(database: Database, hr: TestClient[Litestar]) -> None:
    """Each step leads to the next, nothing changes by going on, and the review finds no fault."""
    first = terms(database)
    assert [measure.code for measure in first.measures] == ["recommend", "satisfied", "followed-up", "solved-first"]
    repeated = first.measures[3]
    assert repeated.lower_is_better
    assert (repeated.threshold, repeated.target, repeated.stretch) == (11, 9, 7)
    assert fill(hr, "who").headers["location"] == f"{STEP}/measures?period={LATER}"
    assert terms(database) == first
    assert fill(hr, "measures").headers["location"] == f"{STEP}/guard?period={LATER}"
    assert fill(hr, "guard").headers["location"] == f"{STEP}/review?period={LATER}"
    review = hr.get(f"{STEP}/review?period={LATER}&lang=en").text
    assert "Nothing is wrong with this plan" in review
    assert "Nobody takes part" in review
    with database.read() as reader:
        assert list(broken_links(reader, "branches")) == []


def test_what_was_not_found_is_chosen(database: Database, hr: TestClient[Litestar]) -> None:
    """A measure that the template did not find waits to be chosen, and then gets points of its own."""
    form = {"_csrf_token": csrf(hr), "template": "executive", "code": "chiefs", "period": LATER}
    hr.post("/rewards/plans/new", data=form)
    step = f"/rewards/plans/chiefs/1/steps/measures?period={LATER}&lang=en"
    page = hr.get(step).text
    assert "Choose what is measured here" in page
    sent = {**fields_of(page), "_csrf_token": csrf(hr)}
    waits = hr.post(step, data=sent, follow_redirects=False)
    assert "/steps/measures" in waits.headers["location"]
    chosen = hr.post(step, data={**sent, "measures[0].source": "survey:visit:nps_visit"}, follow_redirects=False)
    assert "/steps/guard" in chosen.headers["location"]
    with database.read() as reader:
        first = read_terms(find_plan(reader, "chiefs")).measures[0]
    assert (first.threshold, first.target, first.stretch) == (22, 37, 53)


def test_the_cost_on_the_review(database: Database, hr: TestClient[Litestar]) -> None:
    """With participants the review says what the plan would cost, and whether the pool is enough."""
    with database.write() as session:
        enrol(session, "A", 90_000_000, plan="branches")
    page = hr.get(f"{STEP}/review?period={PERIOD.code}&lang=en").text
    assert "1 units could not be measured" in re.sub("[\u2066-\u2069]", "", page)
    with database.write() as session:
        for part in session.scalars(select(Participant)):
            part.period = LATER
    page = re.sub("[\u2066-\u2069]", "", hr.get(f"{STEP}/review?period={LATER}&pool=5&lang=en").text)
    assert "At the target: 90,000,000" in page
    assert "The pool of 5 is smaller" in page


def test_what_was_typed_stays(database: Database, hr: TestClient[Litestar]) -> None:
    """A number that cannot be read changes nothing, is told beside its field, and is given back with all the rest."""
    before = terms(database)
    refused = fill(hr, "measures", **{"measures[0].weight": "many", "measures[1].weight": "77"})
    assert refused.status_code == 422
    assert 'value="many"' in refused.text
    assert 'value="77"' in refused.text
    assert 'id="fault-measures[0].weight"' in refused.text
    assert terms(database) == before


def test_faults_keep_a_step_open(database: Database, hr: TestClient[Litestar]) -> None:
    """Weights that do not add up are kept, and told on the step itself and on the review, with a link back."""
    stays = fill(hr, "measures", **{"measures[0].weight": "۲۰"})
    assert stays.headers["location"].startswith(f"{STEP}/measures")
    assert terms(database).measures[0].weight == 20
    assert "add up to 95" in hr.get(f"{STEP}/measures?lang=en").text
    review = hr.get(f"{STEP}/review?lang=en").text
    assert "add up to 95" in review
    assert f'href="{STEP}/measures?' in review


def test_parts_come_and_go(database: Database, hr: TestClient[Litestar]) -> None:
    """Measures and gates are added and removed by buttons; the last measure stays."""
    fill(hr, "measures", do="add-measure")
    assert len(terms(database).measures) == 5
    for code in [measure.code for measure in terms(database).measures]:
        fill(hr, "measures", do=f"remove-measure {code}")
    assert len(terms(database).measures) == 1
    fill(hr, "guard", do="add-gate", gate="operation:acknowledged")
    assert [gate.code for gate in terms(database).gates] == ["response-rate", "invitation-coverage", "gate-1"]
    fill(hr, "guard", do="add-gate", gate="operation:unheard-of")
    fill(hr, "guard", do="remove-gate gate-1")
    assert len(terms(database).gates) == 2


def test_points_are_suggested_anew(database: Database, hr: TestClient[Litestar]) -> None:
    """The button gives the suggestion of one measure, and the texts can be written anew."""
    suggested = terms(database).measures[0]
    fill(hr, "measures", **{"measures[0].target": "99", "measures[1].target": "98", "baseline.en": "Mine"})
    fill(hr, "measures", do="suggest recommend")
    now = terms(database)
    assert now.measures[0].target == suggested.target
    assert now.measures[1].target == 98
    assert now.baseline["en"] == "Mine"
    fill(hr, "measures", do="words")
    assert terms(database).baseline["en"].startswith("Set against the days")


def test_a_beginning_that_does_not_work(hr: TestClient[Litestar]) -> None:
    """Template and code are looked at first, and the names that were typed come back."""
    for template, code, words in (
        ("none", "x", "Choose what the plan begins with"),
        ("manager", "فارسی", "Begin with a Latin letter"),
        ("manager", "new", "Begin with a Latin letter"),
        ("manager", "branches", "There is a plan with this code"),
    ):
        sent = {"template": template, "code": code, "names.en": "My plan", "_csrf_token": csrf(hr)}
        refused = hr.post("/rewards/plans/new?lang=en", data=sent, follow_redirects=False)
        assert refused.status_code == 422
        assert words in refused.text
        assert 'value="My plan"' in refused.text


def test_no_such_step(hr: TestClient[Litestar]) -> None:
    """An address that names no step, or no plan, is not there."""
    assert hr.get(f"{STEP}/other").status_code == 404
    assert hr.get("/rewards/plans/other/1/steps/who").status_code == 404


def test_what_a_plan_costs(database: Database, survey: Survey, company: None) -> None:
    """The scores of the period before, times what people could earn: shares and days count, and so does the cap."""
    period = PERIOD.plus(1)
    with database.write() as session:
        for number, (amount, days, share) in {"A": (90_000_000, 92, 1), "B": (40_000_000, 46, "1/2")}.items():
            enrol(session, number, amount, days, share=share)
        for part in session.scalars(select(Participant)):
            part.period = period.code
    now = datetime(2025, 12, 1, tzinfo=UTC)
    with database.read() as reader:
        found = estimate_cost(reader, read_offers(reader), terms_of(), period, now, ZONE)
        assert found is not None
        # The score of the worked example.
        assert found.at_target == 100_000_000
        assert found.expected == round(5035125 / 5297200 * 100_000_000)
        assert found.highest == 130_000_000
        assert (found.people, found.units, found.unmeasured) == (2, 1, 0)
        assert estimate_cost(reader, read_offers(reader), terms_of(), RewardPeriod.parse("2030"), AFTER, ZONE) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.5", "12.5"),
        ("۱۲٫۵", "12.5"),
        ("12,5", "12.5"),
        ("1,000", "1000"),
        ("۹۰٬۰۰۰", "90000"),
        ("−3", "-3"),
        ("5%", "5"),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    """Either digits, either decimal sign, grouped or not."""
    assert str(read_number(text)) == number


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "NaN", "Infinity", "1e99"])
def test_what_is_no_number(text: str) -> None:
    """Nothing else is taken for one."""
    assert read_number(text) is None
