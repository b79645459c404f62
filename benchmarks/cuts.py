"""The explorer's cut against the same counting written by hand in DuckDB, over the same rows in its own file.

DuckDB keeps columns and uses every processor, and has nothing else to do; the product counts in the database that also
takes answers durably. So it will not be as quick: the ratio says what that costs, and the budget what is still borne.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import duckdb

from benchmarks.scale import BATCH
from surveys.cuts import Column, Scores, Side, held
from surveys.database import Database
from surveys.tallies import Where

SIDES: list[Side] = [Scores(("recommend",)), Column("touchpoint"), Column("segment")]
_NAMES = ("day", "touchpoint", "segment", "quality", "answers")
_READ = f"SELECT {', '.join(_NAMES)} FROM response WHERE survey_id = ?"
# As one would write it: the score taken out of the document, and counted by touchpoint and segment.
_BY_HAND = """
SELECT CAST(json_extract(answers, '$.recommend') AS TINYINT) AS score, touchpoint, segment, count(*)
FROM response WHERE quality = 'valid' AND day >= ? AND day < ? AND score IS NOT NULL GROUP BY ALL
"""


def mirror(database: Database, survey_id: UUID, folder: Path) -> duckdb.DuckDBPyConnection:
    """The same rows in a file of DuckDB's own, carried over a batch at a time."""
    # Imported here: large, and only needed to carry the rows over.
    import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415

    own = duckdb.connect(folder / "mirror.duckdb")
    own.execute("CREATE TABLE response (day DATE, touchpoint VARCHAR, segment VARCHAR, quality VARCHAR, answers JSON)")
    with database.reader.connect() as connection:
        rows = connection.exec_driver_sql(_READ, (survey_id.bytes,))
        while batch := rows.fetchmany(BATCH):
            columns = [list(column) for column in zip(*batch, strict=True)]
            own.register("arrived", pa.table(dict(zip(_NAMES, columns, strict=True))))
            own.execute(
                "INSERT INTO response SELECT CAST(day AS DATE), touchpoint, segment, quality, answers FROM arrived"
            )
            own.unregister("arrived")
    return own


@dataclass(frozen=True)
class Compared:
    """Median seconds of the product and of DuckDB, and the median of how many times as long the product took."""

    ours: float
    by_hand: float
    ratio: float


def compare_cut(database: Database, survey_id: UUID, folder: Path, today: date, runs: int) -> Compared:
    """The product and DuckDB in turn; RuntimeError where they do not count the same."""
    start, end = today - timedelta(days=365), today + timedelta(days=1)
    own = mirror(database, survey_id, folder)

    def ours() -> dict[tuple[Any, ...], int]:
        with database.read() as session:
            found = held(session, Where(survey_id), start, end, SIDES)
            return {tuple(value for (value,) in sides): n for sides, n in found.items()}

    def by_hand() -> dict[tuple[Any, ...], int]:
        return {tuple(row[:3]): row[3] for row in own.execute(_BY_HAND, [start, end]).fetchall()}

    if ours() != by_hand():
        raise RuntimeError("the cut and the same query by hand count differently")
    pairs = [(_seconds(ours), _seconds(by_hand)) for _ in range(runs)]
    own.close()
    ours_took, by_hand_took, ratios = zip(*((a, b, a / b) for a, b in pairs), strict=True)
    return Compared(median(ours_took), median(by_hand_took), median(ratios))


def _seconds(count: Callable[[], object]) -> float:
    started = time.perf_counter()
    count()
    return time.perf_counter() - started
