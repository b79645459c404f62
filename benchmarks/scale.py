"""A survey with any number of responses: ten touchpoints, a year, three KPIs; rows and tallies that agree."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import numpy as np

from surveys.database import Database
from surveys.models import COUNTERS, Journey, Touchpoint, Unit

TOUCHPOINTS = [f"touchpoint-{n}" for n in range(10)]
SERIES = {"recommend": range(11), "satisfied": range(1, 6), "effort": range(1, 8)}
SEGMENTS = ("mass", "affluent", "business", "youth")
BATCH = 100_000


def define_company(database: Database) -> None:
    with database.write() as session:
        session.add(Unit(code="company", names={"en": "Company", "fa": "شرکت"}, valid_from=date(2020, 1, 1)))
        session.add(Journey(code="journey", names={"en": "Journey", "fa": "سفر"}))
        session.flush()
        for code in TOUCHPOINTS:
            session.add(
                Touchpoint(
                    code=code,
                    names={"en": code, "fa": code},
                    journey="journey",
                    stage="use",
                    channel="web",
                    owner="company",
                    standard={},
                )
            )


def fill(database: Database, survey_id: UUID, responses: int, today: date) -> None:
    """Add responses, evenly over the year before `today`, straight into the tables: 1/s is a lot for a customer."""
    generator = np.random.default_rng(responses)
    days = [today - timedelta(days=364 - n) for n in range(365)]
    tally = {name: np.zeros((365, len(TOUCHPOINTS), 11), dtype=np.int64) for name in SERIES}
    with database.writer.begin() as connection:
        cursor = connection.connection.cursor()
        for start in range(0, responses, BATCH):
            size = min(BATCH, responses - start)
            day = np.arange(start, start + size) * 365 // responses
            place = generator.integers(0, len(TOUCHPOINTS), size)
            scores = {name: generator.integers(scale[0], scale[-1] + 1, size) for name, scale in SERIES.items()}
            for name in SERIES:
                np.add.at(tally[name], (day, place, scores[name]), 1)
            cursor.executemany(_INSERT, _rows(survey_id, days, start, day, place, scores))
        cursor.executemany(_TALLY, _tallies(survey_id, days, tally))
        cursor.close()


_INSERT = (
    "INSERT INTO response (survey_id, response_id, version, day, touchpoint, unit, channel, language, quality, signals,"
    " has_comment, answers, submitted_at, seconds, segment)"
    " VALUES (?, ?, 1, ?, ?, 'company', 'web', 'fa', 'valid', '[]', ?, ?, ?, 60, ?)"
)
_TALLY = (
    "INSERT INTO tally (survey_id, series, day, touchpoint, unit, channel, quality, "
    f"{', '.join(COUNTERS)}, not_applicable) VALUES (?, ?, ?, ?, 'company', 'web', 'valid', {', '.join('?' * 11)}, 0)"
)


def _rows(
    survey_id: UUID, days: list[date], start: int, day: Any, place: Any, scores: Any
) -> Iterator[tuple[Any, ...]]:
    survey = survey_id.bytes
    written = [(one.isoformat(), f"{one} 09:00:00.000000") for one in days]
    columns = [values.tolist() for values in (day, place, *(scores[name] for name in SERIES))]
    for number, (d, p, *given) in enumerate(zip(*columns, strict=True), start):
        comment = number % 5 == 0
        segment = SEGMENTS[number * 7919 % len(SEGMENTS)]
        on, moment = written[d]
        yield (
            survey,
            number.to_bytes(16, "big"),
            on,
            TOUCHPOINTS[p],
            comment,
            _document(*given, comment),
            moment,
            segment,
        )


@cache
def _document(recommend: int, satisfied: int, effort: int, comment: bool) -> str:
    answers: dict[str, Any] = {"recommend": recommend, "satisfied": satisfied, "effort": effort}
    if comment:
        answers["why"] = "صف کوتاه‌تر"
    return json.dumps(answers, ensure_ascii=False)


def _tallies(survey_id: UUID, days: list[date], tally: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for name, counts in tally.items():
        for d, day in enumerate(days):
            for p, code in enumerate(TOUCHPOINTS):
                yield survey_id.bytes, name, day.isoformat(), code, *counts[d, p].tolist()
