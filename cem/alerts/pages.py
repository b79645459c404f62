"""Alert rules: the list in sentences, the form with its preview, and the log of what they did."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.alerts.forms import RuleForm, document_of
from cem.alerts.keeping import (
    Kept,
    RuleFault,
    find_rule,
    keep_rule,
    put_in_force,
    read_document,
    read_rules,
    read_versions,
)
from cem.alerts.preview import DAYS, Preview, preview
from cem.alerts.rules import OPINIONS, WATCHES, Rule
from cem.alerts.runs import count_runs, read_runs
from cem.alerts.starting import begin_rules
from cem.alerts.wording import RESULTS, SENTIMENTS, Names, sentence
from cem.cases.reach import reach_of
from cem.cases.statuses import KINDS
from cem.cases.terms import SEVERITY_NAMES
from cem.comments.taxonomy import read_taxonomy
from cem.people.accounts import Person
from cem.people.models import Account
from cem.roles import Action, Role, scope_of
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import CHANNEL_NAMES, Offers, read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import utc_now

HERE = "/alerts"
# Who may be told, and have a case.
HANDLERS = (Role.CX_MANAGER, Role.UNIT_MANAGER, Role.EXECUTIVE)


class AlertPages(Controller):
    path = HERE

    @get("/", sync_to_thread=True, opt={"action": Action.ALERTS_READ})
    def show_rules(self, show: NamedDependency[Show], reader: NamedDependency[Session]) -> Response[bytes]:
        """Every rule as a sentence, whether it is in force, and what it did in the last month."""
        now, rules = utc_now(), read_rules(reader)
        names = names_of(reader, read_offers(reader))
        return show(
            "alerts/list.html",
            rules=rules,
            sentences={kept.code: sentence(show.language, kept.rule, names) for kept in rules},
            counts={kept.code: count_runs(reader, kept.code, now) for kept in rules},
            results=RESULTS,
        )

    @post("/begin", sync_to_thread=True, status_code=303, opt={"action": Action.ALERTS_KEEP})
    def begin(self, request: Request[Person, Any, Any], session: NamedDependency[Session]) -> Redirect:
        """The starting rules are taken, where there is none yet."""
        begin_rules(session, utc_now(), request.user.name)
        return Redirect(HERE, status_code=303)

    @get("/rules/new", sync_to_thread=True, opt={"action": Action.ALERTS_KEEP})
    def show_new(self, show: NamedDependency[Show], reader: NamedDependency[Session]) -> Response[bytes]:
        """The form, empty."""
        return _show_form(show, reader, Rule(names={}), None)

    @post("/rules/new", sync_to_thread=True, status_code=200, opt={"action": Action.ALERTS_KEEP})
    def write_new(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[RuleForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """What it would have done, or a new rule, which is not in force yet."""
        return _write(request.user, data, show, session, settings, None)

    @get("/rules/{code:str}", sync_to_thread=True, opt={"action": Action.ALERTS_READ})
    def show_rule(
        self, code: FromPath[str], show: NamedDependency[Show], reader: NamedDependency[Session]
    ) -> Response[bytes]:
        """A rule with its versions, and the form that changes it."""
        kept = find_rule(reader, code)
        return _show_form(show, reader, kept.rule, kept)

    @post("/rules/{code:str}", sync_to_thread=True, status_code=200, opt={"action": Action.ALERTS_KEEP})
    def write(
        self,
        request: Request[Person, Any, Any],
        code: FromPath[str],
        data: URLEncodedBody[RuleForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """What it would have done, or its next version."""
        return _write(request.user, data, show, session, settings, find_rule(session, code))

    @post("/rules/{code:str}/force", sync_to_thread=True, status_code=303, opt={"action": Action.ALERTS_KEEP})
    def set_force(
        self,
        request: Request[Person, Any, Any],
        code: FromPath[str],
        data: URLEncodedBody[dict[str, str]],
        session: NamedDependency[Session],
    ) -> Redirect:
        """In force from now on, or no longer."""
        put_in_force(session, utc_now(), request.user.name, code, enabled=data.get("enabled") == "1")
        return Redirect(f"{HERE}#rule-{code}", status_code=303)

    @get("/log", sync_to_thread=True, opt={"action": Action.ALERTS_READ})
    def show_log(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
        rule: FromQuery[str] = "",
        after: FromQuery[str] = "",
    ) -> Response[bytes]:
        """What rules did, newest first; a case is opened from here by those who may see it."""
        if rule:
            find_rule(reader, rule)
        seen = scope_of(request.user.role, Action.CASES_READ) is not None
        runs, following = read_runs(reader, reach_of(reader, request.user) if seen else None, rule, after)
        return show(
            "alerts/log.html",
            runs=runs,
            following=following,
            rule=rule,
            rules={kept.code: kept.rule.names for kept in read_rules(reader)},
            units=read_offers(reader).units,
            results=RESULTS,
            zone=settings.zone,
        )


def names_of(session: Session, offers: Offers) -> Names:
    """What the codes in rules are called."""
    accounts = session.execute(select(Account.name, Account.full_name).where(Account.role.in_(HANDLERS)))
    return Names(
        surveys={slug: survey.title for slug, survey in offers.surveys.items()},
        touchpoints={code: touchpoint.names for code, touchpoint in offers.touchpoints.items()},
        units={code: unit.names for code, unit in offers.units.items()},
        channels=CHANNEL_NAMES,
        topics={code: topic.names for code, topic in read_taxonomy(session).topics.items()},
        segments={code: segment.names for code, segment in offers.segments.items()},
        series={kpi.series: kpi.text for survey in offers.surveys.values() for kpi in kpis_of(survey.questionnaire)},
        accounts={name: full_name for name, full_name in accounts},  # noqa: C416 - rows are not pairs to mypy
    )


def _write(
    person: Person, form: RuleForm, show: Show, session: Session, settings: Settings, kept: Kept | None
) -> Response[Any]:
    now, document = utc_now(), document_of(form)
    if form.act == "keep":
        code = kept.code if kept else form.code.strip()
        if kept is None and any(one.code == code for one in read_rules(session)):
            raise RuleFault
        keep_rule(session, now, person.name, code, document)
        return Redirect(f"{HERE}#rule-{code}", status_code=303)
    rule = read_document(document)
    found = preview(session, rule, read_offers(session), now, settings.zone) if rule.watch == "answer" else None
    return _show_form(show, session, rule, kept, form=form, found=found, looked=True)


def _show_form(
    show: Show,
    session: Session,
    rule: Rule,
    kept: Kept | None,
    *,
    form: RuleForm | None = None,
    found: Preview | None = None,
    looked: bool = False,
) -> Response[bytes]:
    offers = read_offers(session)
    names = names_of(session, offers)
    asked = rule.watch != "answer" or rule != Rule(names=rule.names)
    return show(
        "alerts/rule.html",
        rule=rule,
        kept=kept,
        code=kept.code if kept else form.code if form else "",
        told=sentence(show.language, rule, names) if asked else "",
        names=names,
        channels=_channels(offers),
        versions=read_versions(session, kept.code) if kept else [],
        found=found,
        looked=looked,
        days=DAYS,
        watches=WATCHES,
        opinions=OPINIONS,
        sentiments=SENTIMENTS,
        kinds=KINDS,
        severities=SEVERITY_NAMES,
        units=offers.units,
    )


def _channels(offers: Offers) -> Mapping[str, str]:
    """The channels that the company has."""
    return {code: CHANNEL_NAMES.get(code, code) for code in offers.channels}
