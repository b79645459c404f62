"""Who takes part in a plan for a period: the list, a file that is tried and then taken, and files to take away."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError, Conflict
from cem.people.accounts import Person
from cem.rewards.enrolling import CHANGE_NAMES, Report
from cem.rewards.participant_files import MEDIA_TYPES, read_rows, write_csv, write_xlsx
from cem.rewards.participant_rows import COLUMNS, REQUIRED
from cem.rewards.participants import (
    check_participants,
    copy_participants,
    count_rows,
    exported_rows,
    is_locked,
    list_participants,
    periods_with_participants,
    store_participants,
)
from cem.rewards.periods import RewardPeriod
from cem.rewards.plan_frames import NAMES
from cem.rewards.plan_views import asked_period, asked_plan, offered_periods, present_period
from cem.rewards.plans import read_terms
from cem.roles import Action
from cem.settings import Settings
from cem.studio.exports import attachment
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.formats.documents import DocumentFaults
from surveys.formats.rows import Row
from surveys.languages import N_
from surveys.models import Unit

# A page holds so many rows between trying a file and taking it; longer files are for the command line.
LARGEST = 10_000
LARGEST_FILE = 5 * 2**20
# Of a workbook when it is unpacked, which the server does in its memory.
LARGEST_BOOK = 20 * 2**20


class TooManyRows(CemError):
    status = 413
    title = N_("This file is too long for a page")
    advice = N_("A page takes 10,000 rows. Ask your administrator for the command “cem rewards participants import”.")


@dataclass
class FileForm:
    """A file to try, or the text of one that was tried; `taken` where it is to be stored."""

    period: str = ""
    text: str = ""
    taken: str = ""
    file: UploadFile | None = None


@dataclass
class PeriodForm:
    period: str = ""


class ParticipantPages(Controller):
    path = "/rewards/plans/{code:str}/participants"

    @get("/", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def show_participants(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The list of a period."""
        period = _asked(reader, code, request.query_params.get("period"), show, settings)
        return _show_list(request, show, reader, settings, code, period)

    @post("/", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_DESIGN})
    def bring(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: MultipartBody[FileForm],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect | Response[bytes]:
        """Try a file, or store one that was tried."""
        period, actor = RewardPeriod.parse(data.period), request.user.name
        asked_plan(reader, code)
        try:
            text = data.text or _as_text(data.file)
            rows = read_rows(io.BytesIO(text.encode()))
            checked = check_participants(reader, actor, code, period, rows)
        except DocumentFaults as broken:
            return _show_list(request, show, reader, settings, code, period, broken=broken)
        if data.taken and not checked.report.refused:
            store_participants(session, utc_now(), actor, checked)
            return Redirect(_address(code, period), status_code=303)
        return _show_report(show, reader, code, period, checked.report, text)

    @post("/copy", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_DESIGN})
    def copy(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[PeriodForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """Who took part in the period before takes part again."""
        period = RewardPeriod.parse(data.period)
        asked_plan(session, code)
        copy_participants(session, utc_now(), request.user.name, code, period)
        return Redirect(_address(code, period), status_code=303)

    @get("/download", sync_to_thread=True, opt={"action": Action.REWARDS_READ})
    def download(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        session: NamedDependency[Session],
    ) -> Response[bytes]:
        """The list as a file; who took it is recorded."""
        ending = "xlsx" if request.query_params.get("format") == "xlsx" else "csv"
        period = RewardPeriod.parse(request.query_params.get("period", ""))
        asked_plan(session, code)
        if count_rows(session, code, period.code) > LARGEST:
            raise TooManyRows
        rows = exported_rows(session, code, period.code)
        content = write_xlsx(rows) if ending == "xlsx" else b"".join(write_csv(rows))
        told = {"period": period.code, "format": ending}
        audit(session, utc_now(), request.user.name, "reward:export-participants", code, **told)
        name = f"{code}-{period.code}-participants.{ending}"
        headers = {"content-disposition": attachment(name, name), "cache-control": "no-store"}
        return Response(content, media_type=MEDIA_TYPES[ending], headers=headers)


class NoFile(Conflict):
    status = 400
    title = N_("No file was sent")
    advice = N_("Choose a CSV or Excel file first. Nothing was changed.")


def _as_text(file: UploadFile | None) -> str:
    """A file as CSV text, which a form can carry on."""
    if file is None or not file.file.read(1):
        raise NoFile
    file.file.seek(0, io.SEEK_END)
    if file.file.tell() > LARGEST_FILE:
        raise TooManyRows
    file.file.seek(0)
    return b"".join(_joined(read_rows(cast(BinaryIO, file.file), LARGEST_BOOK))).decode()


def _joined(rows: Iterator[Row]) -> Iterator[bytes]:
    """Rows as they are, each on the line where it stood: faults are told with the lines of the person's own file."""
    from csv import writer  # noqa: PLC0415 - for this alone

    line = 1
    for number, row in enumerate(rows):
        if number > LARGEST:
            raise TooManyRows
        text = io.StringIO()
        writer(text, lineterminator="\n").writerow([" ".join(cell.split()) for cell in row.cells])
        yield ("\n" * (row.line - line) + text.getvalue()).encode()
        line = row.line + 1


def _asked(reader: Session, code: str, text: str | None, show: Show, settings: Settings) -> RewardPeriod:
    asked_plan(reader, code)
    now, calendar = utc_now(), show.language.calendar
    if text:
        return asked_period(text, calendar, now, settings.zone)
    return present_period(reader, code, calendar, day_of(now, settings.zone))


def _address(code: str, period: RewardPeriod) -> str:
    return f"/rewards/plans/{code}/participants?period={period.code}"


def _frame(reader: Session, code: str, period: RewardPeriod) -> dict[str, Any]:
    plan = asked_plan(reader, code)
    return {
        **NAMES,
        "plan": plan,
        "terms": read_terms(plan),
        "period": period,
        "locked": is_locked(reader, code, period.code),
        "unit_names": {unit.code: unit.names for unit in reader.query(Unit)},
    }


def _show_list(
    request: Request[Person, Any, Any],
    show: Show,
    reader: Session,
    settings: Settings,
    code: str,
    period: RewardPeriod,
    broken: DocumentFaults | None = None,
) -> Response[bytes]:
    number = request.query_params.get("page", "1")
    page = max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    present = RewardPeriod.quarter_of(day_of(utc_now(), settings.zone), show.language.calendar)
    known = periods_with_participants(reader, code)
    offered = {one: RewardPeriod.parse(one) for one in (*known, *(one.code for one in offered_periods(present)))}
    return show(
        "rewards/participants.html",
        status=422 if broken else 200,
        **_frame(reader, code, period),
        listed=list_participants(reader, code, period.code, page),
        page=page,
        periods=[*offered.values(), *([] if period.code in offered else [period])],
        before=period.plus(-1) if count_rows(reader, code, period.plus(-1).code) else None,
        columns=COLUMNS,
        required=REQUIRED,
        broken=broken,
    )


def _show_report(
    show: Show, reader: Session, code: str, period: RewardPeriod, report: Report, text: str
) -> Response[bytes]:
    return show(
        "rewards/participants_check.html",
        status=422 if report.refused else 200,
        **_frame(reader, code, period),
        report=report,
        text=text,
        change_names=CHANGE_NAMES,
    )
