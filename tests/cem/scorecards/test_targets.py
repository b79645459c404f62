"""Targets: set by one verb with its audit row, followed by units that have none of their own."""

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.scorecards.kpis import Kpi
from cem.scorecards.scorecard import Tile
from cem.scorecards.targets import TargetFault, read_target, set_target, targets_of
from metrics import Estimate, Histogram
from surveys.database import Database, utc_now
from surveys.languages import language

NPS = Kpi("nps", "nps", {"en": "Recommend?"}, range(11))
CES = Kpi("ces", "ces", {"en": "Easy?"}, range(1, 8))


def test_a_target_leaves_an_audit_row(database: Database, survey_id: uuid.UUID) -> None:
    """Who set what; setting it again on the same day keeps the replaced value in the trail."""
    day = date(2025, 11, 10)
    with database.write() as session:
        for value in (40, 45):
            set_target(
                session,
                utc_now(),
                "cx_manager",
                survey_id=survey_id,
                series="nps_visit",
                unit="",
                valid_from=day,
                value=value,
            )
    with database.read() as reader:
        # By the moment: ids of the same millisecond are in no order.
        events = reader.scalars(select(AuditEvent).where(AuditEvent.action == "target:set").order_by(AuditEvent.at))

        assert [(e.actor, e.details["value"], e.details["replaced"]) for e in events] == [
            ("cx_manager", 40, None),
            ("cx_manager", 45, 40),
        ]
        assert targets_of(reader, survey_id, "", day) == {"nps_visit": 45}


def test_a_unit_follows_the_company_until_it_has_its_own(database: Database, survey_id: uuid.UUID) -> None:
    """The newest target of the unit, otherwise of the company; none before the first day."""
    with database.write() as session:
        for unit, day, value in (("", 1, 30), ("", 10, 35), ("vanak", 5, 50)):
            set_target(
                session,
                utc_now(),
                "x",
                survey_id=survey_id,
                series="nps_visit",
                unit=unit,
                valid_from=date(2025, 1, day),
                value=value,
            )
    with database.read() as reader:
        found = [
            targets_of(reader, survey_id, unit, date(2025, 1, day)).get("nps_visit")
            for unit, day in (("", 4), ("", 10), ("vanak", 4), ("vanak", 31), ("tajrish", 31))
        ]
        assert found == [30, 35, 30, 50, 35]
        assert targets_of(reader, survey_id, "", date(2024, 12, 31)) == {}


@pytest.mark.parametrize(
    ("text", "value"), [("40", 40), (" ۴۰ ", 40), ("+37٫5", 37.5), ("−۱۲", -12), ("85%", 85), ("۸۵٪", 85)]
)
def test_what_may_be_typed(text: str, value: float) -> None:
    """Digits of both languages, with their signs."""
    assert read_target(text, NPS) == value


@pytest.mark.parametrize("text", ["", "many", "101", "-100.5", "nan", "inf", "1e3", "4 0"])
def test_what_may_not(text: str) -> None:
    """No number, or one that NPS cannot reach."""
    with pytest.raises(TargetFault):
        read_target(text, NPS)


def test_a_target_on_the_kpis_own_scale() -> None:
    """CES runs from 1 to 7."""
    assert read_target("6.2", CES) == 6.2
    with pytest.raises(TargetFault):
        read_target("40", CES)


@pytest.mark.parametrize(("target", "said"), [(None, ""), (10, "above"), (20, "above"), (25, "open"), (31, "below")])
def test_reached_is_said_only_when_it_is_sure(target: float | None, said: str) -> None:
    """The whole interval decides, not the value."""
    estimate = Estimate(25, 20, 30, 400, 400, "score")

    assert Tile(NPS, estimate, Histogram([400]), None, target, ()).against_target == said


def test_a_target_is_written_as_it_was_set() -> None:
    """Without decimals that nobody typed."""
    written = [
        Tile(kpi, None, Histogram(), None, target, ()).write_target(language("fa"))
        for kpi, target in ((NPS, 40.0), (NPS, 37.5), (CES, 6.25))
    ]
    assert [text[1:-1] for text in written] == ["+۴۰", "+۳۷٫۵", "۶٫۲۵"]
