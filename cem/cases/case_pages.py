"""One case: all that is known of it, and a form for each step that is possible now."""

from collections.abc import Mapping
from datetime import timedelta
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.cases.absences import away, handlers
from cem.cases.catalogue import causes, remedies, reply_templates
from cem.cases.clocks import CLOCK_NAMES
from cem.cases.desk import Desk
from cem.cases.desk_pages import HERE, frame
from cem.cases.doing import fingerprint, hold, take_step
from cem.cases.handling import CONTACT_CHANNELS
from cem.cases.looking import record_view, seen_today
from cem.cases.models import Case
from cem.cases.moments import ago
from cem.cases.politeness import WARNINGS, warnings_of
from cem.cases.reach import case_within
from cem.cases.showing import days_seen, read_case_file
from cem.cases.standing import has_hands
from cem.cases.statuses import MISSING, ORIGINS, OUTCOMES, NotReady
from cem.cases.steps import STEP_NAMES
from cem.cases.story import CONTACT_NAMES
from cem.errors import CemError
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.days import write_day
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from cem.templating import Show
from metrics.text.personal_data import scrub
from surveys.database import day_of, utc_now
from surveys.languages import language, normal_text

# The steps whose words go to the customer.
SAID = ("reply", "resolve")


class CasePages(Controller):
    path = f"{HERE}/{{number:str}}"

    @get("/", sync_to_thread=True, opt={"action": Action.CASES_READ})
    def show_case(
        self,
        request: Request[Person, Any, Any],
        number: FromPath[str],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The case; that somebody looked is written down, and stands at its end."""
        case, now = case_within(reader, request.user, number), utc_now()
        today = day_of(now, settings.zone)
        if not seen_today(reader, request.user.name, case, today):
            record_view(session, now, request.user.name, case, today)
        return _show(request, show, reader, settings, case, {"template": request.query_params.get("template", "")})

    @get("/{step:str}", sync_to_thread=False, opt={"action": Action.CASES_READ})
    def go_back(self, request: Request[Person, Any, Any], number: FromPath[str], step: FromPath[str]) -> Redirect:  # noqa: ARG002 - the address has it
        """A form that was sent back and is opened again, as in the other language, is its case."""
        query = request.url.query
        return Redirect(f"{HERE}/{quote(number)}{'?' if query else ''}{query}", status_code=303)

    @post("/{step:str}", sync_to_thread=True, opt={"action": Action.CASES_HANDLE})
    def take_step(
        self,
        request: Request[Person, Any, Any],
        number: FromPath[str],
        step: FromPath[str],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """One step. A reply that reads badly is shown with why, and so is what a form or a resolution lacks."""
        person = request.user
        case = hold(session, person, number, step, data)
        if step in SAID and not data.get("anyway") and has_hands(session, person, case):
            warnings = warnings_of(data.get("text", ""), case.language) if normal_text(data.get("text", "")) else ()
            if warnings:
                return _show(request, show, session, settings, case, {**data, "step": step}, warnings=warnings)
        desk = Desk.open(session, settings, utc_now(), person.name, form=fingerprint(step, data))
        try:
            # A reply that was to go out with a resolution stays unsent where something is missing.
            with session.begin_nested():
                take_step(desk, person, case, step, data)
        except CemError as fault:
            if fault.status != CemError.status:
                raise
            return _show(request, show, session, settings, case, {**data, "step": step}, fault=fault)
        # The place of the form would be kept otherwise.
        return Redirect(f"{HERE}/{case.number}#main", status_code=303)


def _show(
    request: Request[Person, Any, Any],
    show: Show,
    reader: Session,
    settings: Settings,
    case: Case,
    typed: Mapping[str, str],
    *,
    warnings: tuple[tuple[str, str], ...] = (),
    fault: CemError | None = None,
) -> Response[bytes]:
    """The page; `typed` is what a form had in it when it was sent back."""
    now, spoken = utc_now(), show.language
    file = read_case_file(reader, settings, request.user, case, spoken, now)
    templates = reply_templates(reader) if file.hands else []
    chosen = next((one for one in templates if one.code == typed.get("template")), None)
    step = typed.get("step", "reply" if chosen else "")
    return show(
        "cases/case.html",
        status=200 if fault is None else fault.status,
        file=file,
        case=case,
        typed=typed,
        step=step,
        once=token_hex(8),
        reply=typed.get("text", "") or (language(case.language).own(chosen.texts) if chosen else ""),
        warnings=[spoken.fill(WARNINGS[code], {"words": words}) for code, words in warnings],
        fault=fault,
        missing=[spoken.gettext(MISSING[one]) for one in fault.missing] if isinstance(fault, NotReady) else [],
        templates=templates,
        template=chosen,
        steps=STEP_NAMES,
        clock_names=CLOCK_NAMES,
        contact_names={channel: CONTACT_NAMES[channel] for channel in CONTACT_CHANNELS},
        origins=ORIGINS,
        outcomes=OUTCOMES,
        causes=causes(reader),
        remedies=remedies(reader),
        handlers=handlers(reader),
        away=away(reader, day_of(now, settings.zone)),
        offers=read_offers(reader),
        page=Desk.open(reader, settings, now, request.user.name).own_page(case) if file.hands else "",
        seen=days_seen(file.views),
        tomorrow=write_day(spoken, day_of(now, settings.zone) + timedelta(days=1)),
        ago=lambda moment: ago(spoken, moment, now),
        spoken=language,
        readable=(lambda text: text) if file.hands else (lambda text: scrub(text, lambda _kind: "[…]")),
        **{**frame(reader, spoken, settings, now), "names": file.names},
    )
