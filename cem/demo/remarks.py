"""What the demo company's people noted and compared with: changes on their days, and benchmarks of invented sources."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cem.demo.planted import LAUNCH, QUEUE
from cem.demo.timeline import Timeline
from cem.scorecards.annotations import annotate
from cem.scorecards.benchmarks import add_benchmark
from cem.scorecards.kpis import Kpi
from surveys.languages import Month

_LAUNCH = {"fa": "نسخه تازه همراه‌بانک منتشر شد", "en": "The new version of the app was launched"}
_QUEUE = {"fa": "نوبت‌دهی با تلفن در شعبه‌های شمال راه افتاد", "en": "Queue system with turns by phone in the north"}
_PANEL = {"fa": "بانک‌های همتا (پنل نمونه، ساختگی)", "en": "Peer banks (sample panel, invented)"}
_STUDY = {"fa": "میانگین خدمات مالی (ساختگی)", "en": "Average of financial services (invented)"}


def note_changes(session: Session, timeline: Timeline, now: datetime) -> None:
    """What was changed when, as the company's own people would have noted it."""
    running = Month.of(timeline.today, "jalali")
    for fact, unit, words in ((LAUNCH, "", _LAUNCH), (QUEUE, "region-north", _QUEUE)):
        annotate(
            session,
            now,
            "demo",
            day=running.plus(fact.since).first_day,
            words=words,
            unit=unit,
            touchpoint=fact.touchpoints[0],
        )


def add_benchmarks(session: Session, timeline: Timeline, now: datetime, kpis: Mapping[str, Kpi]) -> None:
    """Two values from elsewhere, clearly invented, each with what makes it hard to compare."""
    source_date = Month.of(timeline.today, "jalali").plus(-5).first_day
    add_benchmark(
        session,
        now,
        "demo",
        kpi=kpis["nps"],
        valid_from=source_date,
        value=31.0,
        low=27.0,
        high=35.0,
        n=2400,
        names=_PANEL,
        source="Sample Panel Institute, yearly report (invented)",
        source_date=source_date,
        differs=["sample"],
    )
    add_benchmark(
        session,
        now,
        "demo",
        kpi=kpis["csat"],
        valid_from=source_date,
        value=74.0,
        low=None,
        high=None,
        n=None,
        names=_STUDY,
        source="Example Market Study (invented)",
        source_date=source_date,
        differs=["wording", "sample"],
    )
