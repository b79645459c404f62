"""The explorer's cut against the same counting written by hand in DuckDB, over the same rows in its own file.

DuckDB keeps columns and uses every processor, and has nothing else to do; the product counts in the database that also
takes answers durably. So it will not be as quick: the ratio says what that costs, and the budget what is still borne.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import duckdb

from surveys.cuts import Column, Scores, Side, held
from surveys.database import Database
from surveys.tallies import Where

SIDES: list[Side] = [Scores(("recommend",)), Column("touchpoint"), Column("segment")]
_READ = "SELECT CAST(day AS VARCHAR), touchpoint, segment, quality, answers FROM response WHERE survey_id = ?"
# As one would write it: the score taken out of the document, and counted by touchpoint and segment.
_BY_HAND = """
SELECT CAST(json_extract(answers, '$.recommend') AS TINYINT) AS score, touchpoint, segment, count(*)
FROM response WHERE quality = 'valid' AND day >= ? AND day < ? AND score IS NOT NULL GROUP BY ALL
"""


def mirror(database: Database, survey_id: UUID, folder: Path) -> duckdb.DuckDBPyConnection:
    """The same rows in a file of DuckDB's own."""
    with database.reader.connect() as connection:
        rows = connection.exec_driver_sql(_READ, (survey_id.bytes,)).fetchall()
    columns = [list(column) for column in zip(*rows, strict=True)]
    # Imported here: large, and only needed to carry the rows over.
    import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415

    table = pa.table(dict(zip(("day", "touchpoint", "segment", "quality", "answers"), columns, strict=True)))
    own = duckdb.connect(folder / "mirror.duckdb")
    own.register("arrived", table)
    own.execute(
        "CREATE TABLE response AS SELECT CAST(day AS DATE) AS day, touchpoint, segment, quality, "
        "CAST(answers AS JSON) AS answers FROM arrived"
    )
    own.unregister("arrived")
    return own


def compare_cut(database: Database, survey_id: UUID, folder: Path, today: date, runs: int) -> tuple[float, float]:
    """Seconds of the product and of DuckDB, in turn; RuntimeError where they do not count the same."""
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
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _seconds(count: Callable[[], object]) -> float:
    started = time.perf_counter()
    count()
    return time.perf_counter() - started
