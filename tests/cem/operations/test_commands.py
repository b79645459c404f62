"""`cem operations` from a shell."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from cem.cli import main
from cem.operations.models import OperationalFigure, OperationalMetric, OperationalTarget
from cem.serving import write_settings
from surveys.database import Database
from surveys.models import Survey

Cem = Callable[..., Result]

METRICS = """\
metrics:
  - code: waiting
    names: {fa: زمان انتظار, en: Waiting time}
    explanation: {fa: دقیقه‌های انتظار برای هر مشتری, en: Minutes waited for each customer}
    kind: mean
    measured_in: {fa: دقیقه, en: minutes}
    census: true
    lower_is_better: true
    owner: branches@bank.example
    source: ticket machines
    kpi: csat_visit
    touchpoint: counter
    targets:
      - {value: 12.5, since: 1404-01-01}
      - {unit: vanak, value: 10, since: 2025-06-01}
"""
FIGURES = "metric,unit,first_day,last_day,numerator,denominator\nwaiting,vanak,1404-07-01,1404-07-30,4000.25,400\n"


@pytest.fixture
def cem(database: Database, survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cem:
    """`cem` in a folder whose cem.toml names a database with a survey."""
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", "a secret of the tests, long enough", address, "http://cem.example/")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["operations", *arguments])

    return run


def written(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_define_and_import(cem: Cem, database: Database) -> None:
    """A metric with its targets, then its figures; both again change nothing."""
    first, again = cem("define", written("m.yaml", METRICS)), cem("define", "m.yaml")
    assert first.output == "1 metrics: 1 added, 0 changed, 0 as they were; 2 targets set.\n"
    assert again.output == "1 metrics: 0 added, 0 changed, 1 as they were; 0 targets set.\n"

    assert "1 new" in cem("import", written("f.csv", FIGURES), "--dry-run").output
    assert "1 rows: 1 new, 0 corrected, 0 as they were." in cem("import", "f.csv").output
    assert "1 rows: 0 new, 0 corrected, 1 as they were." in cem("import", "f.csv").output
    assert "waiting" in cem("list").output
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(OperationalFigure)) == 1
        assert session.scalar(select(func.count()).select_from(OperationalTarget)) == 2


def test_a_wrong_row_ends_with_status_2(cem: Cem) -> None:
    """Its row is told on the error stream, and nothing is stored."""
    cem("define", written("m.yaml", METRICS))
    result = cem("import", written("f.csv", FIGURES.replace("vanak", "mars")))

    assert result.exit_code == 2
    assert "f.csv: line 2, column 'unit': There is no unit “mars”." in result.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("census: true", "census: false"), "line 7: metrics[0].census: A mean gets no interval here"),
        (("kind: mean", "kind: median"), "“median” is not possible here."),
        (("kind: mean", "kind: share"), "A share is in percent"),
        (("csat_visit", "csat_none"), "No published survey asks the KPI “csat_none”."),
        (("counter", "moon"), "There is no touchpoint “moon”."),
        (("unit: vanak", "unit: mars"), "There is no unit “mars”."),
        (("since: 1404-01-01", "since: yesterday"), "“yesterday” is no day."),
        (("value: 12.5", "value: 0.00000001"), "at most six decimal places"),
        ((", en: Waiting time", ""), "Write this in both languages, fa and en."),
        (("owner: branches@bank.example", "colour: red"), "is no field here"),
    ],
)
def test_a_definition_with_a_mistake(cem: Cem, database: Database, change: tuple[str, str], message: str) -> None:
    """Status 2, with the line and what to do; nothing is defined."""
    result = cem("define", written("m.yaml", METRICS.replace(*change)))

    assert result.exit_code == 2
    assert message in result.stderr
    with database.read() as session:
        assert session.scalars(select(OperationalMetric)).all() == []


def test_a_metric_with_figures_keeps_its_kind(cem: Cem) -> None:
    """Its name may change, what it is may not: old figures would mean something else."""
    cem("define", written("m.yaml", METRICS))
    cem("import", written("f.csv", FIGURES))

    assert "1 changed" in cem("define", written("m.yaml", METRICS.replace("Waiting time", "Wait"))).output
    turned = cem("define", written("m.yaml", METRICS.replace("lower_is_better: true", "lower_is_better: false")))
    assert "define a new metric instead" in turned.stderr
