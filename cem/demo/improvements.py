"""The outer loop of the demo company: what its rules promoted week by week, what was changed, and who was told."""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cem.cases.desk import ITSELF
from cem.cases.messages import AUTOMATIC
from cem.cases.models import Case, CaseEvent, CaseMessage
from cem.demo.answers import Sheet
from cem.demo.planted import LAUNCH, QUEUE
from cem.demo.timeline import Timeline, seeded_id
from cem.improvements.causes import read_causes
from cem.improvements.improvements import (
    Plan,
    finish_improvement,
    keep_told,
    plan_improvement,
    start_improvement,
)
from cem.improvements.models import ClosureNotice, Improvement, RootCause
from cem.improvements.notices import closing_words, send_notices
from cem.improvements.promotion import find_promotions
from cem.improvements.root_causes import conclude, keep_whys, open_root_cause
from cem.scorecards.offers import read_offers
from cem.settings import Settings
from surveys.database import start_of
from surveys.languages import Month, language

SEED = 14040309
# Since when the rule looks, and how long it takes to deal with what it finds, in days.
WEEKS, LIVES = 51, (25, 50, 80, 120)
# What is told is told so many days after it was done.
TOLD_AFTER = timedelta(days=12)

_WORDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("improvements.yaml").read_text(encoding="utf-8"))


