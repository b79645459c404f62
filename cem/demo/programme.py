"""Two years of the demo company's programme: what it measured and judged, what it does, and the quarters it kept."""

import math
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import select

from cem.demo.timeline import Timeline
from cem.programme.actions import add_action
from cem.programme.criteria import read_criteria
from cem.programme.gathering import found_of, gather
from cem.programme.judgements import decide, judge
from cem.programme.measurements import measure
from cem.programme.models import CriterionEvidence
from cem.programme.snapshots import keep
from cem.programme.standings import read_sheet
from cem.rewards.periods import RewardPeriod
from cem.settings import Settings
from surveys.database import Database, day_of, start_of

FILE = Path(__file__).parent / "programme.yaml"
QUARTERS = 8
# How much of today's evidence there was in the first quarter.
AT_FIRST = 0.45


class Measured(msgspec.Struct, frozen=True):
    ago: int
    value: float
    source: dict[str, str]
    n: int | None = None
    sample: bool = False


class Judged(msgspec.Struct, frozen=True):
    ago: int
    score: int
    by: str
    second: str
    note: dict[str, str]


class Doing(msgspec.Struct, frozen=True):
    criterion: str
    owner: str
    due: int
    words: dict[str, str]
    expected: dict[str, str]


class Life(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    measured: dict[str, list[Measured]]
    judgements: dict[str, Judged]
    actions: list[Doing]


def add_programme(database: Database, settings: Settings, timeline: Timeline, now: datetime) -> None:
    """Today's evidence is what the product finds; earlier quarters have as much of it as there would have been."""
    life = msgspec.yaml.decode(FILE.read_bytes(), type=Life)
    gather(database, settings, now)
    moments = _moments(timeline, now)
    with database.write() as session:
        for code, values in life.measured.items():
            for one in values:
                at = moments[one.ago]
                day = day_of(at, timeline.zone)
                measure(
                    session,
                    at,
                    "cx",
                    code,
                    value=one.value,
                    n=one.n,
                    sample=one.sample,
                    source=one.source["fa"],
                    day=day,
                    today=day,
                )
        for code, said in life.judgements.items():
            at = moments[said.ago]
            judgement = judge(session, at, said.by, code, said.score, said.note["fa"])
            if said.second:
                session.flush()
                decide(session, at, said.second, str(judgement.judgement_id), confirmed=True, note="")
        for doing in life.actions:
            due = timeline.today + timedelta(days=doing.due)
            begun = start_of(min(due, timeline.today) - timedelta(days=45), timeline.zone)
            add_action(
                session,
                begun,
                "cx",
                doing.criterion,
                words=doing.words["fa"],
                expected=doing.expected["fa"],
                owner=doing.owner,
                due_on=due,
                today=day_of(begun, timeline.zone),
            )
        session.flush()
        rows = session.scalars(select(CriterionEvidence).where(CriterionEvidence.day == timeline.today)).all()
        quarter = RewardPeriod.quarter_of(timeline.today, "jalali")
        for ago in range(QUARTERS, 0, -1):
            before = quarter.plus(-ago)
            at = start_of(before.end, timeline.zone) - timedelta(hours=1)
            for row in rows:
                session.add(_earlier(row, at, ago, timeline))
            session.flush()
            keep(session, at, "cem", before.code, read_sheet(session, at, timeline.zone))


def _moments(timeline: Timeline, now: datetime) -> dict[int, datetime]:
    """A moment in each quarter, by how many quarters ago it is; the running one's is a week ago or its first day."""
    quarter = RewardPeriod.quarter_of(timeline.today, "jalali")
    hours = timedelta(hours=10)
    moments = {
        ago: start_of(quarter.plus(-ago).first_day + timedelta(days=30), timeline.zone) + hours
        for ago in range(1, QUARTERS + 1)
    }
    return moments | {0: max(now - timedelta(days=7), start_of(quarter.first_day, timeline.zone))}


def _earlier(row: CriterionEvidence, at: datetime, ago: int, timeline: Timeline) -> CriterionEvidence:
    """The evidence of an earlier quarter: less of it, and never more of a thing than there is."""
    found = found_of(row)
    grown = AT_FIRST + (1 - AT_FIRST) * (1 - ago / (QUARTERS + 1)) ** 0.7
    criterion = read_criteria().find(row.criterion)
    is_count = criterion is not None and criterion.is_count
    numerator = None if found.numerator is None else math.floor(found.numerator * grown)
    value = float(math.floor(found.value * grown)) if is_count or numerator is None else 100 * numerator / found.n
    document = msgspec.structs.replace(found, value=value, numerator=numerator, parts=(), caution="", cap=4)
    return CriterionEvidence(
        criterion=row.criterion,
        day=day_of(at, timeline.zone),
        version=row.version,
        gathered_at=at,
        document=msgspec.to_builtins(document),
    )
