"""How a case of the demo company goes, from the answer that opened it to its end, as far as there is time until today.

The pure functions that set clocks are the product's own; the steps are drawn, because living through them one by one
with the product's verbs would take minutes.
"""

import random
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cem.calendar.hours import BusinessCalendar
from cem.cases import statuses
from cem.cases.clocks import marks_passed, refresh, resume_resolving, start_clocks, start_resolving, told
from cem.cases.desk import CUSTOMER, ITSELF, number_of
from cem.cases.messages import AUTOMATIC, MESSAGE, NOTE, REPLY
from cem.cases.models import Case
from cem.cases.terms import Terms
from cem.cases.wording import automatic_words
from cem.demo import case_words as words
from cem.demo.timeline import seeded_id
from surveys.database import day_of
from surveys.responses import Submission

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# How much of the promised time each unit needs; the others need 1.
PACE: Mapping[str, float] = {"vanak": 0.6, "isfahan": 0.7, "rasht": 2.4, "ahvaz": 1.5, "digital": 1.2, "karaj": 1.3}
# What is done about what shaped the scores.
OUTCOMES = {"fees": "compensated", "staff": "apologised", "information": "explained", "availability": "fixed"}


@dataclass
class Life:
    """A case with the rows that belong to it."""

    case: Case
    events: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    remedies: list[dict[str, Any]] = field(default_factory=list)
    commendations: list[dict[str, Any]] = field(default_factory=list)
    recovery: dict[str, Any] | None = None


class Ended(Exception):
    """The story has come to today."""


