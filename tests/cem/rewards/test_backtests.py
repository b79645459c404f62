"""What a plan would have paid, and what chance would have made of it."""

from fractions import Fraction

import pytest

from cem.rewards.backtests import back_test
from cem.rewards.odds import plan_odds
from cem.rewards.priors import fix_priors
from cem.roles import Role
from cem.scorecards.offers import read_offers
from metrics.payouts.guards import Guard
from surveys.database import Database
from tests.cem.conftest import SignIn
from tests.cem.rewards.conftest import AFTER, PERIOD, ZONE, Opened, enrol, terms_of


def test_the_past_is_scored_as_a_run_is(database: Database, opened: Opened) -> None:
    """The example's quarter has the example's score and cost; a quarter without answers is not measurable."""
    opened(pool=None)
    with database.read() as reader:
        test = back_test(reader, terms_of(), PERIOD, AFTER, ZONE)
    *_, empty, last = test.periods
    assert (test.base, test.people) == (170_000_000, 3)
    assert last.units["vanak"].score == str(Fraction(5035125, 5297200))
    assert last.cost == pytest.approx(170_000_000 * 5035125 / 5297200)
    assert last.bands == (0, 0, 1, 0)
    assert empty.unmeasured == 1
    assert empty.cost == 0


def test_chance_has_a_range(database: Database, opened: Opened) -> None:
    """Eight of ten redraws lie around the cost, not on it; the same plan gives the same range again."""
    opened(pool=None)
    with database.read() as reader:
        first, second = (back_test(reader, terms_of(), PERIOD, AFTER, ZONE) for _ in range(2))
    low, middle, high = first.periods[-1].quantiles or (0, 0, 0)
    assert low < middle <= high
    assert low < (first.periods[-1].cost or 0) <= high * 1.05
    assert first.periods[-1].quantiles == second.periods[-1].quantiles


def test_small_groups_are_not_told(database: Database, opened: Opened) -> None:
    """Three people of a grade are no group; five are."""
    opened(pool=None)
    with database.read() as reader:
        assert back_test(reader, terms_of(), PERIOD, AFTER, ZONE).grades == ()
    with database.write() as session:
        for number in ("D", "E"):
            enrol(session, number, 1_000_000)
    with database.read() as reader:
        (group,) = back_test(reader, terms_of(), PERIOD, AFTER, ZONE).grades
    assert (group.name, group.people) == ("7", 5)
    assert group.score == pytest.approx(0.9505, abs=1e-4)


def test_odds_need_a_past(database: Database, opened: Opened) -> None:
    """Two units have no prior, so no guard is simulated; with a prior each has its odds."""
    opened(pool=None)
    with database.read() as reader:
        offers = read_offers(reader)
        test = back_test(reader, terms_of(), PERIOD, AFTER, ZONE)
        assert (
            plan_odds(terms_of(), offers, fix_priors(reader, offers, terms_of(), PERIOD, ["vanak"]), test.periods[-1])
            == ()
        )
        (found,) = plan_odds(terms_of(), offers, {"nps": {"mean": 33.0, "between": 90.0}}, test.periods[-1])
    assert (found.measure.code, found.usual_n) == ("nps", 210)
    assert found.odds[Guard.NONE].above > found.odds[Guard.CAP_AT_TARGET].above
    assert found.odds[Guard.SHRUNKEN].error < found.odds[Guard.LOWER_BOUND].error


@pytest.mark.parametrize(("role", "status"), [(Role.HR, 200), (Role.FINANCE, 200), (Role.EXECUTIVE, 403)])
def test_the_page(sign_in: SignIn, opened: Opened, role: Role, status: int) -> None:
    """HR and finance see the cost; others do not."""
    opened()
    client = sign_in(role)
    assert client.get(f"/rewards/backtests/tehran/1?last={PERIOD.code}").status_code == status
    if status == 200:
        assert client.get("/rewards/backtests/tehran/1?last=soon").status_code == 400
        assert client.get("/rewards/backtests/nothing/1").status_code == 404
