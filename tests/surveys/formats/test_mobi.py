"""250 real customers of mobile operators, imported and counted, against numbers made with csv and statistics alone."""

import csv
import math
import os
import statistics
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from scipy import stats

from metrics import Histogram, mean_score
from surveys import tallies
from surveys.database import Database
from surveys.formats.csv_responses import ImportReport, import_responses
from surveys.formats.mapping import read_mapping
from surveys.models import Survey
from surveys.publishing import publish
from surveys.questionnaire import read_yaml
from surveys.tallies import Cell, Periods, Where

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = date(2002, 6, 1)


@pytest.fixture(scope="module")
def data(root: Path) -> Path:
    file = Path(os.environ.get("CEM_DATA", root.parent / "shared" / "data")) / "mobi.csv"
    if not file.exists():
        pytest.skip("the mobile operators' data is not here: set CEM_DATA to the folder that has mobi.csv")
    return file


@pytest.fixture
def imported(database: Database, data: Path, root: Path) -> tuple[Database, ImportReport]:
    with database.write() as session:
        publish(session, read_yaml(root / "examples" / "mobi.yaml"), NOW)
    return database, run(database, data, root)


def run(database: Database, data: Path, root: Path) -> ImportReport:
    mapping = read_mapping(root / "examples" / "mobi-mapping.yaml")
    with database.write() as session, data.open("rb") as file:
        *_, report = import_responses(session, file, mapping, NOW.date())
    return report


def histograms(database: Database, root: Path) -> dict[str, Histogram]:
    """The tallied histograms by column of the file."""
    columns = read_mapping(root / "examples" / "mobi-mapping.yaml").mapping.answers
    with database.read() as session:
        survey = session.query(Survey).one()
        period = Periods((DAY,), date(2002, 6, 2))
        counted = tallies.read(session, Where(survey.survey_id), list(columns), period)
    return {str(column): counted[Cell(question, 0)] for question, column in columns.items()}


def columns_of(data: Path) -> dict[str, list[int]]:
    with data.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [int(row[name]) for row in rows] for name in rows[0] if name}


def test_histograms_means_and_intervals(imported: tuple[Database, ImportReport], data: Path, root: Path) -> None:
    """Each of the 24 items has the counts, mean and variance of its column, and the interval of the formula."""
    database, report = imported
    assert (report.rows, report.new, report.refused) == (250, 250, 0)
    expected, counted = columns_of(data), histograms(database, root)

    assert counted.keys() == expected.keys()
    assert len(counted) == 24
    for name, values in expected.items():
        histogram, counts = counted[name], Counter(values)
        assert [int(count) for count in histogram.counts] == [counts[score] for score in range(11)]
        assert histogram.mean == pytest.approx(statistics.fmean(values), rel=1e-12)
        assert histogram.variance == pytest.approx(statistics.variance(values), rel=1e-12)
        estimate = mean_score(histogram, low=1, high=10)
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx(interval(values, 1, 10), rel=1e-9)


def interval(values: list[int], low: int, high: int) -> tuple[float, float, float]:
    """The mean with its logit-t interval, from the values themselves."""
    n, middle = len(values), (low + high) / 2
    mean = statistics.fmean([*values, middle])
    spread = math.sqrt(statistics.variance([*values, middle]) / (n + 1))
    share = (mean - low) / (high - low)
    half = stats.t.ppf(0.975, n - 1) * spread / ((high - low) * share * (1 - share))
    ends = [low + (high - low) / (1 + math.exp(-(math.log(share / (1 - share)) + side))) for side in (-half, half)]
    raw = statistics.fmean(values)
    return raw, min(ends[0], raw), max(ends[1], raw)


def test_importing_again_changes_nothing(imported: tuple[Database, ImportReport], data: Path, root: Path) -> None:
    """The second import finds all 250 there; no counter moves."""
    database, _ = imported
    before = histograms(database, root)
    report = run(database, data, root)

    assert (report.new, report.already_there, report.refused) == (0, 250, 0)
    after = histograms(database, root)
    assert all(list(after[name].counts) == list(before[name].counts) for name in before)


def test_a_broken_row_does_not_stop_the_others(database: Database, data: Path, root: Path, tmp_path: Path) -> None:
    """A score of 11 and a row without its key are refused with line and reason; 248 rows arrive."""
    rows = data.read_text().splitlines()
    rows[10] = rows[10].rsplit(",", 1)[0] + ",11"
    rows[20] = '""' + rows[20][rows[20].index(",") :]
    broken = tmp_path / "mobi.csv"
    broken.write_text("\n".join(rows))
    with database.write() as session:
        publish(session, read_yaml(root / "examples" / "mobi.yaml"), NOW)
    report = run(database, broken, root)

    assert (report.new, report.refused) == (248, 2)
    score, key = map(str, report.refusals)
    assert score == "line 11, column 'PERV2': Choose a number from 1 to 10."
    assert key == "line 21: The key of the row is missing."
