"""A quarter that has ended is kept by itself."""

from datetime import datetime, timedelta

from cem.programme.gathering import gather
from cem.programme.models import ProgrammeSnapshot
from cem.programme.snapshots import keep
from cem.programme.standings import read_sheet
from cem.rewards.periods import RewardPeriod
from cem.settings import Settings
from surveys.database import Database, day_of

# By the job; people are named.
ACTOR = "cem"
# So long after its end a quarter is still as it was. A server that was down for longer keeps none for it.
IN_TIME = timedelta(days=7)


def gather_and_keep(database: Database, settings: Settings, now: datetime) -> int:
    """Gather today's evidence; in the first days of a quarter keep the one before, unless somebody has."""
    done = gather(database, settings, now)
    today = day_of(now, settings.zone)
    quarter = RewardPeriod.quarter_of(today, settings.calendar)
    if today - quarter.first_day >= IN_TIME:
        return done
    with database.write() as session:
        before = quarter.plus(-1).code
        sheet = read_sheet(session, now, settings.zone)
        known = any(one.score is not None for one in sheet.standings)
        if known and session.get(ProgrammeSnapshot, before) is None:
            keep(session, now, ACTOR, before, sheet)
            done += 1
    return done
