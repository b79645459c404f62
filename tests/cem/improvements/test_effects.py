"""The effect of an improvement, and its words."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cem.improvements.effect_drawings import effect_figure
from cem.improvements.effect_words import effect_in_words
from cem.improvements.effects import (
    EARLY,
    FEW,
    HARMFUL,
    NO_KPI,
    NOT_DONE,
    NOT_PROVEN,
    PROVEN,
    Measured,
    Windows,
    measure_effect,
    read_windows,
)
from cem.improvements.improvements import (
    DoneFault,
    Plan,
    WrongStatus,
    abandon_improvement,
    change_improvement,
    finish_improvement,
    plan_improvement,
    start_improvement,
)
from cem.improvements.models import Improvement
from cem.improvements.root_causes import open_root_cause
from cem.scorecards.models import Annotation
from cem.scorecards.offers import read_offers
from surveys.database import Database
from surveys.languages import language
from surveys.models import Survey

from .conftest import NOW

TODAY = NOW.date()
DONE_ON = TODAY - timedelta(days=50)
EN, FA = language("en"), language("fa")
Made = Callable[..., Improvement]


@pytest.fixture
def made(database: Database, company: None, survey: Survey) -> Made:
    """An improvement that was done fifty days ago at Vanak, to raise its NPS at the counter."""

    def make(done_on: date | None = DONE_ON, **changes: Any) -> Improvement:
        plan: dict[str, Any] = {
            "title": "A second counter",
            "description": "",
            "owner": "unit_manager",
            "unit": "vanak",
            "due_on": TODAY,
            "survey_id": survey.survey_id,
            "series": "nps_visit",
            "touchpoint": "counter",
        }
        with database.write() as session:
            root = open_root_cause(session, NOW, "cx_manager", "waiting", "vanak", today=TODAY)
            row = plan_improvement(session, NOW, "cx_manager", root, Plan(**(plan | changes)))
            if done_on is not None:
                start_improvement(session, NOW, "cx_manager", row)
                finish_improvement(session, NOW, "cx_manager", row, done_on, TODAY)
        return row

    return make


def measured(database: Database, row: Improvement) -> Measured:
    with database.read() as reader:
        return measure_effect(reader, row, read_offers(reader), TODAY)


def said(effect: Measured, *, controls: bool = False) -> str:
    return plain(" ".join(effect_in_words(EN, effect, controls=controls)))


def plain(text: str) -> str:
    """Without the marks that isolate direction."""
    return re.sub(r"[\u2066-\u2069]", "", text)


def give(answer: Callable[..., None], day: date, scores: tuple[int, ...], unit: str = "vanak", days: int = 20) -> None:
    """These scores on each of so many days before a day."""
    for back in range(1, days + 1):
        answer(*scores, day=day - timedelta(days=back), unit=unit)


def test_windows() -> None:
    """Equally long, at most ninety days, a week left out; before two weeks are over it is too early."""
    done = date(2025, 3, 1)
    assert read_windows(done, date(2025, 3, 21)) == date(2025, 3, 22)
    assert read_windows(done, date(2025, 3, 22)) == Windows(
        date(2025, 2, 15), done, date(2025, 3, 8), date(2025, 3, 22)
    )
    year_later = read_windows(done, date(2026, 3, 1))
    assert isinstance(year_later, Windows)
    assert (year_later.end - year_later.after, year_later.done - year_later.before) == (timedelta(90), timedelta(90))


def test_a_rise_is_proven(database: Database, made: Made, answer: Callable[..., None]) -> None:
    """From an NPS of 0 to 50, with the answers of the first week left out; what was expected is inside or not."""
    row = made(expected=10.0)
    give(answer, DONE_ON, (10, 9, 3, 4))
    give(answer, DONE_ON + timedelta(days=7), (0, 0, 0), days=7)
    give(answer, TODAY, (10, 9, 9, 3))
    effect = measured(database, row)

    assert (effect.verdict, effect.value, effect.n) == (PROVEN, 50.0, 160)
    assert effect.as_expected is False
    assert "NPS rose by 50 points (" in said(effect)
    assert "that is more than noise would give" in said(effect)
    assert "A change of +10 was expected: what came is more." in said(effect)
    assert "Other things may have changed too" in said(effect)


def test_noise_is_not_proven_and_a_fall_is_told(database: Database, made: Made, answer: Callable[..., None]) -> None:
    """The same answers before and after prove nothing; worse ones are worse."""
    row = made()
    give(answer, DONE_ON, (10, 9, 3, 4))
    give(answer, TODAY, (10, 9, 3, 4))
    effect = measured(database, row)
    assert effect.verdict == NOT_PROVEN
    assert "NPS changed by 0.0 (" in said(effect)

    give(answer, TODAY, (0, 1, 2, 3))
    effect = measured(database, row)
    assert effect.verdict == HARMFUL
    assert "NPS fell by 50 points (" in said(effect)


def test_against_units_without_the_change(database: Database, made: Made, answer: Callable[..., None]) -> None:
    """Where the others rose alike, nothing is left of a rise."""
    row = made(control_units=("tajrish",), expected=50.0)
    for unit in ("vanak", "tajrish"):
        give(answer, DONE_ON, (10, 9, 3, 4), unit=unit)
        give(answer, TODAY, (10, 9, 9, 3), unit=unit)
    effect = measured(database, row)

    assert effect.others is not None
    assert (effect.value, effect.verdict) == (0.0, NOT_PROVEN)
    text = said(effect, controls=True)
    assert "Units without the change rose by 50 points" in text
    assert "which is not proven" in text
    assert "no test proves that" in text
    assert "A change of +50 was expected: what came is less." in text


def test_few_answers_early_and_no_kpi(database: Database, made: Made, answer: Callable[..., None]) -> None:
    """What cannot be told is told to be so."""
    row = made()
    give(answer, DONE_ON, (10,), days=9)
    give(answer, TODAY, (10, 9, 9, 3))
    assert measured(database, row).verdict == FEW
    with database.write() as session:
        early = session.get_one(Improvement, row.improvement_id)
        early.done_on = TODAY - timedelta(days=3)
    effect = measured(database, early)
    assert (effect.verdict, effect.back_on) == (EARLY, TODAY + timedelta(days=18))
    assert said(effect).startswith("Too early: come back on")
    with database.write() as session:
        bare = session.get_one(Improvement, row.improvement_id)
        bare.survey_id, bare.series = None, ""
    assert measured(database, bare).verdict == NO_KPI


def test_the_figure(database: Database, made: Made, answer: Callable[..., None]) -> None:
    """Steps that meet on the day, its marker, the others' line only where they may be seen, and the table."""
    row = made(control_units=("tajrish",))
    for unit in ("vanak", "tajrish"):
        give(answer, DONE_ON, (10, 9, 3, 4), unit=unit, days=40)
        give(answer, TODAY, (10, 9, 9, 3), unit=unit, days=40)
    with database.read() as reader:
        offers = read_offers(reader)
        effect = measure_effect(reader, row, offers, TODAY)
        drawn = effect_figure(reader, FA, row, offers, effect, controls=True)
        alone = effect_figure(reader, EN, row, offers, effect, controls=False)
    assert drawn is not None
    assert alone is not None
    assert drawn.drawing["layout"]["shapes"][1]["x0"] == DONE_ON.isoformat()
    assert (len(drawn.drawing["data"]), len(alone.drawing["data"])) == (3, 2)
    assert (len(drawn.head), len(alone.head)) == (5, 4)
    assert len(drawn.rows) == len(alone.rows) > 8


