"""Anybody of the staff logs what they heard of a customer, and hands over the number and the customer's own page."""

import hmac
import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.cases.desk import Desk, own_page
from cem.cases.desk_pages import HERE, frame
from cem.cases.doing import FormFault, fingerprint
from cem.cases.models import Case
from cem.cases.opening import Logged, log_case
from cem.cases.reach import case_within
from cem.cases.statuses import KINDS, UnknownCase, WordsMissing
from cem.cases.terms import SEVERITIES
from cem.errors import CemError, NotFound
from cem.people.accounts import Person
from cem.roles import Action, may
from cem.scorecards.offers import CHANNEL_NAMES, Offers, read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.contacts import addresses_of, read_contact
from surveys.database import NIL, new_id, utc_now
from surveys.languages import CODES, N_, normal_text
from surveys.links import Links
from surveys.models import Customer
from surveys.touchpoints import customer_id_of

NEW = f"{HERE}/new"
LONGEST_WORDS, LONGEST_WISH = 5000, 300
# How people come to the company besides the channels of its touchpoints.
HEARD_BY = (
    "contact_centre",
    "branch",
    "letter",
    "email",
    "messenger",
    "social",
    "field_visit",
    "partner",
    "app",
    "web",
)


class UnknownCustomer(CemError):
    title = N_("There is no customer with this reference")
    advice = N_("Look at the reference again, or leave it empty: the case is kept without it. Nothing was logged yet.")


class UnreadContact(CemError):
    title = N_("This is neither an e-mail address nor a mobile number")
    advice = N_("Write it once more, or leave it empty. Nothing was logged yet.")


@dataclass
class LogForm:
    kind: str = ""
    severity: str = ""
    words: str = ""
    wanted: str = ""
    touchpoint: str = ""
    unit: str = ""
    channel: str = ""
    language: str = ""
    customer: str = ""
    contact: str = ""
    once: str = ""


class LogPages(Controller):
    path = NEW

    @get("/", sync_to_thread=True, opt={"action": Action.CASES_LOG})
    def show_form(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What one heard, by telephone, by letter, at the counter."""
        return _form(show, reader, settings, LogForm(unit=request.user.unit or ""))

    @post("/", sync_to_thread=True, opt={"action": Action.CASES_LOG})
    def log(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[LogForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Logged; the page that follows has what the customer is told. What cannot be logged is shown with why."""
        person, now = request.user, utc_now()
        try:
            entry = read_log(session, settings, person, data)
        except CemError as fault:
            return _form(show, session, settings, data, fault)
        case = log_case(Desk.open(session, settings, now, person.name), entry)
        if case.case_id == entry.case_id:
            return Redirect(f"{NEW}/{own_page(settings, case).rpartition('/')[2]}", status_code=303)
        # The words joined a case that was open already: its page is not for everybody who knows a reference.
        if _reads(person, session, case.number):
            return Redirect(f"{HERE}/{case.number}", status_code=303)
        return Redirect(f"{NEW}/joined", status_code=303)

    @get("/joined", sync_to_thread=True, opt={"action": Action.CASES_LOG})
    def show_joined(self, show: NamedDependency[Show]) -> Response[bytes]:
        """The customer's case was open already."""
        return show("cases/logged.html", case=None, page="", reads=False, now=utc_now())

    @get("/{token:str}", sync_to_thread=True, opt={"action": Action.CASES_LOG})
    def show_logged(
        self,
        request: Request[Person, Any, Any],
        token: FromPath[str],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The number and the link of the customer's own page, for whoever holds that link already."""
        whose = Links(settings.secret_key).read_own_page(token)
        case = reader.get(Case, whose.response_id) if whose.survey_id == NIL else None
        if case is None:
            raise NotFound
        page, reads = own_page(settings, case), _reads(request.user, reader, case.number)
        return show("cases/logged.html", case=case, page=page, reads=reads, now=utc_now(), zone=settings.zone)


def _form(
    show: Show, reader: Session, settings: Settings, typed: LogForm, fault: CemError | None = None
) -> Response[bytes]:
    """The form, with what was typed and why it was not taken."""
    now = utc_now()
    return show(
        "cases/new.html",
        status=200 if fault is None else fault.status,
        offers=read_offers(reader),
        typed=typed,
        fault=fault,
        once=new_id(now).hex,
        channels=HEARD_BY,
        **frame(reader, show.language, settings, now),
    )


def read_log(session: Session, settings: Settings, person: Person, form: LogForm) -> Logged:
    """What a form says, checked; a fault with advice where it cannot be logged."""
    offers = read_offers(session)
    _check(form, offers)
    words, wanted = normal_text(form.words)[:LONGEST_WORDS], normal_text(form.wanted)[:LONGEST_WISH]
    if len(words) < 2:
        raise WordsMissing
    customer_id = _customer(session, form.customer)
    channel, address = _contact(session, form.contact, customer_id)
    return Logged(
        kind=form.kind,
        severity=int(form.severity),
        words=words,
        wanted=wanted,
        touchpoint=form.touchpoint,
        unit=form.unit,
        channel=form.channel,
        language=form.language,
        customer_id=customer_id,
        reply_channel=channel,
        reply_address=address,
        case_id=_case_id(settings, person, form),
    )


def _case_id(settings: Settings, person: Person, form: LogForm) -> uuid.UUID:
    """The id that this very form becomes, however often it is sent: the time is the page's, the rest nobody's choice.

    A form without a page's mark becomes another case each time.
    """
    sent = fingerprint("log", vars(form))
    try:
        page = uuid.UUID(hex=form.once)
    except ValueError:
        return new_id()
    said = f"{person.name}:{sent}".encode()
    drawn = hmac.digest(settings.secret_key.encode(), said, "sha256")
    bits = int.from_bytes(page.bytes[:6] + drawn[:10])
    # Version 7 and its variant, as other ids have them.
    bits = bits & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


def _check(form: LogForm, offers: Offers) -> None:
    known = (
        (form.kind, KINDS),
        (form.severity, {str(one) for one in SEVERITIES}),
        (form.touchpoint, {"", *offers.touchpoints}),
        (form.unit, offers.units),
        (form.channel, CHANNEL_NAMES),
        (form.language, CODES),
    )
    if any(value not in offered for value, offered in known):
        raise FormFault


def _customer(session: Session, reference: str) -> uuid.UUID | None:
    if not (reference := reference.strip()):
        return None
    customer_id = customer_id_of(reference)
    if session.get(Customer, customer_id) is None:
        raise UnknownCustomer
    return customer_id


def _contact(session: Session, text: str, customer_id: uuid.UUID | None) -> tuple[str, str]:
    """Where the customer wants to be answered, or where the company knows them."""
    if text.strip():
        found = read_contact(text.strip())
        if found is None:
            raise UnreadContact
        return found
    known = {} if customer_id is None else addresses_of(session, customer_id)
    return min(known.items(), default=("", ""))


def _reads(person: Person, session: Session, number: str) -> bool:
    if not may(person.role, Action.CASES_READ, measured=person.measured):
        return False
    try:
        case_within(session, person, number)
    except UnknownCase:
        return False
    return True
