"""What the CX manager sets by hand: a metric's definition and its targets, checked as a file would be."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.operations.definitions import MetricPart, define_metrics, read_definitions
from cem.operations.figures import operational_metrics
from cem.operations.models import MEAN, OperationalMetric
from cem.operations.places import UnknownPlace
from cem.operations.targets import OperationalTargetFault, set_operational_target, target_fault
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.days import read_day
from cem.scorecards.kpis import kpis_of
from cem.scorecards.offers import Offers, read_offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now
from surveys.formats.documents import DocumentFaults, DocumentFile
from surveys.languages import N_, ascii_digits, normal_text
from surveys.questionnaire import Fault, Text

FIELDS = {
    "code": N_("Code"),
    "names": N_("Name"),
    "explanation": N_("What is counted over what"),
    "measured_in": N_("Measured in"),
    "owner": N_("Owner"),
    "source": N_("Source"),
    "census": N_("All cases are counted"),
    "expected_every_days": N_("Newest day at most so many days ago"),
    "kind": N_("Kind"),
}
TICKS = ("census", "lower_is_better")
TEXTS = ("names", "explanation", "measured_in")


class OperationForms(Controller):
    path = "/operations"

    @get("/define", sync_to_thread=True, opt={"action": Action.OPERATIONS_DEFINE})
    def show_definition(
        self, request: Request[Person, Any, Any], show: NamedDependency[Show], reader: NamedDependency[Session]
    ) -> Response[bytes]:
        """The form of a new metric, or of the one whose code the address has."""
        metric = _find(reader, request.query_params.get("code", ""))
        return _form(show, read_offers(reader), _given(metric) if metric else {"kind": "share", "census": "1"}, ())

    @post("/define", status_code=303, sync_to_thread=True, opt={"action": Action.OPERATIONS_DEFINE})
    def define(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[dict[str, str]],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
    ) -> Redirect | Response[bytes]:
        """Store the definition, or show the form again with what is wrong in it."""
        given = {name: normal_text(str(value)) for name, value in data.items()}
        try:
            metrics = read_form(given)
            define_metrics(session, utc_now(), request.user.name, metrics)
        except DocumentFaults as fault:
            return _form(show, read_offers(session), given, fault.faults)
        return Redirect(f"/operations/{metrics[0].code}", status_code=303)

    @post("/{code:str}/targets", status_code=303, sync_to_thread=True, opt={"action": Action.OPERATIONS_DEFINE})
    def set_target(
        self,
        request: Request[Person, Any, Any],
        code: FromPath[str],
        data: URLEncodedBody[dict[str, str]],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """A target from a day on, for a unit or for all."""
        metric, unit = _find(session, code), str(data.get("unit", ""))
        if metric is None or (unit and unit not in read_offers(session).units):
            raise UnknownPlace
        now = utc_now()
        try:
            value = Decimal(ascii_digits(str(data.get("value", ""))).strip().rstrip("%٪"))
            since = read_day(str(data.get("since", ""))) if data.get("since") else day_of(now, settings.zone)
        except (InvalidOperation, ValueError):
            raise OperationalTargetFault from None
        if not value.is_finite() or target_fault(metric.kind, value):
            raise OperationalTargetFault
        actor = request.user.name
        set_operational_target(session, now, actor, metric=code, unit=unit, since=since, value=value)
        return Redirect(f"/operations/{code}" + (f"?unit={unit}" if unit else ""), status_code=303)


def _find(session: Session, code: str) -> OperationalMetric | None:
    """Looked for among all: an address may hold what no database takes for a text."""
    return next((one for one in operational_metrics(session) if one.code == code), None)


def read_form(given: Mapping[str, str]) -> tuple[MetricPart, ...]:
    """The form as the document that a file would hold, so that both are checked alike."""
    metric: dict[str, Any] = {name: given[name] for name in ("code", "kind", "owner", "source", "kpi", "touchpoint")
                              if given.get(name)}  # fmt: skip
    metric |= {name: _texts(given, name) for name in TEXTS if name != "measured_in" or given.get("kind") == MEAN}
    metric |= {name: name in given for name in TICKS}
    days = ascii_digits(given.get("expected_every_days", ""))
    if days:
        metric["expected_every_days"] = int(days) if days.isdecimal() and len(days) < 6 else 0
    return read_definitions(DocumentFile(json.dumps({"metrics": [metric]}, ensure_ascii=False)))


def _texts(given: Mapping[str, str], name: str) -> Text:
    return {code: text for code in ("fa", "en") if (text := given.get(f"{name}.{code}", ""))}


def _given(metric: OperationalMetric) -> dict[str, str]:
    """A stored metric as its form would have been sent."""
    texts = {"names": metric.names, "explanation": metric.explanations, "measured_in": metric.measured_in}
    plain = ("code", "kind", "owner", "source", "expected_every_days", "kpi", "touchpoint")
    return {
        **{name: str(getattr(metric, name)) for name in plain},
        **{f"{name}.{code}": text for name, both in texts.items() for code, text in both.items()},
        **{name: "1" for name in TICKS if getattr(metric, name)},
    }


def _form(show: Show, offers: Offers, given: Mapping[str, str], faults: tuple[Fault, ...]) -> Response[bytes]:
    kpis = {kpi.series: kpi for survey in offers.surveys.values() for kpi in kpis_of(survey.questionnaire)}
    said = [(_field(fault), fault.in_language(show.language)) for fault in faults]
    return show(
        "operations/define.html",
        status=400 if faults else 200,
        given=given,
        faults=said,
        kpis=kpis,
        offers=offers,
    )


def _field(fault: Fault) -> str:
    name = fault.path.removeprefix("metrics[0]").lstrip(".").split(".")[0].split("[")[0]
    return FIELDS.get(name, "")
