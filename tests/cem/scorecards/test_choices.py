"""An address is checked as a whole before anything is counted."""

from collections.abc import Callable
from datetime import date

import pytest

from cem.errors import Forbidden
from cem.people.accounts import Person
from cem.roles import Role
from cem.scorecards.choices import Choice, UnknownChoice, read_choice
from cem.scorecards.offers import read_offers
from surveys.database import Database

Choose = Callable[..., Choice]


def test_the_plain_address(choose: Choose) -> None:
    """Without parameters: the first transactional survey, twelve months, the whole company, its first KPI."""
    choice = choose()

    assert (choice.survey, choice.period.name, choice.unit, choice.units) == ("visit", "12m", "", None)
    assert choice.kpi == "nps_visit"
    assert [kpi.kind for kpi in choice.kpis] == ["nps", "csat", "ces", "mean"]


def test_a_full_address_reads_back(choose: Choose) -> None:
    """The address of a choice is that choice."""
    asked = {
        "survey": "visit",
        "period": "1404-07",
        "unit": "vanak",
        "touchpoint": "call",
        "channel": "branch",
        "kpi": "staff",
    }
    choice = choose(**asked)

    assert choice.address() == (
        "/scorecards?survey=visit&period=1404-07&unit=vanak&touchpoint=call&channel=branch&kpi=staff"
    )
    assert choice.address(unit="", kpi="ces_visit").endswith("touchpoint=call&channel=branch&kpi=ces_visit")
    assert choice.units == {"vanak"}


@pytest.mark.parametrize(
    "asked",
    [
        {"survey": "nothing"},
        {"period": "1404-13"},
        {"period": "2099"},
        {"unit": "nowhere"},
        {"touchpoint": "nowhere"},
        {"channel": "smoke signals"},
        {"kpi": "words"},
        {"kpi": "' OR 1=1 --"},
        {"unit": "<script>"},
    ],
)
def test_what_is_not_there(choose: Choose, asked: dict[str, str]) -> None:
    """Anything unknown is a clear fault, never a default."""
    with pytest.raises(UnknownChoice):
        choose(**asked)


def test_a_unit_manager_sees_their_own_units(choose: Choose) -> None:
    """Without a unit in the address, and with one below theirs."""
    assert choose(Role.UNIT_MANAGER, "bank").units == {"bank", "vanak", "tajrish"}
    assert choose(Role.UNIT_MANAGER, "bank", unit="vanak").units == {"vanak"}
    assert choose(Role.UNIT_MANAGER, "vanak").unit == "vanak"


@pytest.mark.parametrize("unit", ["bank", "tajrish", "nowhere"])
def test_a_unit_manager_asks_for_another_unit(choose: Choose, unit: str) -> None:
    """Above, beside or unknown: refused alike."""
    with pytest.raises(Forbidden):
        choose(Role.UNIT_MANAGER, "vanak", unit=unit)


def test_a_unit_manager_without_a_unit_sees_nothing(choose: Choose) -> None:
    """A missing scope is no scope."""
    with pytest.raises(Forbidden):
        choose(Role.UNIT_MANAGER, None)


def test_no_survey_yet(database: Database, person: Callable[..., Person]) -> None:
    """Nothing to choose is not a fault."""
    with database.read() as reader:
        assert read_choice({}, read_offers(reader), person(), "jalali", date(2025, 11, 10)) is None
