"""What people add to a scorecard: notes of what was changed when, and benchmarks with their source."""

from dataclasses import asdict, dataclass
from typing import Any

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.annotations import annotate, read_note_day, read_words, withdraw_annotation
from cem.scorecards.asking import read_sent
from cem.scorecards.benchmarks import add_benchmark, read_benchmark, withdraw_benchmark
from cem.scorecards.choices import Choice, UnknownChoice
from cem.scorecards.offers import Offers
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now


@dataclass
class NoteForm:
    """`choice` is the query of the page that it was sent from; `everywhere` where it stands on every survey."""

    choice: str = ""
    day: str = ""
    fa: str = ""
    en: str = ""
    everywhere: str = ""


@dataclass
class BenchmarkForm:
    choice: str = ""
    series: str = ""
    value: str = ""
    low: str = ""
    high: str = ""
    n: str = ""
    name: str = ""
    source: str = ""
    source_date: str = ""
    wording: str = ""
    sample: str = ""


@dataclass
class Withdrawal:
    choice: str = ""
    id: str = ""


class ScorecardForms(Controller):
    path = "/scorecards"

    @post("/annotations", sync_to_thread=True, status_code=303, opt={"action": Action.ANNOTATIONS_WRITE})
    def annotate(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[NoteForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Note what was changed, for the place that the page shows."""
        now = utc_now()
        choice, _ = _read(data.choice, request, show, session, settings)
        annotate(
            session,
            now,
            request.user.name,
            day=read_note_day(data.day, day_of(now, settings.zone)),
            words=read_words({"fa": data.fa, "en": data.en}),
            survey_id=None if data.everywhere else choice.survey_id,
            unit=choice.unit,
            touchpoint=choice.touchpoint,
        )
        return Redirect(choice.address(), status_code=303)

    @post("/annotations/withdraw", sync_to_thread=True, status_code=303, opt={"action": Action.ANNOTATIONS_WRITE})
    def withdraw_annotation(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[Withdrawal],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Take a note back; it stays in the database with the name of who did."""
        choice, offers = _read(data.choice, request, show, session, settings)
        units = offers.subtree(choice.top) if choice.top else None
        withdraw_annotation(session, utc_now(), request.user.name, data.id, units)
        return Redirect(choice.address(), status_code=303)

    @post("/benchmarks", sync_to_thread=True, status_code=303, opt={"action": Action.BENCHMARKS_SET})
    def add_benchmark(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[BenchmarkForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """A benchmark for a KPI, from today on."""
        now = utc_now()
        today = day_of(now, settings.zone)
        choice, _ = _read(data.choice, request, show, session, settings)
        kpi = next((kpi for kpi in choice.kpis if kpi.series == data.series), None)
        if kpi is None:
            raise UnknownChoice
        columns = read_benchmark(asdict(data), kpi, today)
        add_benchmark(session, now, request.user.name, kpi=kpi, valid_from=today, **columns)
        return Redirect(choice.address(), status_code=303)

    @post("/benchmarks/withdraw", sync_to_thread=True, status_code=303, opt={"action": Action.BENCHMARKS_SET})
    def withdraw_benchmark(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[Withdrawal],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        choice, _ = _read(data.choice, request, show, session, settings)
        withdraw_benchmark(session, utc_now(), request.user.name, data.id)
        return Redirect(choice.address(), status_code=303)


def _read(
    query: str, request: Request[Person, Any, Any], show: Show, session: Session, settings: Settings
) -> tuple[Choice, Offers]:
    """The choice of the page that a form was sent from, and what there is beside it."""
    view = read_sent(query, session, request.user, show, day_of(utc_now(), settings.zone))
    return view.choice, view.offers