def test_what_is_done_is_noted_once_and_stays(database: Database, made: Made) -> None:
    """The KPI's trend gets a note in the title's language; what is measured is not changed any more."""
    row = made()
    with database.read() as reader:
        notes = reader.scalars(select(Annotation)).all()
    assert [(note.day, note.unit, note.touchpoint, note.words) for note in notes] == [
        (DONE_ON, "vanak", "counter", {"en": "A second counter"})
    ]
    plan = Plan(title="Other", description="", owner=None, unit="vanak", due_on=TODAY)
    with database.write() as session:
        again = session.get_one(Improvement, row.improvement_id)
        for step in (
            lambda: change_improvement(session, NOW, "cx", again, plan),
            lambda: abandon_improvement(session, NOW, "cx", again),
            lambda: finish_improvement(session, NOW, "cx", again, DONE_ON, TODAY),
        ):
            with pytest.raises(WrongStatus):
                step()


def test_it_is_not_done_tomorrow(database: Database, made: Made) -> None:
    """What customers do not notice yet is not done."""
    row = made(None)
    assert measured(database, row).verdict == NOT_DONE
    with database.write() as session:
        open_row = session.get_one(Improvement, row.improvement_id)
        with pytest.raises(DoneFault):
            finish_improvement(session, NOW, "cx", open_row, TODAY + timedelta(days=1), TODAY)
