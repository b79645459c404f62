"""What drives the satisfaction of 250 real customers, found by the product and by a computation written otherwise.

The product takes correlation matrices apart and resamples by counts; here every subset of the questions is regressed
from the file's own rows, in every order, and whole rows are drawn anew.
"""

import csv
import os
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from cem.explorer.drivers import DriverList, drivers_of, find_drivers
from cem.people.accounts import Person
from cem.roles import Role
from cem.scorecards.choices import read_choice
from cem.scorecards.offers import read_offers
from metrics import key_drivers
from surveys.database import Database
from surveys.formats.csv_responses import import_responses
from surveys.formats.mapping import read_mapping
from surveys.publishing import publish
from surveys.questionnaire import Questionnaire, read_yaml

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
OUTCOME = "CUSA1"
# The aspects of quality that the index asks for, of which every order can be gone through.
ASPECTS = ("PERQ2", "PERQ3", "PERQ4", "PERQ5", "PERQ6", "PERQ7")
DRAWS = 1000


@pytest.fixture(scope="module")
def data(root: Path) -> Path:
    file = Path(os.environ.get("CEM_DATA", root.parent / "shared" / "data")) / "mobi.csv"
    if not file.exists():
        pytest.skip("the mobile operators' data is not here: set CEM_DATA to the folder that has mobi.csv")
    return file


@pytest.fixture(scope="module")
def ids(root: Path) -> dict[str, str]:
    """The question of each column."""
    columns = read_mapping(root / "examples" / "mobi-mapping.yaml").mapping.answers
    return {str(column): question for question, column in columns.items()}


@pytest.fixture(scope="module")
def rows(data: Path) -> np.ndarray:
    """The aspects and the outcome of each customer, straight from the file."""
    with data.open() as file:
        return np.array([[float(row[name]) for name in (*ASPECTS, OUTCOME)] for row in csv.DictReader(file)])


@pytest.fixture
def found(
    database: Database, data: Path, root: Path, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> DriverList:
    """The drivers as the explorer finds them, after an import through the product."""
    with database.write() as session:
        publish(session, read_yaml(root / "examples" / "mobi.yaml"), NOW)
    with database.write() as session, data.open("rb") as file:
        list(import_responses(session, file, read_mapping(root / "examples" / "mobi-mapping.yaml"), NOW.date()))
    wanted = [ids[name] for name in ASPECTS]

    def aspects(questionnaire: Questionnaire, outcome: object) -> tuple[object, ...]:
        asked = drivers_of(questionnaire, outcome)  # type: ignore[arg-type]
        return tuple(question for name in wanted for question in asked if question.id == name)

    # All 23 other ratings have too many subsets to be gone through in a test.
    monkeypatch.setattr("cem.explorer.drivers.drivers_of", aspects)
    with database.read() as reader:
        offers, person = read_offers(reader), Person("a", "a", Role.ANALYST, None)
        asked = {"survey": "mobi", "period": "2002", "kpi": ids[OUTCOME]}
        choice = read_choice(asked, offers, person, "gregorian", date(2026, 3, 1))
        assert choice is not None
        return find_drivers(reader, choice, offers.surveys["mobi"].questionnaire)


def r_squared(x: np.ndarray, y: np.ndarray) -> float:
    """Of a regression with a constant, by least squares on the rows themselves."""
    design = np.column_stack([np.ones(len(y)), x])
    residuals = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - float(residuals @ residuals) / float(((y - y.mean()) ** 2).sum())


def shares(table: np.ndarray) -> np.ndarray:
    """What each aspect adds to R-squared, averaged over every order in which they can enter; in percent."""
    x, y = table[:, :-1], table[:, -1]
    p = x.shape[1]
    known = {frozenset[int](): 0.0}
    for number in range(1, 2**p):
        subset = frozenset(place for place in range(p) if number >> place & 1)
        known[subset] = r_squared(x[:, sorted(subset)], y)
    added = np.zeros(p)
    for order in permutations(range(p)):
        for place, driver in enumerate(order):
            before = frozenset(order[:place])
            added[driver] += known[before | {driver}] - known[before]
    return 100 * added / added.sum()


def test_the_shares_match(found: DriverList, rows: np.ndarray, ids: dict[str, str]) -> None:
    """Every order of every subset by hand gives the product's shares and its R-squared."""
    product = {place.question.id: place.driver.importance.value for place in found.places}

    assert found.found.n == len(rows) == 250
    assert found.found.r2 == pytest.approx(r_squared(rows[:, :-1], rows[:, -1]))
    assert [product[ids[name]] for name in ASPECTS] == pytest.approx(shares(rows).tolist())


@pytest.fixture(scope="module")
def limits(rows: np.ndarray) -> np.ndarray:
    """The limits of every share from customers drawn anew, row by row."""
    generator = np.random.default_rng(7)
    drawn = np.array([_quick(rows[generator.integers(0, len(rows), len(rows))]) for _ in range(DRAWS)])
    return np.percentile(drawn, [2.5, 97.5], axis=0)


def test_the_intervals_match(found: DriverList, limits: np.ndarray, ids: dict[str, str]) -> None:
    """Resampled otherwise, with another generator, the limits are the same within what chance allows."""
    low, high = limits
    product = {place.question.id: place.driver.importance for place in found.places}
    for place, name in enumerate(ASPECTS):
        estimate = product[ids[name]]
        # A limit from a thousand resamples wanders by about a fifteenth of the interval's width.
        room = 0.1 * (high[place] - low[place])
        assert estimate.low == pytest.approx(low[place], abs=room), name
        assert estimate.high == pytest.approx(high[place], abs=room), name


def _quick(table: np.ndarray) -> np.ndarray:
    """The same shares with weights for subsets instead of orders, as a thousand resamples need."""
    x, y = table[:, :-1] - table[:, :-1].mean(axis=0), table[:, -1] - table[:, -1].mean()
    gram, cross, total, p = x.T @ x, x.T @ y, float(y @ y), x.shape[1]
    r2 = np.zeros(2**p)
    for number in range(1, 2**p):
        chosen = [place for place in range(p) if number >> place & 1]
        r2[number] = cross[chosen] @ np.linalg.solve(gram[np.ix_(chosen, chosen)], cross[chosen]) / total
    sizes = np.array([number.bit_count() for number in range(2**p)])
    weight = np.array([1 / (p * _choose(p - 1, size)) for size in range(p)])
    numbers = np.arange(2**p)
    added = np.empty(p)
    for driver in range(p):
        without = numbers[numbers >> driver & 1 == 0]
        added[driver] = (weight[sizes[without]] * (r2[without | 1 << driver] - r2[without])).sum()
    return 100 * added / added.sum()


def _choose(n: int, k: int) -> int:
    result = 1
    for place in range(k):
        result = result * (n - place) // (place + 1)
    return result


def test_both_ways_of_adding_up_are_one(rows: np.ndarray) -> None:
    """The quick form of this file is the slow one; and the product's function on the rows is both."""
    slow = shares(rows)
    answers = {name: rows[:, place] for place, name in enumerate(ASPECTS)}
    product = key_drivers(answers, rows[:, -1], np.random.default_rng(1), resamples=100)

    assert _quick(rows) == pytest.approx(slow)
    assert [driver.importance.value for driver in product.drivers] == pytest.approx(slow.tolist())
