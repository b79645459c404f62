"""The drivers of a KPI, from the answers on both databases."""

from collections.abc import Callable

import pytest

from cem.explorer.drivers import REASONS, DriverList, drivers_of, find_drivers
from cem.roles import Role
from cem.scorecards.choices import Choice
from cem.scorecards.offers import read_offers
from metrics import shapley_r2
from surveys.database import Database
from surveys.questionnaire import Questionnaire, Scored, read_yaml

Answer = Callable[..., None]
Choose = Callable[..., Choice]


@pytest.fixture
def drivers(database: Database, choose: Choose) -> Callable[..., DriverList]:
    """The drivers that somebody sees."""

    def find(role: Role = Role.EXECUTIVE, own: str | None = None, **asked: str) -> DriverList:
        choice = choose(role, own, **asked)
        with database.read() as reader:
            offers = read_offers(reader)
            return find_drivers(reader, choice, offers.surveys[choice.survey].questionnaire)

    return find


def test_the_driver_of_a_kpi_is_found(answer: Answer, drivers: Callable[..., DriverList]) -> None:
    """The scores follow the rating of the staff, so it explains all of them, with the mean of its scale."""
    for n in range(60):
        answer(n % 9 + 1, staff=n % 9 + 1)
    found = drivers()

    assert found.found.reason is None
    assert [place.question.id for place in found.places] == ["staff"]
    assert found.places[0].driver.importance.value == pytest.approx(100)
    # Scores 1 to 9 on a scale from 1 to 10, in percent of the way.
    mean = sum(n % 9 + 1 for n in range(60)) / 60
    assert found.places[0].performance.value == pytest.approx(100 * (mean - 1) / 9)


def test_importance_is_shapleys(
    answer: Answer, drivers: Callable[..., DriverList], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted by combination or one by one, the shares are those of the answers."""
    monkeypatch.setattr(
        "cem.explorer.drivers.drivers_of", lambda q, _: [x for x in q.questions if x.id in "effort staff"]
    )
    rows = [(n * 7 % 11, n * 3 % 7 + 1, n * 5 % 10 + 1) for n in range(120)]
    rows += [(min(10, e + s // 2), e, s) for _, e, s in rows]
    for recommend, effort, staff in rows:
        answer(recommend, effort=effort, staff=staff)
    expected = shapley_r2([[e, s] for _, e, s in rows], [r for r, _, _ in rows])
    shares = {place.question.id: place.driver.importance.value for place in drivers().places}

    assert expected is not None
    assert shares["effort"] == pytest.approx(100 * expected[0] / expected.sum())
    assert shares["staff"] == pytest.approx(100 * expected[1] / expected.sum())


def test_few_answers_make_no_list(answer: Answer, drivers: Callable[..., DriverList]) -> None:
    """Forty answers are noise with names on it, and answers without the rating are not complete."""
    for n in range(40):
        answer(n % 11, staff=n % 10 + 1)
    answer(*[9] * 30)
    found = drivers()

    assert (found.places, found.found.reason, found.found.n) == ((), "too_few_answers", 40)


def test_every_reason_has_its_words(drivers: Callable[..., DriverList], survey: object) -> None:
    """A survey that nobody answered says why there is no list."""
    assert drivers().found.reason in REASONS


def test_ratings_of_aspects_are_drivers(root: object) -> None:
    """Another overall score would explain everything and tell nothing."""
    questionnaire: Questionnaire = read_yaml((root / "cem/demo/relationship.yaml").read_text())  # type: ignore[operator] # a path
    outcome = next(q for q in questionnaire.questions if isinstance(q, Scored))

    found = {question.id for question in drivers_of(questionnaire, outcome)}
    assert found == {"trust", "ease", "care", "digital_services", "fair_fees"}