class Lives:
    """Draws the lives of cases with a generator of its own."""

    def __init__(
        self,
        seed: int,
        now: datetime,
        terms: Terms,
        calendar: BusinessCalendar,
        zone: ZoneInfo,
        left: Mapping[uuid.UUID | None, date],
    ) -> None:
        """Customers who `left` answer nothing from that day on."""
        self._chance, self._now, self._left = random.Random(seed), now, left
        self._terms, self._calendar, self._zone = terms, calendar, zone

    def live(self, answer: Submission, customer: uuid.UUID | None, kind: str, severity: int, owner: str) -> Life:
        """The life of the case that an answer opened, until its end or until now."""
        assert answer.submitted_at is not None  # noqa: S101 - anonymous answers are not among them
        opened = min(answer.submitted_at + timedelta(seconds=2), self._now)
        life = Life(self._case(answer, opened, customer, kind, severity, owner))
        self._happen(life, opened, ITSELF, "open", severity=severity, owner=owner)
        text = automatic_words(life.case, self._zone)
        self._say(life, opened, ITSELF, AUTOMATIC, text)
        with suppress(Ended):
            self._go(life, opened, str(answer.answers.get("reason", "waiting")))
        refresh(life.case, self._terms, self._calendar)
        self._escalate(life)
        return life

    def _escalate(self, life: Life) -> None:
        """Whose time ran out was told before today."""
        case = life.case
        for clock, mark in marks_passed(case, self._terms, self._calendar, self._now):
            case.escalated = [*case.escalated, *told(clock, mark)]
            moment = clock.moment(mark, self._calendar)
            self._happen(life, moment, ITSELF, "escalate", clock=clock.name, mark=mark, account=case.owner)
        refresh(case, self._terms, self._calendar)

    def _case(
        self, answer: Submission, opened: datetime, customer: uuid.UUID | None, kind: str, severity: int, owner: str
    ) -> Case:
        case_id = seeded_id(self._chance, opened)
        allowed = severity <= 2 or self._chance.random() < 0.6
        channel = self._chance.choice(("sms", "sms", "email")) if allowed and customer else ""
        address = {"sms": f"+98912{self._chance.randrange(10**7):07}", "email": f"{case_id.hex[-8:]}@customer.example"}
        case = Case(
            case_id=case_id,
            number=number_of(case_id),
            opened_at=opened,
            origin="rule",
            kind=kind,
            severity=severity,
            status=statuses.NEW,
            survey_id=answer.survey_id,
            response_id=answer.response_id,
            customer_id=customer,
            touchpoint=answer.touchpoint,
            unit=answer.unit,
            channel=answer.channel,
            language=answer.language,
            segment=answer.segment,
            words="",
            wanted="",
            series="recommend",
            score=answer.answers.get("recommend"),
            contact_allowed=allowed,
            reply_channel=channel,
            reply_address=address.get(channel, ""),
            owner=owner,
            no_reply_reason="",
            reopened=0,
            escalated=[],
        )
        start_clocks(case, self._terms, self._calendar, opened)
        if severity >= 3:
            case.acknowledged_at, case.status = opened, statuses.ASSIGNED
        return case

    def _go(self, life: Life, at: datetime, reason: str) -> None:
        case, promise = life.case, self._terms.promise(life.case.severity)
        if case.acknowledged_at is None:
            at = self._later(at, promise.acknowledge * 0.6, case, clock=promise.around_the_clock)
            case.acknowledged_at, case.status = at, statuses.ASSIGNED
            self._happen(life, at, case.owner, "acknowledge")
        if case.kind == "praise":
            self._praise(life, at)
            return
        if self._chance.random() < 0.05:
            self._never_reached(life, at)
            return
        at = self._later(case.opened_at, promise.contact * 0.8, case, after=at)
        case.contacted_at, case.status = at, statuses.IN_CONTACT
        self._happen(
            life, at, case.owner, "contact", channel=self._chance.choice(("phone", "phone", "sms")), reached=True
        )
        if self._chance.random() < 0.25:
            self._say(life, at, case.owner, NOTE, self._chance.choice(words.NOTES))
        at = self._later(at, promise.resolve * 0.1, case)
        case.status = statuses.INVESTIGATING
        self._happen(life, at, case.owner, "investigate")
        at = self._others(life, at)
        at = self._waiting(life, at)
        at = self._later(at, promise.resolve * 0.42, case)
        reply = words.SUGGESTED if case.kind == "suggestion" else words.REPLIES.get(reason, words.REPLIES["waiting"])
        self._solve(life, at, reason, reply)
        self._end(life, at, reason)

    def _praise(self, life: Life, at: datetime) -> None:
        case = life.case
        at = self._later(at, timedelta(hours=8), case)
        named = self._chance.choice(words.COLLEAGUES)
        life.commendations.append(
            {
                "commendation_id": seeded_id(self._chance, at),
                "case_id": case.case_id,
                "unit": case.unit,
                "named": named,
                "words": words.PRAISED["fa"],
                "at": at,
                "by": case.owner,
            }
        )
        self._happen(life, at, case.owner, "commend")
        case.contacted_at = at
        self._solve(life, at, "staff", words.PRAISED, outcome="passed_on")
        self._close(life, at + DAY)

    def _never_reached(self, life: Life, at: datetime) -> None:
        for channel in ("phone", "phone", "sms"):
            at = self._later(at, timedelta(hours=7), life.case)
            self._happen(life, at, life.case.owner, "contact", channel=channel, reached=False)
        life.case.closed_at, life.case.status = at, statuses.UNREACHABLE
        self._happen(life, at, life.case.owner, "unreachable", attempts=3)

    def _others(self, life: Life, at: datetime) -> datetime:
        """What another unit contributes, and what the customer is given."""
        case = life.case
        if self._chance.random() < 0.06:
            asked = self._chance.choice(words.TASKS)
            unit = asked["unit"]
            task = seeded_id(self._chance, at)
            due, done = self._calendar.add(at, timedelta(hours=18)), self._later_or_none(at, timedelta(hours=12), case)
            life.tasks.append(
                {
                    "task_id": task,
                    "case_id": case.case_id,
                    "unit": unit,
                    "text": asked[case.language],
                    "due_at": due,
                    "created_at": at,
                    "created_by": case.owner,
                    "done_at": done,
                    "done_by": "cx" if done else None,
                    "result": words.TASK_DONE[case.language] if done else "",
                }
            )
            self._happen(life, at, case.owner, "task", task=str(task), unit=unit)
            if done is None:
                raise Ended
            self._happen(life, done, "cx", "task_done", task=str(task), unit=unit)
            at = done
        if self._chance.random() < 0.1:
            self._remedy(life, at, self._chance.choice(("apology", "fee-refund", "goodwill")))
        return at

    def _remedy(self, life: Life, at: datetime, code: str) -> None:
        amount = {"apology": 0, "fee-refund": self._chance.randrange(2, 20) * 50_000, "goodwill": 2_000_000}[code]
        life.remedies.append(
            {
                "remedy_id": seeded_id(self._chance, at),
                "case_id": life.case.case_id,
                "code": code,
                "amount": amount,
                "offered_at": at,
                "offered_by": life.case.owner,
                "decided_at": at,
                "decided_by": life.case.owner,
                "granted": True,
            }
        )
        self._happen(life, at, life.case.owner, "remedy", remedy=code, amount=amount, granted=True)

    def _waiting(self, life: Life, at: datetime) -> datetime:
        """Some customers are asked for something first."""
        case = life.case
        if not case.reply_channel or self._chance.random() > 0.08:
            return at
        self._say(life, at, case.owner, REPLY, words.ASKED[case.language])
        case.status, case.waiting_since = statuses.WAITING, at
        self._happen(life, at, case.owner, "wait")
        at = self._until(at + timedelta(hours=self._chance.uniform(3, 60)))
        self._say(life, at, CUSTOMER, MESSAGE, words.ANSWERED[case.language])
        resume_resolving(case, self._calendar, at)
        case.status = statuses.IN_CONTACT
        self._happen(life, at, CUSTOMER, "message")
        return at

    def _solve(self, life: Life, at: datetime, reason: str, reply: words.Texts, outcome: str = "") -> None:
        case = life.case
        self._say(life, at, case.owner, REPLY, reply[case.language])
        self._happen(life, at, case.owner, "reply", sent_by=case.reply_channel)
        case.cause, case.outcome = reason, outcome or OUTCOMES.get(reason, "fixed")
        case.resolved_at, case.status = at, statuses.RESOLVED
        self._happen(life, at, case.owner, "resolve", cause=reason, outcome=case.outcome)

    def _end(self, life: Life, at: datetime, reason: str) -> None:
        """After the resolution: the customer's word, the recovery survey, a second try, the end."""
        case, fate = life.case, self._chance.random()
        if case.kind == "suggestion":
            self._close(life, at + 7 * DAY)
            return
        life.recovery = {"case_id": case.case_id, "due_at": at + self._terms.recovery_days * DAY, "before": case.score}
        if fate < 0.04:
            at = self._until(at + timedelta(hours=self._chance.uniform(1, 40)))
            self._say(life, at, CUSTOMER, MESSAGE, words.NOT_SOLVED[case.language])
            self._again(life, at, reason, "not_solved", CUSTOMER)
            return
        if fate < 0.3:
            confirmed = self._until(at + timedelta(hours=self._chance.uniform(1, 48)))
            case.confirmed_at, case.status = confirmed, statuses.CONFIRMED
            self._happen(life, confirmed, CUSTOMER, "confirm")
        self._ask(life, reason)
        if case.status in statuses.SOLVED:
            self._close(life, at + self._terms.close_days * DAY)

    def _ask(self, life: Life, reason: str) -> None:
        """The recovery survey: most stay silent, most of the others feel better, some say no."""
        case, recovery = life.case, life.recovery
        assert recovery is not None  # noqa: S101 - set right before
        asked = self._calendar.next_opening(recovery["due_at"])
        if asked > self._now:
            return
        recovery["asked_at"] = asked
        # Who is not written to would have to look at their page.
        if not case.reply_channel or self._chance.random() > 0.42:
            return
        at = asked + timedelta(hours=self._chance.uniform(0.5, 60))
        left = self._left.get(case.customer_id)
        if at > self._now or (left is not None and day_of(at, self._zone) >= left):
            return
        lift = self._chance.gauss(4.2 if PACE.get(case.unit, 1) <= 1 else 2.8, 2.2)
        after = min(max(round((case.score or 0) + lift), 0), 10)
        said = "yes" if after >= 7 else self._chance.choice(("partly", "no"))
        recovery |= {"answered_at": at, "after": after, "resolved": said == "yes", "effort": min(max(after - 3, 1), 7)}
        recovery["said"] = said
        if after <= self._terms.recovery_reopens or said == "no":
            self._again(life, at, reason, "recovery", ITSELF)

    def _again(self, life: Life, at: datetime, reason: str, why: str, actor: str) -> None:
        case = life.case
        case.resolved_at = case.confirmed_at = case.closed_at = None
        case.status, case.reopened_at, case.reopened = statuses.REOPENED, at, case.reopened + 1
        start_resolving(case, self._terms, self._calendar, at)
        self._happen(life, at, actor, "reopen", why=why, owner=case.owner)
        at = self._later(at, self._terms.promise(case.severity).resolve * 0.15, case)
        self._solve(life, at, reason, words.FOLLOW_UP)
        self._close(life, at + self._terms.close_days * DAY)

    def _close(self, life: Life, at: datetime) -> None:
        at = self._until(at)
        life.case.closed_at, life.case.status = at, statuses.CLOSED
        self._happen(life, at, ITSELF, "close")

    def _later(
        self,
        start: datetime,
        usual: timedelta,
        case: Case,
        *,
        after: datetime | None = None,
        clock: bool = False,
    ) -> datetime:
        """A moment that a unit of this pace needs; Ended where it has not come yet."""
        progress = min(max(1 - (self._now - start) / timedelta(days=365), 0), 1)
        took = usual * (PACE.get(case.unit, 1.0) * (1.35 - 0.5 * progress) * self._chance.lognormvariate(0, 0.6))
        moment = start + took if clock else self._calendar.add(start, took)
        return self._until(max(moment, after) if after else moment)

    def _later_or_none(self, start: datetime, usual: timedelta, case: Case) -> datetime | None:
        try:
            return self._later(start, usual, case)
        except Ended:
            return None

    def _until(self, at: datetime) -> datetime:
        if at > self._now:
            raise Ended
        return at

    def _happen(self, life: Life, at: datetime, actor: str | None, kind: str, **details: Any) -> None:
        place = at + timedelta(milliseconds=len(life.events))
        life.events.append(
            {
                "event_id": seeded_id(self._chance, place),
                "case_id": life.case.case_id,
                "at": at,
                "actor": actor or ITSELF,
                "kind": kind,
                "details": details,
            }
        )

    def _say(self, life: Life, at: datetime, author: str | None, kind: str, text: str) -> None:
        life.messages.append(
            {
                "message_id": seeded_id(self._chance, at + timedelta(milliseconds=len(life.messages))),
                "case_id": life.case.case_id,
                "at": at,
                "author": author or ITSELF,
                "kind": kind,
                "text": text,
                "sent_by": life.case.reply_channel if kind in {AUTOMATIC, REPLY} else "",
                "read_at": None,
            }
        )


def chosen(chance: random.Random, answers: list[Submission]) -> Iterator[tuple[Submission, str, int]]:
    """Which answers open a case, of which kind and how severe; drawn as the demo's rules would have it."""
    for answer in answers:
        score, comment = answer.answers.get("recommend"), answer.answers.get("comment")
        if not isinstance(score, int):
            continue
        luck = chance.random()
        if score <= 6:
            yield answer, "complaint", 1 if luck < 0.008 else 2 if luck < 0.36 else 3
        elif score <= 8 and comment and luck < 0.15:
            yield answer, "suggestion", 4
        elif score >= 9 and comment and answer.answers.get("reason") == "staff" and luck < 0.4:
            yield answer, "praise", 4