class OuterLoop:
    """Works as the company's people would have, with the product's own verbs, at the moments that are behind us."""

    def __init__(self, session: Session, settings: Settings, sheet: Sheet, timeline: Timeline, now: datetime) -> None:
        self._session, self._settings, self._sheet = session, settings, sheet
        self._timeline, self._now, self._chance = timeline, now, random.Random(SEED)

    def run(self) -> None:
        """A year of the outer loop."""
        queue_day, launch_day = (self._first_day(fact.since) for fact in (QUEUE, LAUNCH))
        self._queue(queue_day)
        kept = {("technical", ""), ("availability", ""), ("fees", "digital"), ("ease", "digital")}
        self._promote(kept)
        technical, availability = self._open("technical", ""), self._open("availability", "")
        fees, ease = self._open("fees", "digital"), self._open("ease", "digital")
        self._launch(technical, launch_day)
        self._fees(fees)
        self._running(availability, ease)

    def _promote(self, kept: set[tuple[str, str]]) -> None:
        """What the nightly rule would have opened, and what was dealt with since; `kept` are still looked into."""
        ends: dict[Any, datetime] = {}
        for weeks in range(WEEKS, -1, -1):
            at = self._now - timedelta(days=7 * weeks, hours=6)
            for row in self._session.scalars(select(RootCause).where(RootCause.closed_at.is_(None))).all():
                if ends.get(row.root_cause_id, self._now) <= at:
                    conclude(self._session, at, row.owner or "cx", row, _WORDS["conclusions"][row.cause])
            self._session.flush()
            for found in list(find_promotions(self._session, at)):
                row = open_root_cause(
                    self._session,
                    at,
                    ITSELF,
                    found.cause,
                    found.unit,
                    today=at.date(),
                    reason=found.reason,
                    counted=found.counted,
                )
                if (found.cause, found.unit) not in kept:
                    ends[row.root_cause_id] = at + timedelta(days=self._chance.choice(LIVES))

    def _open(self, cause: str, unit: str) -> RootCause:
        """The open root cause of a place; opened by hand where the rule has found none."""
        found = self._session.scalar(
            select(RootCause).where(RootCause.cause == cause, RootCause.unit == unit, RootCause.closed_at.is_(None))
        )
        if found is None:
            at = self._now - timedelta(days=60)
            found = open_root_cause(self._session, at, "cx", cause, unit, today=at.date())
        at = found.opened_at + timedelta(days=2)
        keep_whys(self._session, min(at, self._now), "cx", found, _WORDS["whys"].get(cause, []), found.owner)
        return found

    def _queue(self, day: date) -> None:
        """The initiative that worked, from before there were cases: against regions that stayed as they were."""
        at = start_of(day, self._timeline.zone) - timedelta(days=70)
        root = open_root_cause(self._session, at, "north", "waiting", "region-north", today=at.date())
        keep_whys(self._session, at + timedelta(days=3), "north", root, _WORDS["whys"]["waiting"], "north")
        others = ("region-south", "region-east")
        row = self._improve(
            "queue", root, at, day, 1_850_000_000, owner="north", unit="region-north", touchpoint="branch-visit",
            series=QUEUE.series, expected=0.5, control_units=others,
        )  # fmt: skip
        self._finish(row, day)
        later = start_of(day, self._timeline.zone) + timedelta(days=60)
        conclude(self._session, later, "north", root, _WORDS["conclusions"]["waiting"])

    def _launch(self, root: RootCause, day: date) -> None:
        """The new version of the app, which customers felt at once."""
        at = max(root.opened_at + timedelta(days=4), start_of(day, self._timeline.zone) - timedelta(days=110))
        row = self._improve(
            "app", root, at, day, 12_400_000_000, owner="apps", touchpoint="mobile-app",
            series=LAUNCH.series, expected=10.0,
        )  # fmt: skip
        self._finish(row, day)

    def _fees(self, root: RootCause) -> None:
        """A change that nobody can be sure of: the few answers about it may have moved by chance."""
        day = self._timeline.today - timedelta(days=62)
        at = max(root.opened_at, self._now - timedelta(days=110))
        row = self._improve(
            "fees", root, min(at, self._now - timedelta(days=70)), day, 320_000_000, owner="apps", unit="digital",
            touchpoint="web-bank", series="recommend", expected=5.0,
        )  # fmt: skip
        self._finish(row, day)

    def _running(self, availability: RootCause, ease: RootCause) -> None:
        """What is under way, what is late, and what is only planned."""
        today, before = self._timeline.today, self._now - timedelta(days=35)
        cash = self._improve(
            "cash", availability, before, today + timedelta(days=25), 4_600_000_000, touchpoint="cash-machine",
            series="recommend", expected=15.0,
        )  # fmt: skip
        start_improvement(self._session, before + timedelta(days=6), "cx", cash)
        self._improve(
            "steps", ease, self._now - timedelta(days=8), today + timedelta(days=60), None, owner="apps",
            unit="digital", touchpoint="mobile-app", series="effort", expected=0.3,
        )  # fmt: skip
        staff = self._open("staff", "contact-centre")
        calls = self._improve(
            "calls", staff, self._now - timedelta(days=30), today - timedelta(days=4), 180_000_000, owner="calls",
            unit="contact-centre",
        )  # fmt: skip
        start_improvement(self._session, self._now - timedelta(days=20), "calls", calls)

    def _improve(
        self,
        code: str,
        root: RootCause,
        at: datetime,
        due_on: date,
        cost: int | None,
        owner: str = "cx",
        **changes: Any,
    ) -> Improvement:
        words = _WORDS["improvements"][code]
        about = {"unit": "", **changes}
        if "series" in changes:
            about["survey_id"] = self._sheet.survey_id
        plan = Plan(
            title=words["title"], description=words["description"], owner=owner, due_on=due_on, cost=cost, **about
        )
        return plan_improvement(self._session, at, "cx", root, plan)

    def _finish(self, row: Improvement, day: date) -> None:
        """It is done on this day, and those who raised it are told some days later."""
        at, actor = start_of(day, self._timeline.zone) + timedelta(hours=9), row.owner or "cx"
        start_improvement(self._session, at - timedelta(days=30), actor, row)
        finish_improvement(self._session, at, actor, row, day, day)
        code = next(code for code, words in _WORDS["improvements"].items() if words["title"] == row.title)
        moment = min(at + TOLD_AFTER, self._now)
        keep_told(self._session, moment, actor, row, _WORDS["improvements"][code]["told"])
        root = self._session.get_one(RootCause, row.root_cause_id)
        tree, offers = read_causes(self._session), read_offers(self._session)
        if send_notices(self._session, self._settings, moment, "cx", row, root, tree, offers):
            self._tell(row, moment)

    def _tell(self, row: Improvement, moment: datetime) -> None:
        """The notices as the job would have left them; nothing goes into the outbox, for nobody is there to read it."""
        messages, events = [], []
        notices = self._session.execute(
            select(ClosureNotice, Case)
            .join(Case, Case.case_id == ClosureNotice.case_id)
            .where(ClosureNotice.improvement_id == row.improvement_id)
            .order_by(ClosureNotice.case_id)
        )
        for place, (notice, case) in enumerate(notices.all()):
            at = moment + timedelta(milliseconds=2 * place)
            notice.told_at = at
            row.reached += bool(notice.sent_by)
            text = closing_words(language(case.language), row)
            messages.append(
                {
                    "message_id": seeded_id(self._chance, at),
                    "case_id": case.case_id,
                    "at": at,
                    "author": ITSELF,
                    "kind": AUTOMATIC,
                    "text": text,
                    "sent_by": notice.sent_by,
                    "read_at": None,
                }
            )
            events.append(
                {
                    "event_id": seeded_id(self._chance, at),
                    "case_id": case.case_id,
                    "at": at,
                    "actor": ITSELF,
                    "kind": "told",
                    "details": {"improvement": str(row.improvement_id)},
                }
            )
        self._session.execute(insert(CaseMessage), messages)
        self._session.execute(insert(CaseEvent), events)

    def _first_day(self, months: int) -> date:
        return Month.of(self._timeline.today, "jalali").plus(months).first_day


def add_improvements(session: Session, settings: Settings, sheet: Sheet, timeline: Timeline, now: datetime) -> None:
    """Root causes, improvements with their effect, and notices; the causes are kept already."""
    OuterLoop(session, settings, sheet, timeline, now).run()
