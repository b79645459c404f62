"""Tallies: how many gave each score, by day. The only SQL that counts scores.

A tally row is a histogram and changes in the same transaction as the responses that it counts, so a scorecard costs the
same whether there are ten thousand responses or ten million.
"""

import uuid
from collections import Counter as CounterOf
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, case, delete, func, literal, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from metrics import Histogram
from surveys.models import COUNTERS, Response, Tally

COLUMNS = (*COUNTERS, "not_applicable")
Score = tuple[str, int | None]


class TallyKey(NamedTuple):
    survey_id: uuid.UUID
    series: str
    day: date
    touchpoint: str
    unit: str
    channel: str
    quality: str


class Scored(NamedTuple):
    """What a response adds to the tallies: where it belongs and its scores (None: not applicable)."""

    survey_id: uuid.UUID
    day: date
    touchpoint: str
    unit: str
    channel: str
    quality: str
    scores: Sequence[Score]


Counters = dict[TallyKey, list[int]]
ScoresOf = Callable[[int, Mapping[str, Any]], Sequence[Score]]


def count(responses: Iterable[Scored]) -> Counters:
    """The counters that these responses add, summed by tally row."""
    counters: Counters = defaultdict(lambda: [0] * len(COLUMNS))
    for r in responses:
        for series, score in r.scores:
            key = TallyKey(r.survey_id, series, r.day, r.touchpoint, r.unit, r.channel, r.quality)
            counters[key][len(COUNTERS) if score is None else score] += 1
    return counters


def add(connection: Connection, counters: Counters) -> None:
    """Add counters to the tallies, in the transaction of the responses."""
    if not counters:
        return
    # Sorted, so that two writers lock the rows in one order and never wait for each other in a ring.
    rows = [key._asdict() | dict(zip(COLUMNS, counters[key], strict=True)) for key in sorted(counters)]
    connection.execute(_UPSERT[connection.dialect.name], rows)


def _upsert(dialect: Any) -> Any:
    statement = dialect.insert(Tally)
    changed = {name: Tally.__table__.c[name] + statement.excluded[name] for name in COLUMNS}
    return statement.on_conflict_do_update(index_elements=TallyKey._fields, set_=changed)


_UPSERT = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


@dataclass(frozen=True)
class Where:
    """Which responses are counted; an empty collection counts none, None counts all."""

    survey_id: uuid.UUID
    touchpoints: Collection[str] | None = None
    units: Collection[str] | None = None
    channels: Collection[str] | None = None
    quality: str = "valid"
    # What only the answers themselves can tell, such as a segment; tallies cannot be limited by it.
    besides: tuple[ColumnElement[bool], ...] = ()

    def clauses(self, table: Any = Tally) -> Iterator[ColumnElement[bool]]:
        """The same limits for any table that has these columns, so that tallies and answers agree."""
        if self.besides and table is Tally:
            raise ValueError("tallies do not know what was answered beside the score")
        yield from self.besides
        yield table.survey_id == self.survey_id
        yield table.quality == self.quality
        for column, codes in (
            (table.touchpoint, self.touchpoints),
            (table.unit, self.units),
            (table.channel, self.channels),
        ):
            if codes is not None:
                yield column.in_(sorted(codes))


class Cell(NamedTuple):
    """What a histogram counts: a series, in the period of this place, of one touchpoint, unit or channel."""

    series: str
    period: int
    group: str = ""


@dataclass(frozen=True)
class Periods:
    """Consecutive periods by their first days, with the day after the last."""

    starts: tuple[date, ...]
    end: date

    def number(self, day: Any) -> ColumnElement[int]:
        """The place of the period that a day is in: SQL cannot group by Jalali months, but it can compare days."""
        branches = [(day < start, place) for place, start in enumerate(self.starts[1:])]
        last = literal(len(self.starts) - 1)
        return case(*branches, else_=last) if branches else last


def read(
    session: Session, where: Where, series: Collection[str], periods: Periods, by: str | None = None
) -> dict[Cell, Histogram]:
    """Histograms of each series in each period, by `touchpoint`, `unit` or `channel` if asked: one grouped query."""
    group = getattr(Tally, by) if by else literal("")
    limits = (Tally.series.in_(sorted(series)), Tally.day >= periods.starts[0], Tally.day < periods.end)
    counters = [func.sum(getattr(Tally, c)).label(c) for c in COUNTERS]
    # By day first: finding a day's period costs more than adding a row, and there are fewer days than rows.
    days = (
        select(Tally.series, Tally.day, group.label("grp"), *counters)
        .where(*where.clauses(), *limits)
        .group_by(Tally.series, Tally.day, *([group] if by else []))
        .subquery()
    )
    period = periods.number(days.c.day).label("period")
    statement = select(days.c.series, period, days.c.grp, *(func.sum(days.c[c]) for c in COUNTERS)).group_by(
        days.c.series, period, days.c.grp
    )
    return {Cell(row[0], row[1], row[2]): Histogram([int(n) for n in row[3:]]) for row in session.execute(statement)}


