"""Cuts: responses counted by any of what they hold. For what tallies do not keep, the answers themselves are read.

One grouped query: the database takes the answers out of their documents and counts what is alike, so that no more rows
leave it than there are different combinations.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from surveys.models import Response
from surveys.tallies import Where

COLUMNS = ("touchpoint", "unit", "channel", "language")

Value = Hashable


@dataclass(frozen=True)
class Column:
    """What every response is filed under, such as its touchpoint."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in COLUMNS:
            raise ValueError(f"responses are not filed under {self.name!r}")


@dataclass(frozen=True)
class Answers:
    """The answers to one question, by its ids in the versions that asked it; of several chosen options each counts."""

    ids: tuple[str, ...]


Side = Column | Answers


def cross(session: Session, where: Where, start: date, end: date, sides: Sequence[Side]) -> Counter[tuple[Value, ...]]:
    """How many responses hold each combination, from `start` until the day before `end`.

    Who left a side unanswered, or it did not apply to, is in no combination. Who chose several options is counted under
    each, so the combinations of a multiple choice add up to more than the responses.
    """
    asked = [_expressions(side) for side in sides]
    flat = [expression for expressions in asked for expression in expressions]
    # Named first and grouped by name: PostgreSQL takes the same key in two parameters for two different expressions.
    held = (
        select(*(expression.label(f"held_{place}") for place, expression in enumerate(flat)))
        .where(*where.clauses(Response), Response.day >= start, Response.day < end)
        .subquery()
    )
    counted: Counter[tuple[Value, ...]] = Counter()
    for *values, n in session.execute(select(*held.c, func.count()).group_by(*held.c)):
        given = iter(values)
        found = [_chosen([next(given) for _ in expressions]) for expressions in asked]
        for combination in product(*found):
            counted[combination] += n
    return counted


def _expressions(side: Side) -> list[ColumnElement[Any]]:
    if isinstance(side, Column):
        return [getattr(Response, side.name)]
    return [Response.answers[name] for name in side.ids]


def _chosen(values: Sequence[Any]) -> Sequence[Value]:
    """What a response holds of a side: nothing, one value, or several chosen options."""
    answer = next((value for value in values if value is not None), None)
    if answer is None:
        return ()
    return tuple(answer) if isinstance(answer, list) else (answer,)
