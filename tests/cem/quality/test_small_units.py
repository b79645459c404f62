"""Raw and shrunken scores of units, their reliability, and what stays hidden."""

from collections.abc import Callable
from datetime import date

import pytest

from cem.people.accounts import Person
from cem.quality.small_units import SmallUnits, read_units
from cem.roles import Role
from cem.scorecards.choices import read_choice
from cem.scorecards.offers import read_offers
from metrics import Histogram, shrink_units
from surveys.database import Database
from surveys.models import Survey, Unit

Answer = Callable[..., None]
TODAY = date(2025, 11, 10)
BRANCHES = ("vanak", "tajrish", "rey", "karaj", "qom", "yazd")


@pytest.fixture
def units(database: Database, survey: Survey) -> Callable[..., SmallUnits | None]:
    """The units of a bank with six branches, in the running month."""
    with database.write() as session:
        for code in BRANCHES[2:]:
            session.add(Unit(code=code, parent="bank", names={"en": code.title()}, valid_from=date(2020, 1, 1)))

    def read(**asked: str) -> SmallUnits | None:
        with database.read() as reader:
            offers, person = read_offers(reader), Person("a", "a", Role.ANALYST, None)
            choice = read_choice({"period": "1m", **asked}, offers, person, "jalali", TODAY)
            assert choice is not None
            return read_units(reader, choice, choice.focus, offers)

    return read


def test_small_units_are_drawn_to_the_mean(answer: Answer, units: Callable[..., SmallUnits | None]) -> None:
    """Numbers are those of `shrink_units`; the fewer the answers, the less reliable the score."""
    given = {
        "vanak": [10] * 60 + [0] * 40,
        "tajrish": [10] * 5 + [9] * 5,
        "rey": [0] * 90 + [10] * 10,
        "karaj": [10] * 180 + [8] * 20,
        "qom": [8] * 12 + [10] * 8,
        "yazd": [3] * 10 + [10] * 30,
    }
    for unit, scores in given.items():
        answer(*scores, unit=unit)
    found = units()
    expected = shrink_units({unit: Histogram.of(scores) for unit, scores in given.items()}).units

    assert found is not None
    assert found.reason is None
    assert [row.code for row in found.rows] == sorted(given)
    for row in found.rows:
        unit = expected[row.code]
        assert unit is not None
        assert row.shrunk is not None
        assert row.shrunk.value == pytest.approx(unit.value)
        assert row.reliability == pytest.approx(unit.reliability)
    by_code = {row.code: row for row in found.rows}
    assert (by_code["tajrish"].reliability or 1) < (by_code["karaj"].reliability or 0)
    assert len({row.needed for row in found.rows}) == 1


def test_a_unit_that_few_answered_for_stays_hidden(answer: Answer, units: Callable[..., SmallUnits | None]) -> None:
    """Under five answers nothing is shown, neither raw nor shrunken, and its neighbour hides with it."""
    for unit in BRANCHES:
        answer(*[10, 9, 3, 8] * (1 if unit == "qom" else 10 + len(unit)), unit=unit)
    found = units()

    assert found is not None
    closed = [row.code for row in found.rows if row.raw is None]
    assert "qom" in closed
    assert len(closed) == 2
    assert all(row.shrunk is None for row in found.rows if row.code in closed)


def test_few_units_are_not_shrunken(answer: Answer, units: Callable[..., SmallUnits | None]) -> None:
    """Below five units the raw scores stand alone, with the reason."""
    answer(*[10, 9, 3] * 10)
    answer(*[10, 9, 3] * 10, unit="tajrish")
    found = units()

    assert found is not None
    assert found.reason == "too_few_units"
    assert [row.shrunk for row in found.rows] == [None] * 6


def test_csat_is_shrunken_as_a_share(answer: Answer, units: Callable[..., SmallUnits | None]) -> None:
    """The answers that make a unit reliable are (a + b) r / (1 - r) of the beta-binomial fit."""
    for place, unit in enumerate(BRANCHES):
        answer(*[9] * (8 + 5 * place), unit=unit, satisfied=5)
        answer(*[9] * 20, unit=unit, satisfied=2)
    found = units(kpi="csat_visit")

    assert found is not None
    row = found.rows[0]
    assert row.needed is not None
    assert row.raw is not None
    prior = row.raw.n * (1 - (row.reliability or 0)) / (row.reliability or 1)
    assert row.needed == pytest.approx(prior * 0.7 / 0.3, abs=1)


def test_a_branch_has_no_units(answer: Answer, units: Callable[..., SmallUnits | None]) -> None:
    """Of a unit without others below it there is nothing to compare."""
    assert units(unit="vanak") is None
