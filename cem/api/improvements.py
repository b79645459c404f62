"""`/api/v1/improvements` and `/api/v1/root-causes`: what is looked into and changed, and what became of it."""

import uuid
from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Meta
from sqlalchemy.orm import Session

from cem.improvements.causes import read_causes
from cem.improvements.counting import LONGEST, read_counted
from cem.improvements.lists import PAGE, Wanted, list_improvements, list_root_causes
from cem.improvements.models import Improvement, RootCause
from cem.scorecards.offers import read_offers
from surveys.database import utc_now


class RootCauseOut(msgspec.Struct):
    """A cause that is looked into for a unit ('' the company); `reason` is count, share, severity or hand."""

    root_cause: str
    cause: str
    unit: str
    reason: str
    counted: dict[str, int]
    opened_at: datetime
    owner: str | None
    whys: list[str]
    closed_at: datetime | None
    conclusion: str
    cases: Annotated[int, Meta(description="The cases of the last 365 days that it explains.")]


class EffectOut(msgspec.Struct):
    """The change of the KPI in its own points with its 95% interval and the answers before and after it."""

    value: float
    low: float | None
    high: float | None
    n: int | None
    measured_on: date | None


class ImprovementOut(msgspec.Struct):
    """`status` is planned, running, done or abandoned; `verdict` says how far an effect is proven."""

    improvement: str
    root_cause: str
    title: str
    unit: str
    owner: str | None
    status: str
    due_on: date
    done_on: date | None
    cost: int | None
    series: str
    touchpoint: str
    expected: float | None
    control_units: list[str]
    verdict: str
    effect: EffectOut | None
    raised: int
    told: int
    told_at: datetime | None


class ImprovementPage(msgspec.Struct):
    """Newest first; `before` asks for the next page where there is one."""

    improvements: list[ImprovementOut]
    before: str | None


class RootCausePage(msgspec.Struct):
    """Newest first; `before` asks for the next page where there is one."""

    root_causes: list[RootCauseOut]
    before: str | None


class ImprovementApi(Controller):
    path = "/"
    tags = ("improvements",)

    @get("/improvements", sync_to_thread=True, summary=f"List improvements, {PAGE} at a time")
    def list_improvements(
        self, reader: NamedDependency[Session], before: FromQuery[uuid.UUID | None] = None
    ) -> ImprovementPage:
        found = list_improvements(reader, Wanted(before=before), read_offers(reader))
        return ImprovementPage([_improvement(row) for row in found.rows], _text(found.following))

    @get("/root-causes", sync_to_thread=True, summary=f"List root causes, {PAGE} at a time")
    def list_root_causes(
        self, reader: NamedDependency[Session], before: FromQuery[uuid.UUID | None] = None
    ) -> RootCausePage:
        offers, tree = read_offers(reader), read_causes(reader)
        counted = read_counted(reader, LONGEST, utc_now())
        found = list_root_causes(reader, Wanted(view="all", before=before), offers)
        rows = [_root_cause(row, counted.explained([row], tree, offers)) for row in found.rows]
        return RootCausePage(rows, _text(found.following))


def _text(following: uuid.UUID | None) -> str | None:
    return None if following is None else str(following)


def _root_cause(row: RootCause, cases: int) -> RootCauseOut:
    return RootCauseOut(
        root_cause=str(row.root_cause_id),
        cause=row.cause,
        unit=row.unit,
        reason=row.reason,
        counted=row.counted,
        opened_at=row.opened_at,
        owner=row.owner,
        whys=row.whys,
        closed_at=row.closed_at,
        conclusion=row.conclusion,
        cases=cases,
    )


def _improvement(row: Improvement) -> ImprovementOut:
    effect = (
        None
        if row.effect is None
        else EffectOut(row.effect, row.effect_low, row.effect_high, row.effect_n, row.measured_on)
    )
    return ImprovementOut(
        improvement=str(row.improvement_id),
        root_cause=str(row.root_cause_id),
        title=row.title,
        unit=row.unit,
        owner=row.owner,
        status=row.status,
        due_on=row.due_on,
        done_on=row.done_on,
        cost=row.cost,
        series=row.series,
        touchpoint=row.touchpoint,
        expected=row.expected,
        control_units=row.control_units,
        verdict=row.verdict,
        effect=effect,
        raised=row.raised,
        told=row.reached,
        told_at=row.told_at,
    )
