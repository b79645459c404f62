"""The page over HTTP: who may open it, what an address may ask, and what it says."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from cem.roles import Role
from surveys.database import day_of, utc_now

SignIn = Callable[[Role], TestClient[Litestar]]
READERS = {Role.EXECUTIVE, Role.CX_MANAGER, Role.ANALYST}


@pytest.fixture
def linked(
    sign_in: SignIn,
    answer: Callable[..., None],
    ask_all: Callable[[], None],
    record: Callable[..., None],
    settings: object,
) -> None:
    """Sixty customers who answered seven months ago, with books of two days since."""
    today = day_of(utc_now(), settings.zone)  # type: ignore[attr-defined] # settings of the application
    day = today - timedelta(days=210)
    answer(*[9, 8, 2] * 20, day=day)
    ask_all()
    for number in range(60):
        record(f"C{number}", day + timedelta(days=5))
        left_on = day + timedelta(days=40 + number) if 40 <= number < 50 else None
        record(
            f"C{number}", today, left_on=left_on, spend=200.0 + number, margin=50.0 + number,
            category_spend=900.0, need_segment="<b>advice</b>",
        )  # fmt: skip


def text_of(page: str) -> str:
    """What a reader sees, without the marks around numbers."""
    return " ".join(re.sub(r"[\u2066-\u2069]", "", re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("role", [*Role])
def test_who_may_open_it(linked: None, sign_in: SignIn, role: Role) -> None:
    """Those who steer the company; nobody who answers for one unit, and neither HR nor the administrator."""
    assert sign_in(role).get("/outcomes").status_code == (200 if role in READERS else 403)


@pytest.mark.parametrize("spoken", ["fa", "en"])
def test_what_it_says(linked: None, sign_in: SignIn, spoken: str) -> None:
    """Curves with their table, odds, money, worth, wallet, talk and segments; a code of the books is text."""
    page = sign_in(Role.ANALYST).get(f"/outcomes?lang={spoken}").text

    assert 'id="data-survival"' in page
    assert "<b>advice</b>" not in page
    if spoken == "en":
        said = text_of(page)
        for part in ("Left within 6 months", "They do not prove", "Share of wallet", "speak ill", "Value by need"):
            assert part in said


def test_assumptions_are_asked_for(linked: None, sign_in: SignIn) -> None:
    """A higher discount lowers the value; what is no number, or nobody's assumption, is not there."""
    client = sign_in(Role.EXECUTIVE)
    usual, high = (text_of(client.get(f"/outcomes?lang=en{more}").text) for more in ("", "&discount=50&multiplier=۳"))

    def value(page: str) -> float:
        found = re.search(r"A customer is worth ([\d,.]+) over", page)
        assert found
        return float(found[1].replace(",", ""))

    assert value(high) < value(usual)
    assert "undoes 3 good ones" in high
    for wrong in ("discount=x", "discount=-1", "multiplier=nan", "multiplier=1000", "survey=none", "kpi=none"):
        assert client.get(f"/outcomes?{wrong}").status_code == 404


def test_other_scales_have_thirds(linked: None, answer: Callable[..., None], sign_in: SignIn) -> None:
    """A KPI that nobody answered has no groups, and the page says so."""
    said = text_of(sign_in(Role.CX_MANAGER).get("/outcomes?lang=en&kpi=ces_visit").text)

    assert "There is nothing to show for this choice" in said
    assert "What customers are worth" in said


def test_before_the_books(sign_in: SignIn, answer: Callable[..., None]) -> None:
    """Without books the page says how they come in."""
    answer(9)
    assert "cem outcomes import" in sign_in(Role.ANALYST).get("/outcomes?lang=en").text
