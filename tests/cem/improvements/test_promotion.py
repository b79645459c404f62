"""Causes become root causes by rule."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.cases.terms import set_terms
from cem.improvements.models import RootCause
from cem.improvements.promotion import promote_causes
from cem.improvements.root_causes import AlreadyOpen, Concluded, ConclusionMissing, conclude, keep_whys, open_root_cause
from cem.settings import Settings
from surveys.database import Database

from .conftest import NOW, Raise

TODAY = NOW.date()


def roots(database: Database) -> dict[tuple[str, str], str]:
    with database.read() as reader:
        return {(row.cause, row.unit): row.reason for row in reader.scalars(select(RootCause))}


def test_five_cases_in_thirty_days(database: Database, settings: Settings, raised: Raise) -> None:
    """Four are not enough of many, five are; those before the window and praise do not count; twice opens none."""
    raised(30, None)
    raised(4, "waiting")
    raised(3, "waiting", days=31)
    raised(2, "waiting", kind="praise")
    assert promote_causes(database, settings, NOW) == 1  # 4 of 34 is a share of 12%
    assert roots(database) == {("waiting", "vanak"): "share"}

    raised(5, "fees", days=4)
    assert promote_causes(database, settings, NOW) == 1
    assert promote_causes(database, settings, NOW) == 0
    assert roots(database)["fees", "vanak"] == "count"


def test_a_share_needs_three_cases(database: Database, settings: Settings, raised: Raise) -> None:
    """Two of two is all, and still too few to say anything."""
    raised(2, "waiting")
    assert promote_causes(database, settings, NOW) == 0
    raised(1, "waiting", days=3)
    promote_causes(database, settings, NOW)
    assert roots(database) == {("waiting", "vanak"): "share"}


def test_a_small_share_is_not_promoted(database: Database, settings: Settings, raised: Raise) -> None:
    """Four of forty-one cases are less than a tenth and fewer than five."""
    raised(37, None)
    raised(4, "waiting")

    assert promote_causes(database, settings, NOW) == 0


def test_the_terms_decide(database: Database, settings: Settings, raised: Raise) -> None:
    """A company that looks at two cases in a week promotes them."""
    with database.write() as session:
        set_terms(session, NOW, "cx", {"promote_cases": 2, "promote_days": 7})
    raised(2, "waiting")
    raised(2, "fees", days=8)
    promote_causes(database, settings, NOW)

    assert roots(database) == {("waiting", "vanak"): "count"}


def test_one_case_of_the_highest_severity(database: Database, settings: Settings, raised: Raise) -> None:
    """One is enough."""
    raised(1, "rude", severity=1)
    promote_causes(database, settings, NOW)

    assert roots(database) == {("rude", "vanak"): "severity"}


def test_a_cause_that_is_spread(database: Database, settings: Settings, raised: Raise) -> None:
    """Ten cases in three units are the company's, which is looked into once and not in each of its units as well."""
    raised(6, "waiting", unit="vanak")
    raised(2, "waiting", unit="tajrish")
    raised(2, "waiting", unit="bank")
    promote_causes(database, settings, NOW)
    assert roots(database) == {("waiting", ""): "count"}
    with database.read() as reader:
        company = reader.scalars(select(RootCause).where(RootCause.unit == "")).one()
    assert company.counted == {"cases": 10, "of": 10, "days": 30, "units": 3}
    assert company.owner == "cx_manager"

    raised(1, "waiting", severity=1, days=3)
    promote_causes(database, settings, NOW)
    assert roots(database)["waiting", "vanak"] == "severity"


def test_what_was_concluded_is_not_opened_by_the_same_cases(
    database: Database, settings: Settings, raised: Raise
) -> None:
    """Only cases that come after the conclusion open it anew."""
    raised(5, "waiting")
    promote_causes(database, settings, NOW)
    with database.write() as session:
        row = session.scalars(select(RootCause)).one()
        keep_whys(session, NOW, "unit_manager", row, ["", " One counter ", *"abcdef"], "unit_manager")
        with pytest.raises(ConclusionMissing):
            conclude(session, NOW, "unit_manager", row, " ")
        conclude(session, NOW, "unit_manager", row, "One counter was closed")
        with pytest.raises(Concluded):
            conclude(session, NOW, "unit_manager", row, "Again")
    assert row.whys == ["One counter", "a", "b", "c"]
    later = NOW + timedelta(days=3)
    assert promote_causes(database, settings, later) == 0
    raised(5, "waiting", days=1, now=later)
    assert promote_causes(database, settings, later) == 1


def test_by_hand(database: Database, settings: Settings, company: None) -> None:
    """One for a cause and unit; every step is in the audit trail."""
    with database.write() as session:
        row = open_root_cause(session, NOW, "cx_manager", "fees", "vanak", today=TODAY)
        with pytest.raises(AlreadyOpen):
            open_root_cause(session, NOW, "cx_manager", "fees", "vanak", today=TODAY)
        conclude(session, NOW, "cx_manager", row, "Fees are shown now")
    with database.read() as reader:
        actions = reader.scalars(select(AuditEvent.action).where(AuditEvent.subject == str(row.root_cause_id)))
        assert list(actions) == ["root-cause:open", "root-cause:close"]
    assert row.owner == "unit_manager"
