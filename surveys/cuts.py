"""Cuts: responses counted by any of what they hold. For what tallies do not keep, the answers themselves are read.

The database takes the answers out of their documents and puts together what is alike, so that few rows leave it.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from surveys.models import Response
from surveys.tallies import Periods, Where

COLUMNS = ("touchpoint", "unit", "channel", "segment", "language")

Value = Hashable
# How many responses hold each combination; of each side nothing, one value, or several chosen options.
Held = Counter[tuple[tuple[Value, ...], ...]]


@dataclass(frozen=True)
class Column:
    """What every response is filed under, such as its touchpoint."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in COLUMNS:
            raise ValueError(f"responses are not filed under {self.name!r}")

    def expressions(self) -> list[ColumnElement[Any]]:
        return [getattr(Response, self.name)]

    def among(self, values: Collection[Value]) -> ColumnElement[bool]:
        column: ColumnElement[str] = getattr(Response, self.name)
        return column.in_(sorted(map(str, values)))


@dataclass(frozen=True)
class Answers:
    """The answers to one question, by its ids in the versions that asked it; of several chosen options each counts."""

    ids: tuple[str, ...]

    def expressions(self) -> list[ColumnElement[Any]]:
        return [Response.answers[name] for name in self.ids]

    def among(self, values: Collection[Value]) -> ColumnElement[bool]:
        """Whether one of these options was chosen."""
        chosen = [cast(answer, String) for answer in self.expressions()]
        return or_(*(answer.contains(f'"{value}"', autoescape=True) for answer in chosen for value in values))


@dataclass(frozen=True)
class Scores(Answers):
    """The scores given to one question."""

    def expressions(self) -> list[ColumnElement[Any]]:
        return [Response.answers[name].as_integer() for name in self.ids]

    def among(self, values: Collection[Value]) -> ColumnElement[bool]:
        return func.coalesce(*self.expressions(), None).in_(sorted(values))


@dataclass(frozen=True)
class Spans:
    """Consecutive parts of a period by their first days; the value is the place of the part."""

    starts: tuple[date, ...]
    end: date

    def expressions(self) -> list[ColumnElement[Any]]:
        return [Periods(self.starts, self.end).number(Response.day)]

    def among(self, values: Collection[Value]) -> ColumnElement[bool]:
        return self.expressions()[0].in_(sorted(values))


Side = Column | Answers | Spans


def held(session: Session, where: Where, start: date, end: date, sides: Sequence[Side]) -> Held:
    """What responses hold of these sides together, from `start` until the day before `end`."""
    asked = [side.expressions() for side in sides]
    flat = [expression for expressions in asked for expression in expressions]
    limits = [*where.clauses(Response), Response.day >= start, Response.day < end]
    counted: Held = Counter()
    for values, n in _ALIKE[session.get_bind().dialect.name](session, flat, limits):
        given = iter(values)
        counted[tuple(_chosen([next(given) for _ in expressions]) for expressions in asked)] += n
    return counted


Alike = Iterator[tuple[Sequence[Any], int]]


def _grouped(session: Session, flat: Sequence[ColumnElement[Any]], limits: Sequence[ColumnElement[bool]]) -> Alike:
    """What is alike, with its number, counted by the database."""
    # Named first and grouped by name: PostgreSQL takes the same key in two parameters for two different expressions.
    rows = select(*(one.label(f"held_{place}") for place, one in enumerate(flat))).where(*limits).subquery()
    for *values, n in session.execute(select(*rows.c, func.count()).group_by(*rows.c)):
        yield values, n


def _piled(session: Session, flat: Sequence[ColumnElement[Any]], limits: Sequence[ColumnElement[bool]]) -> Alike:
    """The same from SQLite, which groups by sorting all rows: a day's responses as lines of one text, counted here.

    The index has the days in their order, so nothing is sorted; one text is as long as the fullest day.
    """
    lines = func.group_concat(func.json_array(*flat), "\n")
    piles: Counter[str] = Counter()
    for (pile,) in session.execute(select(lines).where(*limits).group_by(Response.day)):
        piles.update(pile.split("\n"))
    for line, n in piles.items():
        yield msgspec.json.decode(line), n


_ALIKE = {"sqlite": _piled, "postgresql": _grouped}


def margin(counted: Held, *places: int) -> Counter[tuple[Value, ...]]:
    """How many responses hold each combination of the sides at these places, whatever they hold of the others.

    Who left a side unanswered, or it did not apply to, is in no combination. Who chose several options is counted under
    each, so the combinations of a multiple choice add up to more than the responses.
    """
    found: Counter[tuple[Value, ...]] = Counter()
    for sides, n in counted.items():
        for combination in product(*(sides[place] for place in places)):
            found[combination] += n
    return found


def cross(session: Session, where: Where, start: date, end: date, sides: Sequence[Side]) -> Counter[tuple[Value, ...]]:
    """How many responses hold each combination of all these sides."""
    return margin(held(session, where, start, end, sides), *range(len(sides)))


def _chosen(values: Sequence[Any]) -> tuple[Value, ...]:
    """What a response holds of a side: nothing, one value, or several chosen options."""
    answer = next((value for value in values if value is not None), None)
    if answer is None:
        return ()
    return tuple(answer) if isinstance(answer, list) else (answer,)
