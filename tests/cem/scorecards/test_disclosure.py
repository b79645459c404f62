"""What a list hides is not told by the pages of its parts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cem.roles import Role
from cem.scorecards.choices import Choice
from cem.scorecards.offers import read_offers
from cem.scorecards.scorecard import Scorecard, build_scorecard
from surveys.database import Database
from surveys.models import Unit

TODAY = date(2025, 11, 10)  # 19 Aban 1404
Answer = Callable[..., None]
Build = Callable[..., Scorecard]


@pytest.fixture
def build(database: Database, choose: Callable[..., Choice]) -> Build:
    """The scorecard of an address, with comments."""

    def of(*who: Any, **asked: str) -> Scorecard:
        with database.read() as reader:
            return build_scorecard(reader, choose(*who, **asked), read_offers(reader), TODAY, comments=True)

    return of


def shows_nothing(card: Scorecard) -> bool:
    numbers = card.focus.estimate, card.focus.trend, card.units, card.touchpoints, card.comments
    return not any(numbers) and card.focus.answers.n == 0


def test_the_neighbour_of_a_few(build: Build, answer: Answer) -> None:
    """The company less Vanak would be what three customers of Tajrish said."""
    answer(*[9] * 50, words="fine")
    answer(1, 1, 2, unit="tajrish", touchpoint="call", words="bad")

    assert build().focus.answers.n == 53
    for part in ({"unit": "vanak"}, {"unit": "tajrish"}, {"touchpoint": "counter"}, {"channel": "branch"}):
        assert shows_nothing(build(**part)), part


def test_enough_beside_it(build: Build, answer: Answer) -> None:
    """Five neighbours are many enough, and then each part is shown."""
    answer(*[9] * 50)
    answer(*[1] * 5, unit="tajrish", touchpoint="call")

    assert build(unit="vanak").focus.answers.n == 50
    assert build(unit="tajrish", touchpoint="call").focus.answers.n == 5


def test_only_one_more_is_hidden(build: Build, answer: Answer, database: Database) -> None:
    """With a third unit the smallest neighbour is enough: the largest stays to be seen."""
    with database.write() as session:
        session.add(Unit(code="karaj", parent="bank", names={"en": "Karaj"}, valid_from=TODAY))
    answer(*[9] * 50)
    answer(1, 1, 2, unit="tajrish")
    answer(*[5] * 20, unit="karaj")

    assert build(unit="vanak").focus.answers.n == 50
    assert shows_nothing(build(unit="karaj"))
    units = build().units
    assert units is not None
    assert {row.code for row in units.rows if row.estimate} == {"vanak"}


def test_what_belongs_to_no_part(build: Build, answer: Answer) -> None:
    """Two answers about the bank itself are what is left of its total beside its units."""
    answer(*[9] * 50)
    answer(*[5] * 20, unit="tajrish")
    answer(1, 2, unit="bank")
    units = build().units

    assert units is not None
    assert {row.code for row in units.rows if row.estimate} == {"vanak"}
    assert shows_nothing(build(unit="tajrish"))
    assert build(unit="vanak").focus.answers.n == 50


def test_a_part_of_a_hidden_part(build: Build, answer: Answer, database: Database) -> None:
    """The units under a hidden one add up to it."""
    with database.write() as session:
        session.add(Unit(code="desk", parent="vanak", names={"en": "Desk"}, valid_from=TODAY))
    answer(*[9] * 20, unit="desk")
    answer(1, 1, 2, unit="tajrish")

    assert shows_nothing(build(unit="desk"))


def test_ones_own_unit_is_ones_own(build: Build, answer: Answer) -> None:
    """Who cannot open the whole learns nothing by its part: a unit manager's own page stays."""
    answer(*[9] * 50)
    answer(1, 1, 2, unit="tajrish")

    assert build(Role.UNIT_MANAGER, "vanak").focus.answers.n == 50
    assert shows_nothing(build(Role.UNIT_MANAGER, "bank", unit="vanak"))
    assert build(Role.UNIT_MANAGER, "tajrish").focus.estimate is None


def test_each_kpi_by_itself(build: Build, answer: Answer) -> None:
    """Where few answered one question and many another, the other is shown."""
    answer(*[9] * 50, satisfied=5)
    answer(*[3] * 20, unit="tajrish")
    answer(*[3] * 3, unit="tajrish", satisfied=1)
    tiles = {tile.kpi.series: tile for tile in build(unit="vanak").tiles}

    assert tiles["nps_visit"].answers.n == 50
    assert tiles["csat_visit"].estimate is None