def spread(
    session: Session, where: Where, series: str, start: date, end: date, by: Sequence[str | Periods]
) -> CounterOf[tuple[Any, ...]]:
    """How many gave each score in each combination of these columns, from `start` until the day before `end`.

    Of periods it is the place of the one that a day is in.
    """
    columns = [one.number(Tally.day) if isinstance(one, Periods) else getattr(Tally, one) for one in by]
    names = [f"by_{place}" for place in range(len(by))]
    rows = (
        select(
            *(one.label(name) for one, name in zip(columns, names, strict=True)), *(getattr(Tally, c) for c in COUNTERS)
        )
        .where(*where.clauses(), Tally.series == series, Tally.day >= start, Tally.day < end)
        .subquery()
    )
    groups = [rows.c[name] for name in names]
    counted: CounterOf[tuple[Any, ...]] = CounterOf()
    for row in session.execute(select(*groups, *(func.sum(rows.c[c]) for c in COUNTERS)).group_by(*groups)):
        values, counters = row[: len(groups)], row[len(groups) :]
        counted.update({(score, *values): int(n) for score, n in enumerate(counters) if n})
    return counted


def read_places(session: Session, where: Where, series: str, periods: Periods) -> dict[tuple[int, str, str], Histogram]:
    """Histograms of one series by period, touchpoint and unit: of few periods, for each row looks for its own."""
    period = periods.number(Tally.day).label("period")
    held = (
        select(period, Tally.touchpoint, Tally.unit, *(getattr(Tally, c) for c in COUNTERS))
        .where(*where.clauses(), Tally.series == series, Tally.day >= periods.starts[0], Tally.day < periods.end)
        .subquery()
    )
    places = (held.c.period, held.c.touchpoint, held.c.unit)
    statement = select(*places, *(func.sum(held.c[c]) for c in COUNTERS)).group_by(*places)
    return {(row[0], row[1], row[2]): Histogram([int(n) for n in row[3:]]) for row in session.execute(statement)}


def read_days(session: Session, where: Where, series: str, start: date, end: date) -> dict[date, Histogram]:
    """Histograms of one series by day, from `start` until the day before `end`."""
    statement = (
        select(Tally.day, *(func.sum(getattr(Tally, c)) for c in COUNTERS))
        .where(*where.clauses(), Tally.series == series, Tally.day >= start, Tally.day < end)
        .group_by(Tally.day)
        .order_by(Tally.day)
    )
    return {row[0]: Histogram([int(n) for n in row[1:]]) for row in session.execute(statement)}


def recount(connection: Connection, survey_id: uuid.UUID, scores_of: ScoresOf) -> Counters:
    """What the tallies of a survey must be, counted from its responses; `scores_of` takes a version and answers."""
    columns = (Response.day, Response.touchpoint, Response.unit, Response.channel, Response.quality)
    responses = select(Response.version, Response.answers, *columns).where(Response.survey_id == survey_id)
    rows = connection.execute(responses.execution_options(yield_per=10_000))
    return count(
        Scored(survey_id, day, touchpoint, unit, channel, quality, scores_of(version, answers))
        for version, answers, day, touchpoint, unit, channel, quality in rows
    )


def stored(connection: Connection, survey_id: uuid.UUID) -> Counters:
    """The tallies of a survey as they stand, without rows that erasure has emptied."""
    keys = [getattr(Tally, name) for name in TallyKey._fields]
    counters = [getattr(Tally, name) for name in COLUMNS]
    rows = connection.execute(select(*keys, *counters).where(Tally.survey_id == survey_id))
    split = len(TallyKey._fields)
    return {TallyKey(*row[:split]): list(row[split:]) for row in rows if any(row[split:])}


def differences(connection: Connection, survey_id: uuid.UUID, scores_of: ScoresOf) -> list[TallyKey]:
    """The tally rows that differ from their responses; none is the only right answer."""
    expected, found = recount(connection, survey_id, scores_of), stored(connection, survey_id)
    return sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))


def rebuild(connection: Connection, survey_id: uuid.UUID, scores_of: ScoresOf) -> int:
    """Replace the tallies of a survey by a recount; the number of rows written."""
    if connection.dialect.name == "postgresql":
        # Answers that arrive meanwhile wait, or they would be counted before the recount replaces their count.
        connection.execute(text("LOCK TABLE response, tally IN SHARE ROW EXCLUSIVE MODE"))
    counters = recount(connection, survey_id, scores_of)
    connection.execute(delete(Tally).where(Tally.survey_id == survey_id))
    add(connection, counters)
    return len(counters)
