"""`POST /api/v1/operational-figures`: what a program has counted, by metric, unit and days."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta
from sqlalchemy.orm import Session

from cem.errors import CemError, NotSignedIn
from cem.operations.feed import receive
from cem.operations.rows import COLUMNS
from cem.settings import Settings
from surveys.database import day_of, utc_now
from surveys.formats.rows import Refusal, Row
from surveys.languages import N_, language

MOST = 10_000
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Day = Annotated[str, Meta(max_length=10, description="2025-10-07, or Jalali: 1404-07-15.")]
# A text keeps every decimal; a JSON number may have lost some before it came here.
Number = Annotated[int | float | Annotated[str, Meta(max_length=40)], Meta(description='Best as a text: "12.5".')]


class FigureIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What was counted in a unit from the first day to the last, both included."""

    metric: Code
    unit: Code
    first_day: Day
    last_day: Day
    numerator: Number
    denominator: Number


class FiguresIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Figures that are stored together or not at all. Sent again they change nothing; other numbers correct them."""

    figures: Annotated[list[FigureIn], Meta(min_length=1, max_length=MOST)]
    dry_run: bool = False


class FiguresOut(msgspec.Struct):
    """What became of them; `batch` names them in the audit trail, and is null where nothing was stored."""

    batch: str | None
    new: int
    corrected: int
    unchanged: int


class FiguresRefused(CemError):
    title = N_("Nothing was stored")
    advice = N_("Mend the figures that are named, and send all of them again.")

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(self.advice)
        english = language("en")
        self.errors = [
            {
                "field": f"figures[{one.line}]" + (f".{one.column}" if one.column else ""),
                "message": one.in_language(english),
            }
            for one in refusals
        ]


class OperationalFigureApi(Controller):
    path = "/operational-figures"
    tags = ("operations",)

    @post(sync_to_thread=True, summary="Send operational figures")
    def receive(
        self,
        request: Request[str | None, Any, Any],
        data: JSONBody[FiguresIn],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[FiguresOut]:
        now = utc_now()
        if request.user is None:
            raise NotSignedIn
        rows = [Row(place, _cells(figure)) for place, figure in enumerate(data.figures)]
        receipt = receive(session, now, day_of(now, settings.zone), request.user, rows, dry_run=data.dry_run)
        if receipt.refusals:
            raise FiguresRefused(receipt.refusals)
        batch = str(receipt.batch) if receipt.batch else None
        out = FiguresOut(batch, receipt.new, receipt.corrected, receipt.unchanged)
        return Response(out, status_code=201 if batch else 200)


def _cells(figure: FigureIn) -> list[str]:
    return [str(getattr(figure, column)) for column in COLUMNS]
