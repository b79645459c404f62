"""The segments of the demo company, and the fact that only a table by segments shows."""

import pytest
from sqlalchemy import func, select

from cem.demo.planted import BUSINESS_CALLS
from cem.demo.segments import SHARES
from cem.demo.timeline import Timeline
from cem.explorer.counting import count_now
from cem.explorer.cuts import offered_cuts
from cem.explorer.tables import Table, kpi_table
from cem.people.accounts import Person
from cem.roles import Role
from cem.scorecards.choices import read_choice
from cem.scorecards.offers import read_offers
from surveys.cuts import Scores
from surveys.database import Database
from surveys.models import Customer, Invitation, Response, Survey


@pytest.fixture(scope="session")
def heat(demo: Database, timeline: Timeline) -> Table:
    """The explorer's first table: NPS by touchpoint and segment over twelve months."""
    with demo.read() as reader:
        offers = read_offers(reader)
        person = Person("executive", "executive", Role.EXECUTIVE, None)
        choice = read_choice({"survey": "after-contact"}, offers, person, "jalali", timeline.today)
        assert choice is not None
        cuts = offered_cuts(choice, offers, offers.surveys[choice.survey].questionnaire)
        rows, columns = cuts["touchpoint"], cuts["segment"]
        assert list(cuts)[:2] == ["touchpoint", "segment"]
        sides = [Scores(("recommend",)), rows.side, columns.side]
        outcome = count_now(reader, choice, offers, sides, lambda held: kpi_table(held, choice.focus, rows, columns))
    assert outcome.table is not None
    return outcome.table


def test_the_table_finds_it(heat: Table) -> None:
    """Of small businesses' cells that of their calls alone is marked lower, and of the calls theirs alone."""
    lower = {place for place, cell in heat.cells.items() if cell.differs < 0}
    (touchpoint,), (segment,) = BUSINESS_CALLS.touchpoints, BUSINESS_CALLS.segments

    assert {row for row, column in lower if column == segment} <= {touchpoint, "cash-machine", "mobile-app"}
    assert {column for row, column in lower if row == touchpoint} == {segment}
    assert heat.column_sums[segment].estimate is not None


def test_as_large_as_it_is_said_to_be(demo: Database) -> None:
    """Over the two years, and small businesses elsewhere are as usual."""
    with demo.read() as reader:
        rows = reader.execute(
            select(Response.touchpoint, Response.segment, Response.answers["recommend"].as_integer())
            .join(Survey, Survey.survey_id == Response.survey_id)
            .where(Survey.slug == BUSINESS_CALLS.survey, Response.quality == "valid")
        ).all()

    def level(calls: bool, business: bool) -> float:
        scores = [s for t, g, s in rows if (t == "support-call") is calls and (g == "business") is business]
        return 100 * (sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores)) / len(scores)

    assert level(True, False) - level(True, True) >= BUSINESS_CALLS.at_least
    assert abs(level(False, False) - level(False, True)) < 10


def test_customers_and_their_responses_agree(demo: Database) -> None:
    """A response from a personal link has its invitation's segment, and that is the customer's."""
    with demo.read() as reader:
        pairs = reader.execute(
            select(Customer.segment, Invitation.segment, Response.segment)
            .join(Invitation, Invitation.customer_id == Customer.customer_id)
            .join(Response, Response.response_id == Invitation.invitation_id)
        ).all()
        known = set(reader.scalars(select(Response.segment).distinct()))
        anonymous = select(func.count()).select_from(Response).join(Survey, Survey.survey_id == Response.survey_id)
        named = reader.scalar(anonymous.where(Survey.slug == "always-on", Response.segment != ""))

    assert len(pairs) > 500
    assert all(len({*segments}) == 1 for segments in pairs)
    assert known == {"", *SHARES}
    assert named == 0
