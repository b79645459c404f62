"""`cem quality` on an installation of its own: what is marked and told, and the population from a file."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from cem.audit import AuditEvent
from cem.quality.models import PopulationMargin
from cem.quality.rules import SPEEDING, read_rules, set_rules
from cem.settings import Settings
from surveys.database import NIL, Database, day_of, utc_now
from surveys.models import Response, Survey

Cem = Callable[..., Result]
Send = Callable[..., uuid.UUID]


@pytest.fixture
def hurried(database: Database, panel: Survey, send: Send, settings: Settings) -> uuid.UUID:
    """Answers of a usual minute, one of ten days ago in six seconds, and a rule that marks such."""
    today = day_of(utc_now(), settings.zone)
    for n in range(20):
        send({"recommend": 8}, minutes=n, day=today - timedelta(days=10))
    with database.write() as session:
        rules = read_rules(session, panel.survey_id)
        rules[SPEEDING] = replace(rules[SPEEDING], marks=True)
        set_rules(session, utc_now(), "cx", panel.survey_id, rules)
    return send({"recommend": 9}, seconds=6, minutes=30, day=today - timedelta(days=10))


def quality_of(database: Database, response_id: uuid.UUID) -> str | None:
    with database.read() as session:
        return session.scalar(select(Response.quality).where(Response.response_id == response_id))


def test_a_dry_run_marks_nothing(cem: Cem, database: Database, hurried: uuid.UUID) -> None:
    """It tells what would be marked, for each survey."""
    result = cem("quality", "check", "--dry-run")

    assert result.exit_code == 0
    assert sorted(result.output.splitlines()) == [
        f"panel: 21 responses, 1 {SPEEDING}; 1 to mark, 0 to take back",
        "visit: 0 responses, no signals; 0 to mark, 0 to take back",
    ]
    assert quality_of(database, hurried) == "valid"


def test_check(cem: Cem, database: Database, hurried: uuid.UUID) -> None:
    """What shows the signal is marked, once, and a survey's rule that no longer marks takes it back."""
    result = cem("quality", "check", "--survey", "panel")

    assert "panel: 1 responses changed" in result.output
    assert "visit" not in result.output
    assert quality_of(database, hurried) == "suspect"
    assert (
        "0 to mark, 0 to take back\npanel: 0 responses changed" in cem("quality", "check", "--survey", "panel").output
    )


def test_days_limit_what_is_looked_at(cem: Cem, database: Database, hurried: uuid.UUID) -> None:
    """Older answers are not touched, and no day is a fault of the command line."""
    result = cem("quality", "check", "--survey", "panel", "--days", "5")

    assert "panel: 0 responses, no signals" in result.output
    assert quality_of(database, hurried) == "valid"
    assert cem("quality", "check", "--days", "0").exit_code == 2


def test_a_survey_that_is_not_there(cem: Cem) -> None:
    """It is told, with status 2."""
    result = cem("quality", "check", "--survey", "nothing")

    assert (result.exit_code, result.stderr) == (2, "cem: There is no survey 'nothing'.\n")


def test_margins_are_imported(cem: Cem, database: Database, survey: Survey, tmp_path: Path) -> None:
    """The company's population or one survey's, with its source, day and audit row; again replaces it."""
    file = tmp_path / "population.csv"
    file.write_text("dimension,category,amount\nunit,vanak,600\nunit,tajrish,400\nlanguage,fa,90\nlanguage,en,10\n")
    company = cem("quality", "margins", "import", file)
    file.write_text("dimension,category,amount\nunit,vanak,1\nunit,tajrish,2\n")
    own = cem("quality", "margins", "import", file, "--survey", "visit", "--source", "Census")

    assert company.output == "unit: 2 categories, language: 2 categories\n"
    assert own.output == "unit: 2 categories\n"
    with database.read() as session:
        rows = {(row.survey_id, row.category): row for row in session.scalars(select(PopulationMargin))}
        actors = session.scalars(select(AuditEvent.actor)).all()
    assert (rows[NIL, "vanak"].amount, rows[NIL, "vanak"].source) == (600, "population.csv")
    assert (rows[survey.survey_id, "vanak"].amount, rows[survey.survey_id, "vanak"].source) == (1, "Census")
    assert len(rows) == 6
    assert actors == ["command line"] * 3


def test_a_wrong_file_changes_nothing(cem: Cem, database: Database, survey: Survey, tmp_path: Path) -> None:
    """The line of the fault is told, with status 2, and the rows before it are not kept."""
    file = tmp_path / "population.csv"
    file.write_text("dimension,category,amount\nunit,vanak,600\nunit,tajrish,400\nunit,nowhere,1\n")
    result = cem("quality", "margins", "import", file)

    assert (result.exit_code, result.stderr) == (2, "cem: line 4: there is no unit 'nowhere'.\n")
    with database.read() as session:
        assert session.scalars(select(PopulationMargin)).all() == []
