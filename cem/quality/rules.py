"""Rules: from which threshold on an answer shows a signal, and whether the signal makes it suspect.

A signal alone proves little: a short questionnaire is answered fast by honest people, and a customer may truly give
five equal ratings. So no rule marks anything until the CX manager says so for a survey, having seen what it would do.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError
from cem.quality.models import QualityRule
from surveys.languages import N_, ascii_digits

SPEEDING, STRAIGHT_LINING, DUPLICATE, BURST = "speeding", "straight_lining", "duplicate", "burst"

NAMES = {
    SPEEDING: N_("Far faster than usual"),
    STRAIGHT_LINING: N_("The same answer to all ratings of a page"),
    DUPLICATE: N_("The same answers from one place within a short time"),
    BURST: N_("Many answers from one place at once"),
    # What the survey's own pages have noticed when the answers were sent.
    "too_fast": N_("Sent within seconds of opening"),
    "honeypot": N_("A field was filled in that people do not see"),
    "late": N_("Sent long after opening"),
    "no_language_header": N_("The browser names no language, as scripts do"),
}


@dataclass(frozen=True)
class Kind:
    """A rule that there is, with its usual threshold and the range that makes sense."""

    usual: float
    low: float
    high: float
    step: float
    threshold: str
    advice: str


KINDS = {
    SPEEDING: Kind(
        33,
        5,
        90,
        1,
        N_("Percent of the usual time"),
        N_("The usual time is the median of the same version. A third of it is too short to have read."),
    ),
    STRAIGHT_LINING: Kind(
        5, 4, 30, 1, N_("Ratings on the page at least"), N_("Three equal answers are no pattern; five may be.")
    ),
    DUPLICATE: Kind(
        10,
        1,
        1440,
        1,
        N_("Minutes between the two at most"),
        N_("Every answer and the comment are alike. In a busy place that happens by chance, so keep the time short."),
    ),
    BURST: Kind(
        20,
        5,
        10_000,
        1,
        N_("Answers within ten minutes at least"),
        N_("From one touchpoint, unit and channel. Choose more than your busiest place ever gets."),
    ),
}


@dataclass(frozen=True)
class Rule:
    """A survey's rule; `marks` says that the signal makes an answer suspect."""

    signal: str
    threshold: float
    marks: bool = False


class RuleFault(CemError):
    title = N_("This rule cannot be set")
    advice = N_("Write a number within the range that stands beside the field. Nothing was changed.")


Rules = Mapping[str, Rule]


def read_rules(session: Session, survey_id: uuid.UUID) -> dict[str, Rule]:
    """The rules of a survey; what was never set is as usual and marks nothing."""
    stored = {row.signal: row for row in session.scalars(select(QualityRule).where(QualityRule.survey_id == survey_id))}
    return {
        signal: Rule(signal, stored[signal].threshold, stored[signal].marks)
        if signal in stored
        else Rule(signal, kind.usual)
        for signal, kind in KINDS.items()
    }


def parse_rules(asked: Mapping[str, str], rules: Rules) -> dict[str, Rule]:
    """The rules as a form asks for them: `speeding` is the threshold, `speeding.marks` is there where it is to mark."""
    return {
        signal: Rule(signal, _threshold(asked.get(signal, ""), signal, rules[signal]), f"{signal}.marks" in asked)
        for signal in KINDS
    }


def _threshold(text: str, signal: str, rule: Rule) -> float:
    if not text.strip():
        return rule.threshold
    try:
        value = float(ascii_digits(text))
    except ValueError:
        raise RuleFault from None
    if not KINDS[signal].low <= value <= KINDS[signal].high:
        raise RuleFault
    return value


def set_rules(session: Session, now: datetime, actor: str, survey_id: uuid.UUID, rules: Rules) -> None:
    """These rules from now on. They act at the next check, and what rules had marked is taken back where none would."""
    before = read_rules(session, survey_id)
    for signal, rule in rules.items():
        if rule == before[signal]:
            continue
        row = session.get(QualityRule, (survey_id, signal))
        if row is None:
            row = QualityRule(survey_id=survey_id, signal=signal)
            session.add(row)
        row.threshold, row.marks = rule.threshold, rule.marks
        audit(
            session,
            now,
            actor,
            "quality:rule",
            f"{survey_id}/{signal}",
            threshold=rule.threshold,
            marks=rule.marks,
            replaced={"threshold": before[signal].threshold, "marks": before[signal].marks},
        )
