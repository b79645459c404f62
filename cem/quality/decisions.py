"""Decisions: a response becomes suspect or valid again, with its tallies, its row and its audit row, or not at all."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError
from cem.quality.models import QualityDecision
from surveys.database import new_id
from surveys.formats.exports import QUALITIES, read_versions
from surveys.languages import N_
from surveys.questionnaire import scores
from surveys.responses import change_quality
from surveys.tallies import ScoresOf

LONGEST_REASON = 400
# A rule's own name among the actors; a person's account is never called so.
RULE = "quality rules"


class DecisionFault(CemError):
    title = N_("Nothing was decided")
    advice = N_("Choose at least one answer, say what it becomes, and write the reason in a few words.")


def decide(
    session: Session,
    now: datetime,
    actor: str,
    survey_id: uuid.UUID,
    reasons: Mapping[uuid.UUID, str],
    became: str,
    *,
    by_rule: bool = False,
    **details: Any,
) -> int:
    """These responses become valid or suspect, each for its reason; how many were not so already."""
    if became not in QUALITIES or not all(reason.strip() for reason in reasons.values()):
        raise DecisionFault
    session.flush()
    was = change_quality(session.connection(), survey_id, reasons.keys(), became, scores_of(session, survey_id))
    if not was:
        return 0
    rows = [
        {
            "survey_id": survey_id,
            "response_id": response_id,
            "decision_id": new_id(now),
            "at": now,
            "actor": actor,
            "by_rule": by_rule,
            "was": quality,
            "became": became,
            "reason": reasons[response_id].strip()[:LONGEST_REASON],
        }
        for response_id, quality in was.items()
    ]
    session.execute(insert(QualityDecision), rows)
    told = sorted({reasons[response_id].strip()[:LONGEST_REASON] for response_id in was})
    audit(session, now, actor, f"quality:{became}", str(survey_id), responses=len(was), reasons=told[:20], **details)
    return len(was)


def scores_of(session: Session, survey_id: uuid.UUID) -> ScoresOf:
    """The scores of stored answers, by the version that asked for them."""
    versions = read_versions(session, survey_id)
    return lambda version, answers: scores(versions[version], answers)


def read_last(session: Session, survey_id: uuid.UUID) -> dict[uuid.UUID, bool]:
    """Whether the last decision about each response was a rule's; who was never decided about is not there."""
    rows = session.execute(
        select(QualityDecision.response_id, QualityDecision.by_rule)
        .where(QualityDecision.survey_id == survey_id)
        .order_by(QualityDecision.at, QualityDecision.decision_id)
    )
    return {response_id: by_rule for response_id, by_rule in rows}  # noqa: C416 - dict() does not know a row's types


def read_history(
    session: Session, survey_id: uuid.UUID, response_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[QualityDecision]]:
    """All decisions about these responses, the first first."""
    chosen = QualityDecision.survey_id == survey_id, QualityDecision.response_id.in_(list(response_ids))
    history: dict[uuid.UUID, list[QualityDecision]] = {}
    for decision in session.scalars(
        select(QualityDecision).where(*chosen).order_by(QualityDecision.at, QualityDecision.decision_id)
    ):
        history.setdefault(decision.response_id, []).append(decision)
    return history
