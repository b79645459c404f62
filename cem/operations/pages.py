"""The pages of operations: all metrics at a place, one metric with its units and corrections, and files that arrive."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody
from sqlalchemy.orm import Session

from cem.operations.corrections import read_corrections
from cem.operations.drawings import days_in_words, months_figure, months_sketch, perception_figure, survey_of
from cem.operations.feed import Receipt, receive_file
from cem.operations.leagues import build_unit_league
from cem.operations.lines import change_in_words, read_lines, write, write_target
from cem.operations.places import Place, UnknownPlace, read_place
from cem.operations.rows import COLUMNS
from cem.people.accounts import Person
from cem.roles import Action, scope_of
from cem.scorecards.days import write_day
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import Offers, read_offers
from cem.scorecards.periods import offered_periods
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import normal_text

# So many mistakes are told at once; the rest is mostly the same one.
TOLD = 100


@dataclass
class FileForm:
    """A file of figures; with `check` it is read and nothing is stored."""

    file: UploadFile | None = None
    check: str = ""


class OperationPages(Controller):
    path = "/operations"

    @get("/", sync_to_thread=True, opt={"action": Action.OPERATIONS_READ})
    def show_metrics(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """Every metric at a place: its value, where it comes from, and how fresh it is."""
        return _show_list(request, show, reader, settings)

    @post("/", status_code=200, sync_to_thread=True, opt={"action": Action.OPERATIONS_FEED})
    def receive(
        self,
        request: Request[Person, Any, Any],
        data: MultipartBody[FileForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """A file of figures arrives; the page says what became of it. Sent again, it changes nothing."""
        now = utc_now()
        content, name = b"", ""
        if data.file is not None:
            with data.file.file as sent:
                content, name = sent.read(), normal_text(data.file.filename or "")[:128]
        today = day_of(now, settings.zone)
        receipt = receive_file(session, now, today, request.user.name, content, name, dry_run=bool(data.check))
        return _show_list(request, show, session, settings, receipt=receipt, checked=bool(data.check))

    @get("/{code:str}", sync_to_thread=True, opt={"action": Action.OPERATIONS_READ})
    def show_metric(
        self,
        request: Request[Person, Any, Any],
        code: FromPath[str],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """One metric: its months beside the perception that it explains, its units, and what was corrected."""
        today, offers, language = day_of(utc_now(), settings.zone), read_offers(reader), show.language
        place = read_place(request.query_params, offers, request.user, language.calendar, today)
        line = next(iter(read_lines(reader, place, language.calendar, today, [code])), None)
        if line is None:
            raise UnknownPlace
        metric = line.metric
        perceived = scope_of(request.user.role, Action.SCORECARDS_READ) is not None
        survey = survey_of(metric, offers)
        return show(
            "operations/metric.html",
            **frame(show, place, offers, today),
            here=f"/operations/{metric.code}",
            line=line,
            metric=metric,
            survey=survey,
            kpi=next((one for one in kpis_of(survey.questionnaire) if one.series == metric.kpi), None)
            if survey
            else None,
            months=months_figure(language, line),
            perception=perception_figure(reader, language, metric, place, offers, request.user, today)
            if perceived
            else None,
            league=build_unit_league(reader, metric, place, offers, language),
            corrections=read_corrections(reader, metric, place.units),
            today_written=write_day(language, today),
        )


def frame(show: Show, place: Place, offers: Offers, today: date) -> dict[str, Any]:
    """What every page of operations needs."""
    return {
        "place": place,
        "offers": offers,
        "units": offers.subtree(place.top) if place.top else offers.units,
        "periods": list(offered_periods(show.language.calendar, today)),
        "change_in_words": change_in_words,
        "write_target": write_target,
        "write": write,
        "sketch": months_sketch,
        "days_in_words": days_in_words,
    }


def _show_list(
    request: Request[Person, Any, Any],
    show: Show,
    session: Session,
    settings: Settings,
    receipt: Receipt | None = None,
    *,
    checked: bool = False,
) -> Response[bytes]:
    today, offers = day_of(utc_now(), settings.zone), read_offers(session)
    place = read_place(request.query_params, offers, request.user, show.language.calendar, today)
    refused = receipt is not None and bool(receipt.refusals)
    return show(
        "operations/list.html",
        status=400 if refused else 200,
        **frame(show, place, offers, today),
        here="/operations",
        lines=read_lines(session, place, show.language.calendar, today),
        receipt=receipt,
        checked=checked,
        told=TOLD,
        columns=COLUMNS,
    )
