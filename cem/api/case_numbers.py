"""`GET /api/v1/case-numbers`: what cases add up to, as the closed loop's page shows it."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Meta
from sqlalchemy.orm import Session

from cem.cases.numbering import read_numbers
from cem.cases.numbers import PERIODS, Backlog, Lift, Saved, Share, Times
from cem.errors import NotFound, Problem
from surveys.languages import N_
from surveys.models import Unit


class NothingCounted(NotFound):
    title = N_("Nothing is counted yet")
    advice = N_("Numbers are counted every few minutes, once there is a case. Ask again later.")


class CaseNumbersOut(msgspec.Struct):
    """Shares are in percent with Wilson's 95% interval and as `k` of `n`; times are business hours; null is unknown."""

    unit: str
    days: int
    counted_at: Annotated[datetime, Meta(description="The moment that all of it holds for.")]
    opened: int
    closed: int
    withdrawn: Annotated[int, Meta(description="Left out of the promises.")]
    merged: int
    unreachable: int
    shares: Annotated[
        dict[str, Share],
        Meta(
            description="acknowledge, contact, resolve: promises kept, of those that fell due, open ones counting as "
            "missed; follow_up, acted_on, first_time, reopen, recurrence, recovery."
        ),
    ]
    times: Annotated[
        dict[str, Times], Meta(description="contact, resolve: Kaplan and Meier's quantiles, open cases being censored.")
    ]
    lift: Annotated[Lift, Meta(description="The recovery survey's score minus the one before, of the same customers.")]
    saved: Saved | None
    backlog: Annotated[list[Backlog], Meta(description="Open cases by age: up to 2, 7 and 30 days, and older ones.")]
    handlers: int
    unowned: int
    cases_per_handler: float | None


class CaseNumberApi(Controller):
    path = "/case-numbers"
    tags = ("cases",)

    @get(sync_to_thread=True, summary="Read the closed loop's numbers")
    def read(
        self,
        reader: NamedDependency[Session],
        unit: FromQuery[
            Annotated[str, Meta(max_length=64, description="A unit with all below it; all by default.")]
        ] = "",
        days: FromQuery[Annotated[int, Meta(description="The days until now: 30, 90 or 365.")]] = 90,
    ) -> CaseNumbersOut:
        """Of a unit and the last 30, 90 or 365 days, as they were counted last."""
        if days not in PERIODS:
            raise Problem("days", "It is 30, 90 or 365.")
        if unit and ("\0" in unit or reader.get(Unit, unit) is None):
            raise Problem("unit", "There is no such unit.")
        counted = read_numbers(reader, unit, days)
        if counted is None:
            raise NothingCounted
        numbers = counted.numbers
        return CaseNumbersOut(
            unit=unit,
            days=days,
            counted_at=counted.counted_at,
            opened=numbers.opened,
            closed=numbers.closed,
            withdrawn=numbers.withdrawn,
            merged=numbers.merged,
            unreachable=numbers.unreachable,
            shares=numbers.shares,
            times=numbers.times,
            lift=numbers.lift,
            saved=numbers.saved,
            backlog=list(numbers.backlog),
            handlers=numbers.handlers.handlers,
            unowned=numbers.handlers.unowned,
            cases_per_handler=numbers.handlers.mean,
        )
