"""The work list, many cases in one go, and the morning of a unit."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.cases import handling
from cem.cases.absences import away, handlers
from cem.cases.answers import first_words
from cem.cases.asking import OWNERS, READY, VIEWS, list_address, read_wanted
from cem.cases.desk import Desk, find_case
from cem.cases.doing import FormFault, read_severity
from cem.cases.lists import read_list
from cem.cases.models import Case
from cem.cases.moments import until
from cem.cases.morning import read_morning
from cem.cases.reach import case_within, reach_of
from cem.cases.showing import read_names
from cem.cases.standing import has_hands
from cem.cases.statuses import KINDS, STATUS_NAMES, NotYours, UnknownCase
from cem.cases.story import SEVERITY_WORDS
from cem.cases.terms import SEVERITY_NAMES
from cem.errors import CemError
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.offers import CHANNEL_NAMES, read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import Language

HERE = "/cases"
PICKED = "case."
MOST_PICKED = 100


class DeskPages(Controller):
    path = HERE

    @get("/", sync_to_thread=True, opt={"action": Action.CASES_READ})
    def show_list(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """The cases that an address asks for, next due first; a whole number leads to its case."""
        offers, now, person = read_offers(reader), utc_now(), request.user
        missed = False
        if number := request.query_params.get("number", "").strip():
            try:
                return Redirect(f"{HERE}/{case_within(reader, person, number).number}", status_code=303)
            except UnknownCase:
                missed = True
        wanted = read_wanted(request.query_params, offers, now, settings.zone)
        reach = reach_of(reader, person)
        listed = read_list(reader, reach, wanted)
        return show(
            "cases/list.html",
            wanted=wanted,
            listed=listed,
            words=first_words(reader, listed.cases),
            ready=[(name, list_address(parts), parts == wanted.given) for name, parts in READY],
            views=VIEWS,
            owners=OWNERS,
            number=number,
            missed=missed,
            done=request.query_params.get("done", ""),
            units=offers.units
            if reach.units is None
            else {u: offers.units[u] for u in offers.units if u in reach.units},
            offers=offers,
            handlers=handlers(reader),
            away=away(reader, day_of(now, settings.zone)),
            **frame(reader, show.language, settings, now),
        )

    @post("/bulk", sync_to_thread=True, opt={"action": Action.CASES_HANDLE})
    def change_many(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """One act on each chosen case by itself; those that could not be changed are told with the reason."""
        # In one order, so that two who choose the same cases never wait for each other in a ring.
        numbers = sorted(name.removeprefix(PICKED) for name in data if name.startswith(PICKED))
        desk = Desk.open(session, settings, utc_now(), request.user.name)
        if len(numbers) > MOST_PICKED:
            raise FormFault
        _check_act(desk, data)
        failed = list(_change(desk, request.user, numbers, data))
        back = data.get("back", HERE)
        back = back if back == HERE or back.startswith(f"{HERE}?") else HERE
        done = len(numbers) - len(failed)
        if numbers and not failed:
            return Redirect(f"{back}{'&' if '?' in back else '?'}done={done}", status_code=303)
        return show("cases/bulk.html", done=done, failed=failed, back=back)

    @get("/bulk", sync_to_thread=False, opt={"action": Action.CASES_READ})
    def go_back(self) -> Redirect:
        """What became of a bulk act is told once."""
        return Redirect(HERE, status_code=303)

    @get("/today", sync_to_thread=True, opt={"action": Action.CASES_READ})
    def show_morning(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """Yesterday's scores and words, what is due today, tasks, and praise to pass on."""
        now = utc_now()
        offers = read_offers(reader)
        morning = read_morning(reader, request.user, offers, now, settings.zone, show.language)
        return show(
            "cases/today.html",
            morning=morning,
            words=first_words(reader, (*morning.due.cases, *morning.praise)),
            offers=offers,
            today=day_of(now, settings.zone),
            **frame(reader, show.language, settings, now),
        )


def frame(reader: Session, spoken: Language, settings: Settings, now: datetime) -> dict[str, Any]:
    """What every page about cases names things by."""
    return {
        "names": read_names(reader, spoken),
        "kinds": KINDS,
        "statuses": STATUS_NAMES,
        "severities": SEVERITY_WORDS,
        "severity_names": SEVERITY_NAMES,
        "channel_names": CHANNEL_NAMES,
        "now": now,
        "zone": settings.zone,
        "until": lambda moment: until(spoken, moment, now),
    }


def _check_act(desk: Desk, form: dict[str, str]) -> None:
    match form.get("act"):
        case "acknowledge" | "mine":
            return
        case "assign" if form.get("owner") in {account.name for account in handlers(desk.session)}:
            return
        case "severity":
            read_severity(form)
        case _:
            raise FormFault


def _change(desk: Desk, person: Person, numbers: list[str], form: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Change each case by itself; the numbers of those that stayed as they were, with why."""
    for number in numbers:
        try:
            with desk.session.begin_nested():
                case_within(desk.session, person, number)
                case = find_case(desk.session, number, change=True)
                if not has_hands(desk.session, person, case):
                    raise NotYours
                _act(desk, case, form)
        except CemError as fault:
            yield number, fault.title


def _act(desk: Desk, case: Case, form: dict[str, str]) -> None:
    match form["act"]:
        case "acknowledge":
            handling.acknowledge(desk, case)
        case "mine":
            handling.assign(desk, case, desk.actor)
        case "assign":
            handling.assign(desk, case, form["owner"])
        case "severity":
            handling.set_severity(desk, case, read_severity(form))
