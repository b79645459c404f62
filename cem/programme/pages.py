"""The programme: six lessons, each of their criteria with what was counted, and the quarters that were kept."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.people.models import Account
from cem.programme.criteria import Lesson, read_criteria
from cem.programme.evidence.registry import REGISTRY
from cem.programme.faults import UnknownCriterion
from cem.programme.judgements import judgements_of
from cem.programme.maturity import STEP_MEANINGS, STEP_NAMES, WARNINGS
from cem.programme.measurements import BESIDE, measurements_of
from cem.programme.next_steps import TARGET, due_of, next_step, without_action
from cem.programme.references import NAMES, WHOSE, verdict
from cem.programme.scoring import HIGHEST
from cem.programme.sheets import Sheet
from cem.programme.snapshots import broken_quarter, keep_quarter, list_quarters, quarter_of, read_quarter
from cem.programme.standings import read_sheet
from cem.programme.trend import course_of
from cem.programme.words import (
    SCORE_NAMES,
    bands_of,
    interval_of,
    quarter_name,
    write_counted,
    write_score,
    write_value,
)
from cem.roles import Action
from cem.scorecards.days import write_day
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now

HERE = "/programme"


class ProgrammePages(Controller):
    path = HERE

    @get("/", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def show_programme(
        self, show: NamedDependency[Show], reader: NamedDependency[Session], settings: NamedDependency[Settings]
    ) -> Response[bytes]:
        """The six lessons as they stand now, the ladder, the warnings and what is due."""
        sheet, kept = read_sheet(reader, utc_now(), settings.zone), list_quarters(reader)
        quarter = quarter_of(sheet.day, settings.calendar)
        return show(
            "programme/show.html",
            **shown(sheet),
            course=course_of(kept, sheet),
            due=due_of(read_criteria().lessons, sheet, sheet.day),
            beside=beside(reader),
            quarter=quarter,
            quarter_kept=any(code == quarter for code, _ in kept),
            broken=broken_quarter(reader),
        )

    @get("/lessons/{number:int}", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def show_lesson(
        self,
        number: FromPath[int],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The criteria of a lesson: evidence, judgement, and what is done."""
        lesson = _lesson(number)
        sheet = read_sheet(reader, utc_now(), settings.zone)
        return show(
            "programme/lesson.html",
            **shown(sheet),
            lesson=lesson,
            course=course_of(list_quarters(reader), sheet),
            idle={one.code for one in without_action(lesson, sheet)},
            target=TARGET,
        )

    @get("/criteria/{code:str}", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def show_criterion(
        self,
        code: FromPath[str],
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What was counted, what was judged and by whom, and the forms for those who may add to it."""
        criterion = read_criteria().find(code)
        if criterion is None:
            raise UnknownCriterion
        sheet = read_sheet(reader, utc_now(), settings.zone)
        return show(
            "programme/criterion.html",
            **shown(sheet),
            criterion=criterion,
            lesson=_lesson(criterion.lesson),
            standing=sheet.standing(code),
            gathered=code in REGISTRY,
            judgements=judgements_of(reader, code),
            measurements=measurements_of(reader, code),
            owners=_people(reader, current=True),
            called=_people(reader),
            bands=bands_of(show.language, criterion),
            score_names=SCORE_NAMES,
            judge_name=request.user.name,
            typed=lambda day: write_day(show.language, day),
            today=sheet.day,
            zone=settings.zone,
        )

    @get("/beside/{code:str}", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def show_beside(
        self,
        code: FromPath[str],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """A value beside the criteria: what the reference lines and the ladder need."""
        if code not in BESIDE:
            raise UnknownCriterion
        return show(
            "programme/beside.html",
            code=code,
            name=BESIDE[code],
            called=_people(reader),
            measurements=measurements_of(reader, code),
            typed=lambda day: write_day(show.language, day),
            today=day_of(utc_now(), settings.zone),
            write_value=write_value,
        )

    @post("/quarters", sync_to_thread=True, status_code=303, opt={"action": Action.PROGRAMME_KEEP})
    def keep_quarter(
        self,
        request: Request[Person, Any, Any],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Keep the programme as it stands, for good."""
        kept = keep_quarter(session, utc_now(), request.user.name, settings.zone, settings.calendar)
        return Redirect(f"{HERE}/quarters/{kept.quarter}", status_code=303)

    @get("/quarters/{quarter:str}", sync_to_thread=True, opt={"action": Action.PROGRAMME_READ})
    def show_quarter(
        self, quarter: FromPath[str], show: NamedDependency[Show], reader: NamedDependency[Session]
    ) -> Response[bytes]:
        """A quarter as it was kept: the same page, from its own sheet, with the quarters before it."""
        sheet = read_quarter(reader, quarter)
        earlier = [(code, one) for code, one in list_quarters(reader) if one.day < sheet.day]
        return show(
            "programme/show.html",
            **shown(sheet) | {"past": True},
            course=course_of(earlier, sheet),
            due=due_of(read_criteria().lessons, sheet, sheet.day),
            beside={},
            quarter=quarter,
            quarter_kept=True,
            broken=broken_quarter(reader),
        )


def shown(sheet: Sheet) -> dict[str, Any]:
    """What every template of the programme needs to write a sheet."""
    return {
        "sheet": sheet,
        "lessons": read_criteria().lessons,
        "highest": HIGHEST,
        "next_step": next_step,
        "step_names": STEP_NAMES,
        "step_meanings": STEP_MEANINGS,
        "warnings": WARNINGS,
        "reference_names": NAMES,
        "reference_of": WHOSE,
        "verdict": verdict,
        "write_score": write_score,
        "write_value": write_value,
        "write_counted": write_counted,
        "interval_of": interval_of,
        "quarter_name": quarter_name,
        "past": False,
    }


def beside(reader: Session) -> dict[str, str]:
    """The values beside the criteria that the company has not measured yet."""
    return {code: name for code, name in BESIDE.items() if not measurements_of(reader, code)}


def _people(reader: Session, *, current: bool = False) -> dict[str, str]:
    """Accounts by name with what their people are called; `current` leaves out those that are closed."""
    accounts = select(Account.name, Account.full_name).order_by(Account.full_name)
    if current:
        accounts = accounts.where(Account.disabled_at.is_(None))
    return dict(reader.execute(accounts).all())


def _lesson(number: int) -> Lesson:
    found = next((one for one in read_criteria().lessons if one.number == number), None)
    if found is None:
        raise UnknownCriterion
    return found
