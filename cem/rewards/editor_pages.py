"""The terms of a draft as YAML, for those who know them: in a field, as a file to send, and as a file to take away."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.rewards.checking import Known
from cem.rewards.models import RewardPlan
from cem.rewards.plan_files import read_terms_text, terms_to_yaml
from cem.rewards.plan_frames import NAMES, address_of
from cem.rewards.plan_views import asked_plan, visible_plan
from cem.rewards.plans import DRAFT, PlanIsAgreed, draft_plan, read_terms
from cem.roles import Action
from cem.scorecards.offers import read_offers
from cem.studio.exports import attachment
from cem.templating import Show
from surveys.database import utc_now
from surveys.formats.documents import DocumentFaults
from surveys.languages import N_
from surveys.questionnaire import Fault

LONGEST = 200_000


@dataclass
class TermsForm:
    """A file takes the place of the text."""

    text: str = ""
    file: UploadFile | None = None


class EditorPages(Controller):
    path = "/rewards/plans/{code:str}/{version:int}"

    @get("/edit", sync_to_thread=True, opt={"action": Action.REWARDS_DESIGN})
    def show_editor(
        self,
        code: FromPath[str],
        version: FromPath[int],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
    ) -> Response[bytes]:
        """The terms as they are, with what keeps the plan from being agreed."""
        plan = _draft(reader, code, version)
        text = terms_to_yaml(read_terms(plan))
        _, faults = read_terms_text(text, code, Known.read(read_offers(reader), reader))
        return _show(show, plan, text, faults)

    @post("/edit", sync_to_thread=True, status_code=303, opt={"action": Action.REWARDS_DESIGN})
    def save(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        data: MultipartBody[TermsForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
    ) -> Redirect | Response[bytes]:
        """Keep terms that can be read, even where they cannot be agreed yet; give back what cannot be read."""
        plan = _draft(session, code, version)
        try:
            text = _text(data)
            terms, faults = read_terms_text(text, code, Known.read(read_offers(session), session))
        except DocumentFaults as unread:
            return _show(show, plan, _readable(data), list(unread.faults), status=422)
        if terms != read_terms(plan):
            draft_plan(session, utc_now(), request.user.name, terms)
        if faults:
            return _show(show, plan, text, faults, saved=True)
        return Redirect(address_of(plan), status_code=303)

    @get("/terms.yaml", sync_to_thread=True, opt={"action": Action.SIGNED_IN})
    def download(
        self,
        code: FromPath[str],
        version: FromPath[int],
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
    ) -> Response[bytes]:
        """The terms as a file."""
        plan = visible_plan(reader, request.user, code, version)
        terms = read_terms(plan)
        name = attachment(f"{code}-{version}.yaml", f"{show.language.own(terms.names)} {version}.yaml")
        headers = {"content-disposition": name, "cache-control": "no-store"}
        return Response(terms_to_yaml(terms).encode(), media_type="application/yaml; charset=utf-8", headers=headers)


def _draft(session: Session, code: str, version: int) -> RewardPlan:
    plan = asked_plan(session, code, version)
    if plan.status != DRAFT:
        raise PlanIsAgreed
    return plan


def _text(data: TermsForm) -> str:
    content = data.file.file.read(LONGEST + 1) if data.file is not None else b""
    if not content:
        return data.text.replace("\r\n", "\n")
    if len(content) > LONGEST:
        raise DocumentFaults([Fault("", N_("The file is too large to be a plan."))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentFaults([Fault("", N_("Save the file as UTF-8 text."))]) from None


def _readable(data: TermsForm) -> str:
    """What was sent, to be corrected."""
    if data.file is None:
        return data.text
    data.file.file.seek(0)
    return data.file.file.read(LONGEST).decode("utf-8-sig", "replace") or data.text


def _show(
    show: Show, plan: RewardPlan, text: str, faults: list[Fault], *, status: int = 200, saved: bool = False
) -> Response[bytes]:
    return show("rewards/plan_edit.html", status=status, **NAMES, plan=plan, text=text, faults=faults, saved=saved)
