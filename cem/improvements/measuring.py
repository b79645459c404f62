"""The job that measures what became of improvements that are done, so that lists and counts need no statistics."""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cem.improvements.effects import Measured, measure_effect
from cem.improvements.improvements import DONE
from cem.improvements.models import Improvement
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from surveys.database import Database, day_of

# What is compared ends about a hundred days after it was done; answers may still come late, or be called suspect.
MEASURED_AGAIN = timedelta(days=365)
BATCH = 50


def measure_done(database: Database, settings: Settings, now: datetime) -> int:
    """Measure each that was done in the last year, or never was measured; how many."""
    today = day_of(now, settings.zone)
    measured = 0
    with database.read() as reader:
        offers = read_offers(reader)
        wanted = or_(Improvement.measured_on.is_(None), Improvement.done_on >= today - MEASURED_AGAIN)
        rows = list(reader.scalars(select(Improvement).where(Improvement.status == DONE, wanted)))
        effects = {row.improvement_id: measure_effect(reader, row, offers, today) for row in rows}
    found = list(effects.items())
    for first in range(0, len(found), BATCH):
        with database.write() as session:
            for improvement_id, effect in found[first : first + BATCH]:
                keep_effect(session.get_one(Improvement, improvement_id), effect, today)
                measured += 1
    return measured


def keep_effect(row: Improvement, effect: Measured, today: date) -> None:
    """What became of it, as it was measured on this day."""
    row.verdict, row.measured_on = effect.verdict, today
    row.effect, row.effect_low, row.effect_high = effect.value, effect.low, effect.high
    row.effect_n = effect.n or None


def measure_now(session: Session, row: Improvement, today: date) -> Measured:
    """Measure one at once, when somebody says that it is done."""
    effect = measure_effect(session, row, read_offers(session), today)
    keep_effect(row, effect, today)
    return effect
