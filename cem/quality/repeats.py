"""Repeated answers: the same KPI counted in three ways, and the way that somebody chose for a survey.

A customer is known by the invitation that the answer came from; an answer without one stands for itself.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError
from cem.quality.models import RepeatWay
from cem.scorecards.choices import Choice
from cem.scorecards.kpis import Kpi
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate, Histogram, clustered_estimate
from surveys.languages import N_, Language
from surveys.models import Invitation, Response
from surveys.questionnaire import Questionnaire, Scored
from surveys.tallies import Cell, Periods, read

EVERY, CLUSTERED, LATEST = "every", "clustered", "latest"
WAYS = {
    EVERY: N_("Every answer, as if each came from another customer"),
    CLUSTERED: N_("Every answer, with the uncertainty of fewer customers"),
    LATEST: N_("The latest answer of each customer in the period"),
}
# What a survey counts by until somebody chooses: scorecards count every answer.
USUAL = EVERY


class UnknownWay(CemError):
    title = N_("There is no such way to count repeated answers")
    advice = N_("Choose one of the ways that the page offers. Nothing was changed.")


@dataclass(frozen=True)
class Counted:
    """A KPI counted in one way; `deff` is the design effect, never below 1."""

    way: str
    estimate: Estimate
    answers: int
    customers: int
    deff: float | None


@dataclass(frozen=True)
class Repeats:
    """The answers of a choice by who gave them."""

    ways: tuple[Counted, ...]
    answers: int
    repeated: int

    def __getitem__(self, way: str) -> Counted:
        return next(one for one in self.ways if one.way == way)

    @property
    def share(self) -> float:
        """The percentage of the answers that are a customer's second or later."""
        return 100 * self.repeated / self.answers if self.answers else 0.0

    @property
    def widening(self) -> float:
        """By how many percent the interval is wider than one that takes every answer for another customer's."""
        plain, honest = _width(self[EVERY].estimate), _width(self[CLUSTERED].estimate)
        return 100 * (honest / plain - 1) if plain and honest else 0.0


def _width(estimate: Estimate) -> float:
    return 0.0 if estimate.low is None or estimate.high is None else estimate.high - estimate.low


def read_repeats(reader: Session, choice: Choice, kpi: Kpi, questionnaire: Questionnaire) -> Repeats | None:
    """The three ways side by side; None where so few answered, or come back, that it would tell what they said."""
    period = Periods((choice.period.start,), choice.period.end)
    every = read(reader, choice.where(), [kpi.series], period).get(Cell(kpi.series, 0), Histogram())
    if every.n < MINIMUM:
        return None
    scores = _scores_of_repeaters(reader, choice, kpi, questionnaire)
    once = every - Histogram.of([score for given in scores for score in given])
    several = [given for given in scores if len(given) > 1]
    alone = Histogram.of([given[0] for given in scores if len(given) == 1])
    repeated = sum(len(given) - 1 for given in several)
    latest = once + alone + Histogram.of([given[-1] for given in several])
    clustered = clustered_estimate(once + alone, several, kpi.known_as, **kpi.scale)
    answers, customers = int(every.n), clustered.customers
    # All answers less the latest ones are the repeats: a few of them would be told by the difference.
    shown = kpi.estimate(latest) if not 0 < repeated < MINIMUM else Estimate(None, None, None, 0, 0, "")
    return Repeats(
        ways=(
            Counted(EVERY, kpi.estimate(every), answers, customers, 1.0),
            Counted(CLUSTERED, clustered.estimate, answers, customers, clustered.deff),
            Counted(LATEST, shown, int(latest.n), customers, 1.0),
        ),
        answers=answers,
        repeated=repeated,
    )


def _scores_of_repeaters(
    reader: Session, choice: Choice, kpi: Kpi, questionnaire: Questionnaire
) -> Sequence[Sequence[int]]:
    """The scores of each customer with more than one response, in the order in which they came."""
    ids = [q.id for q in questionnaire.questions if isinstance(q, Scored) and q.series == kpi.series]
    clauses = _clauses(choice)
    again = (
        select(Invitation.customer_id)
        .join(Response, _SAME)
        .where(*clauses)
        .group_by(Invitation.customer_id)
        .having(func.count() > 1)
    )
    rows = reader.execute(
        select(Invitation.customer_id, *(Response.answers[name] for name in ids))
        .join(Response, _SAME)
        .where(*clauses, Invitation.customer_id.in_(again))
        .order_by(Invitation.customer_id, Response.day, Response.submitted_at, Response.response_id)
    )
    scores: dict[uuid.UUID, list[int]] = {}
    for customer, *given in rows:
        scores.setdefault(customer, []).extend(score for score in given if isinstance(score, int))
    return [given for given in scores.values() if given]


_SAME = (Invitation.survey_id == Response.survey_id) & (Invitation.invitation_id == Response.response_id)


def _clauses(choice: Choice) -> list[Any]:
    period = Response.day >= choice.period.start, Response.day < choice.period.end
    return [*choice.where().clauses(Response), *period]


def count_nameless(reader: Session, choice: Choice) -> int:
    """Responses that came from no invitation, so that no customer is known."""
    known = select(Invitation.invitation_id).where(_SAME).correlate(Response).exists()
    statement = select(func.count()).select_from(Response).where(*_clauses(choice), ~known)
    return reader.scalar(statement) or 0


@dataclass(frozen=True)
class Way:
    """The way that was chosen for a survey, by whom and when; the usual one where nobody chose."""

    way: str = USUAL
    chosen_at: datetime | None = None
    chosen_by: str = ""


def read_way(reader: Session, survey_id: uuid.UUID) -> Way:
    row = reader.get(RepeatWay, survey_id)
    return Way() if row is None else Way(row.way, row.chosen_at, row.chosen_by)


def choose_way(session: Session, now: datetime, actor: str, survey_id: uuid.UUID, way: str) -> None:
    """This is how the survey's repeated answers count from now on."""
    if way not in WAYS:
        raise UnknownWay
    row = session.get(RepeatWay, survey_id)
    replaced = row and row.way
    if row is None:
        row = RepeatWay(survey_id=survey_id)
        session.add(row)
    row.way, row.chosen_at, row.chosen_by = way, now, actor
    audit(session, now, actor, "quality:repeats", str(survey_id), way=way, replaced=replaced)


NONE = N_("No customer answered more than once, so every answer stands for itself.")
NOTE = N_(
    "%(share)s of the answers are repeats by the same customers; the interval that counts this is %(widening)s wider."
)
NARROW = N_("%(share)s of the answers are repeats by the same customers; that does not widen the interval.")


def repeats_in_words(language: Language, repeats: Repeats) -> str:
    """For a scorecard: how many answers are repeats, and what that costs."""
    if not repeats.repeated:
        return language.gettext(NONE)
    values: Mapping[str, str] = {
        "share": language.percent(repeats.share, 1),
        "widening": language.percent(repeats.widening),
    }
    return language.fill(NOTE if round(repeats.widening) > 0 else NARROW, values)
