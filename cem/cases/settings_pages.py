"""The terms of the closed loop, the remedies, the reply templates, and who is away."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.cases.absences import AbsenceFault, absences, handlers, remove_absence, set_absence
from cem.cases.catalogue import (
    keep_remedy,
    keep_template,
    remedies,
    reply_templates,
    retire_remedy,
    retire_template,
)
from cem.cases.desk_pages import HERE
from cem.cases.showing import read_names
from cem.cases.story import SEVERITY_WORDS
from cem.cases.terms import SEVERITIES, SEVERITY_NAMES, read_terms, set_terms
from cem.people.accounts import Person
from cem.rewards.disputes import read_amount
from cem.roles import Action, Role
from cem.scorecards.days import read_day, write_day
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.languages import N_, ascii_digits

SETTINGS, ABSENCE = f"{HERE}/settings", f"{HERE}/absence"
PROMISE_FIELDS = ("acknowledge_minutes", "contact_hours", "resolve_hours")
NUMBERS = {
    "attempts": N_("Attempts before a customer counts as not reached"),
    "attempt_channels": N_("Channels on which they are tried"),
    "reopen_days": N_("Days in which a case can be opened again"),
    "close_days": N_("Days after which a resolved case closes by itself"),
    "recovery_days": N_("Days after the resolution when the customer is asked how it was handled (3 to 7)"),
    "recovery_reopens": N_("Highest score of that survey that opens the case again"),
    "promote_cases": N_("Cases of one cause after which it is looked into"),
    "promote_percent": N_("Or their share of a unit's cases, in percent"),
    "promote_days": N_("Days in which they are counted"),
}


@dataclass
class EntryForm:
    code: str = ""
    fa: str = ""
    en: str = ""
    text_fa: str = ""
    text_en: str = ""
    limit: str = ""


@dataclass
class AbsenceForm:
    account: str = ""
    deputy: str = ""
    first: str = ""
    last: str = ""


class SettingsPages(Controller):
    path = SETTINGS

    @get("/", sync_to_thread=True, opt={"action": Action.CASES_SET})
    def show_settings(self, show: NamedDependency[Show], reader: NamedDependency[Session]) -> Response[bytes]:
        """What is promised, and what is kept ready."""
        return show(
            "cases/settings.html",
            terms=read_terms(reader),
            numbers=NUMBERS,
            severities=SEVERITY_WORDS,
            severity_names=SEVERITY_NAMES,
            remedies=remedies(reader),
            templates=reply_templates(reader),
        )

    @post("/terms", sync_to_thread=True, status_code=303, opt={"action": Action.CASES_SET})
    def set_terms(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        session: NamedDependency[Session],
    ) -> Redirect:
        """Promised from now on; clocks that run keep what they were told."""
        set_terms(session, utc_now(), request.user.name, terms_of(data))
        return _back("terms")

    @post("/remedies", sync_to_thread=True, status_code=303, opt={"action": Action.CASES_SET})
    def keep_remedy(
        self, request: Request[Person, Any, Any], data: URLEncodedBody[EntryForm], session: NamedDependency[Session]
    ) -> Redirect:
        """A remedy with the limit up to which whoever handles a case decides alone."""
        limit = read_amount(data.limit) if data.limit.strip() else None
        keep_remedy(session, utc_now(), request.user.name, data.code, {"fa": data.fa, "en": data.en}, limit)
        return _back("remedies")

    @post("/remedies/{code:str}/retire", sync_to_thread=True, status_code=303, opt={"action": Action.CASES_SET})
    def retire_remedy(
        self, request: Request[Person, Any, Any], code: FromPath[str], session: NamedDependency[Session]
    ) -> Redirect:
        """Offered no more."""
        retire_remedy(session, utc_now(), request.user.name, code)
        return _back("remedies")

    @post("/templates", sync_to_thread=True, status_code=303, opt={"action": Action.CASES_SET})
    def keep_template(
        self, request: Request[Person, Any, Any], data: URLEncodedBody[EntryForm], session: NamedDependency[Session]
    ) -> Redirect:
        """Words to begin a reply with."""
        names, texts = {"fa": data.fa, "en": data.en}, {"fa": data.text_fa, "en": data.text_en}
        keep_template(session, utc_now(), request.user.name, data.code, names, texts)
        return _back("templates")

    @post("/templates/{code:str}/retire", sync_to_thread=True, status_code=303, opt={"action": Action.CASES_SET})
    def retire_template(
        self, request: Request[Person, Any, Any], code: FromPath[str], session: NamedDependency[Session]
    ) -> Redirect:
        """Shown no more."""
        retire_template(session, utc_now(), request.user.name, code)
        return _back("templates")


class AbsencePages(Controller):
    path = ABSENCE

    @get("/", sync_to_thread=True, opt={"action": Action.CASES_HANDLE})
    def show_absences(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """One's own absences; a CX manager sees those of everybody."""
        person, today = request.user, day_of(utc_now(), settings.zone)
        others = person.role is Role.CX_MANAGER
        return show(
            "cases/absence.html",
            absences=absences(reader, today, None if others else person.name),
            handlers=handlers(reader),
            others=others,
            names=read_names(reader, show.language),
            today=today,
            written=lambda day: write_day(show.language, day),
        )

    @post("/", sync_to_thread=True, status_code=303, opt={"action": Action.CASES_HANDLE})
    def set_absence(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[AbsenceForm],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Away from a day to a day; the deputy has the cases meanwhile."""
        now, person = utc_now(), request.user
        try:
            first, last = read_day(data.first), read_day(data.last)
        except ValueError:
            raise AbsenceFault from None
        account = data.account or person.name
        today = day_of(now, settings.zone)
        set_absence(session, now, today, person, account=account, deputy=data.deputy, first=first, last=last)
        return Redirect(ABSENCE, status_code=303)

    @post("/{absence_id:uuid}/remove", sync_to_thread=True, status_code=303, opt={"action": Action.CASES_HANDLE})
    def remove_absence(
        self, request: Request[Person, Any, Any], absence_id: FromPath[uuid.UUID], session: NamedDependency[Session]
    ) -> Redirect:
        """There after all."""
        remove_absence(session, utc_now(), request.user, absence_id)
        return Redirect(ABSENCE, status_code=303)


def terms_of(form: Mapping[str, str]) -> dict[str, object]:
    """The document that a form makes: numbers in either language's digits, and boxes that are ticked or not."""

    def number(name: str) -> str:
        return ascii_digits(form.get(name, "")).strip()

    promises = [
        {
            **{field: number(f"{field}.{severity}") for field in PROMISE_FIELDS},
            "around_the_clock": form.get(f"around_the_clock.{severity}") == "yes",
        }
        for severity in SEVERITIES
    ]
    return {"promises": promises, **{name: number(name) for name in NUMBERS}}


def _back(part: str) -> Redirect:
    return Redirect(f"{SETTINGS}#{part}", status_code=303)
