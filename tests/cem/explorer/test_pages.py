"""The explorer over HTTP: who may open it, what an address may ask, and what it says."""

import re
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cem.roles import Role
from surveys.database import day_of, utc_now

SignIn = Callable[[Role], TestClient[Litestar]]
Answer = Callable[..., None]
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.UNIT_MANAGER, Role.ANALYST}


@pytest.fixture
def answered(sign_in: SignIn, answer: Answer, settings: object) -> None:
    """Two touchpoints with two reasons each, today."""
    today = day_of(utc_now(), settings.zone)  # type: ignore[attr-defined] # settings of the application
    answer(*[10, 9, 9] * 20, day=today, reason="staff")
    answer(*[1, 2, 9] * 20, day=today, reason="waiting")
    answer(*[10, 9, 3] * 20, day=today, unit="tajrish", touchpoint="call", reason="staff")


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("role", [*Role])
def test_who_may_open_it(answered: None, sign_in: SignIn, role: Role) -> None:
    """Those who act on what is found; HR and the administrator need no cuts."""
    assert sign_in(role).get("/explorer").status_code == (200 if role in READERS else 403)


def test_a_table_with_its_certainty(answered: None, sign_in: SignIn) -> None:
    """A value, its interval and its answers in each cell, and a word for the one that differs."""
    page = text_of(sign_in(Role.ANALYST).get("/explorer?lang=en&rows=touchpoint&columns=q.reason").text)

    assert "180 answers" in page
    assert "60 answers" in page
    assert "lower than elsewhere" in page
    assert re.search(r"\+100 .* to \+100", page)


def test_answers_of_a_question(answered: None, sign_in: SignIn) -> None:
    """The shares of a choice question by touchpoint, in Persian."""
    page = sign_in(Role.CX_MANAGER).get("/explorer?lang=fa&measure=q.reason&columns=touchpoint").text

    assert "۵۰٪" in re.sub(r"[\u2066-\u2069]", "", page)
    assert "شدت وابستگی" in page


@pytest.mark.parametrize(
    "query", ["rows=nowhere", "columns=q.words", "measure=nothing", "measure=q.recommend", "measure=q.x", "unit=x"]
)
def test_what_is_not_there_is_a_kind_404(answered: None, sign_in: SignIn, query: str) -> None:
    """A cut, a measure or a place that the survey does not have."""
    assert sign_in(Role.ANALYST).get(f"/explorer?{query}").status_code == 404


def test_a_unit_manager_cannot_cut_another_unit(answered: None, sign_in: SignIn) -> None:
    """Another unit is forbidden, and the own one is all that is counted."""
    client = sign_in(Role.UNIT_MANAGER)

    assert client.get("/explorer?unit=tajrish").status_code == 403
    page = text_of(client.get("/explorer?lang=en&rows=touchpoint&columns=q.reason").text)
    assert "120 answers" in page
    assert "Tajrish" not in page


def test_nothing_to_show_is_said(sign_in: SignIn, survey: object) -> None:
    """A survey that nobody has answered opens with a sentence."""
    assert "nothing to show" in text_of(sign_in(Role.ANALYST).get("/explorer?lang=en").text)


@pytest.mark.parametrize("role", [*Role])
def test_who_may_see_the_drivers(sign_in: SignIn, survey: object, role: Role) -> None:
    """The same as the tables."""
    assert sign_in(role).get("/explorer/drivers").status_code == (200 if role in READERS else 403)


def test_the_drivers_with_their_picture(sign_in: SignIn, answer: Answer, settings: object) -> None:
    """Each driver with its importance, its performance and what to do; the picture has its table."""
    today = day_of(utc_now(), settings.zone)  # type: ignore[attr-defined] # settings of the application
    for n in range(60):
        answer(n % 9 + 1, staff=n % 9 + 1, day=today)
    page = sign_in(Role.CX_MANAGER).get("/explorer/drivers?lang=en").text

    assert "Importance 100% (100% to 100%)" in text_of(page)
    assert 'data-figure="quadrant"' in page
    assert '<th scope="row">1. The staff</th>' in re.sub(r"[\u2066-\u2069]", "", page)


def test_why_there_are_no_drivers(sign_in: SignIn, survey: object) -> None:
    """Too few answers are said in a sentence."""
    assert "too few complete answers" in text_of(sign_in(Role.ANALYST).get("/explorer/drivers?lang=en").text)
