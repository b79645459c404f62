"""What people add to a criterion: judgements, values that were measured elsewhere, and actions."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.programme.actions import add_action, finish_action
from cem.programme.attachments import Attachment
from cem.programme.faults import ActionFault, JudgementFault, UnknownEntry, ValueFault
from cem.programme.judgements import decide, judge
from cem.programme.measurements import BESIDE, measure, withdraw
from cem.programme.models import Judgement, MeasuredValue
from cem.programme.pages import HERE
from cem.roles import Action
from cem.scorecards.days import read_day
from cem.settings import Settings
from cem.studio.exports import attachment
from surveys.database import day_of, utc_now
from surveys.languages import ascii_digits


@dataclass
class JudgementForm:
    score: str = ""
    note: str = ""
    file: UploadFile | None = None


@dataclass
class DecisionForm:
    judgement: str = ""
    decision: str = ""
    note: str = ""


@dataclass
class ValueForm:
    value: str = ""
    n: str = ""
    sample: str = ""
    source: str = ""
    day: str = ""
    note: str = ""
    file: UploadFile | None = None


@dataclass
class WithdrawForm:
    value: str = ""


@dataclass
class ActionForm:
    words: str = ""
    expected: str = ""
    owner: str = ""
    due: str = ""


@dataclass
class DoneForm:
    action: str = ""
    result: str = ""


class ProgrammeForms(Controller):
    path = f"{HERE}/criteria/{{code:str}}"

    @post("/judge", sync_to_thread=True, status_code=303, opt={"action": Action.PROGRAMME_ASSESS})
    def judge(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: MultipartBody[JudgementForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """A judgement, which waits for a second assessor."""
        given = ascii_digits(data.score).strip()
        if not given.isdecimal():
            raise JudgementFault
        judge(session, utc_now(), request.user.name, code, int(given), data.note, _attached(data.file))
        return _back(code)

    @post("/decide", sync_to_thread=True, status_code=303, opt={"action": Action.PROGRAMME_ASSESS})
    def decide(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[DecisionForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """The second assessor confirms it, or gives it back with a word why."""
        if data.decision not in {"confirm", "return"}:
            raise JudgementFault
        confirmed = data.decision == "confirm"
        decide(session, utc_now(), request.user.name, data.judgement, confirmed=confirmed, note=data.note)
        return _back(code)

    @post("/measure", sync_to_thread=True, status_code=303, opt={"action": Action.PROGRAMME_KEEP})
    def measure(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: MultipartBody[ValueForm],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """A value that the company measured elsewhere."""
        now = utc_now()
        value, n = _number(data.value), _number(data.n) if data.n.strip() else None
        measure(
            session,
            now,
            request.user.name,
            code,
            value=value,
            n=_whole(n),
            sample=bool(data.sample),
            source=data.source,
            day=_day(data.day, ValueFault),
            today=day_of(now, settings.zone),
            note=data.note,
            attachment=_attached(data.file),
        )
        return _back(code)

    @post("/withdraw", sync_to_thread=True, status_code=303, opt={"action": Action.PROGRAMME_KEEP})
    def withdraw(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[WithdrawForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """A value that was wrong."""
        withdraw(session, utc_now(), request.user.name, data.value)
        return _back(code)

    @post("/actions", sync_to_thread=True, status_code=303, opt={"action": Action.PROGRAMME_KEEP})
    def add_action(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[ActionForm],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Something to do, by whom and until when."""
        now = utc_now()
        add_action(
            session,
            now,
            request.user.name,
            code,
            words=data.words,
            expected=data.expected,
            owner=data.owner,
            due_on=_day(data.due, ActionFault),
            today=day_of(now, settings.zone),
        )
        return _back(code)

    @post("/actions/done", sync_to_thread=True, status_code=303, opt={"action": Action.PROGRAMME_KEEP})
    def finish_action(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        data: URLEncodedBody[DoneForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """It is done, and what came of it."""
        finish_action(session, utc_now(), request.user.name, data.action, data.result)
        return _back(code)

    @get("/files/{entry:uuid}", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def send_file(
        self, code: FromPath[str], entry: FromPath[uuid.UUID], reader: NamedDependency[Session]
    ) -> Response[bytes]:
        """What was attached to a judgement or a value: to be saved, never shown as a page."""
        row = reader.get(Judgement, entry) or reader.get(MeasuredValue, entry)
        if row is None or row.criterion != code or row.file is None:
            raise UnknownEntry
        headers = {
            "content-disposition": attachment("attachment", row.file_name),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return Response(row.file, media_type="application/octet-stream", headers=headers)


def _back(code: str) -> Redirect:
    return Redirect(f"{HERE}/{'beside' if code in BESIDE else 'criteria'}/{code}", status_code=303)


def _attached(file: UploadFile | None) -> Attachment:
    return Attachment() if file is None else Attachment.read(file.filename, file.file.read())


def _number(text: str) -> float:
    try:
        return float(ascii_digits(text).strip().rstrip("%٪"))
    except ValueError:
        raise ValueFault from None


def _whole(number: float | None) -> int | None:
    if number is not None and number != int(number):
        raise ValueFault
    return None if number is None else int(number)


def _day(text: str, fault: type[ValueFault] | type[ActionFault]) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise fault from None
