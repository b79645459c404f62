"""Rules are kept: read in their order, changed by a new version, put in force or out of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.alerts.models import AlertRule, AlertRuleVersion
from cem.alerts.rules import Rule
from cem.audit import audit
from cem.errors import CemError, NotFound
from surveys.languages import N_

# So many versions of a rule are shown.
VERSIONS = 20
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


class RuleFault(CemError):
    title = N_("This rule cannot be kept")
    advice = N_(
        "A rule needs a name in both languages, a short code of small Latin letters, and at least one condition. "
        "Nothing was changed."
    )


class UnknownRule(NotFound):
    title = N_("There is no such rule")
    advice = N_("Open the list of alert rules and choose again.")


@dataclass(frozen=True)
class Kept:
    """A rule as it is kept."""

    code: str
    version: int
    enabled: bool
    rule: Rule


def read_rules(session: Session, *, enabled: bool = False) -> list[Kept]:
    """The rules in their order; of those in force alone where asked."""
    statement = select(AlertRule).order_by(AlertRule.position, AlertRule.code)
    if enabled:
        statement = statement.where(AlertRule.enabled)
    return [_kept(row) for row in session.scalars(statement)]


def read_versions(session: Session, code: str) -> list[AlertRuleVersion]:
    """The newest versions of a rule, newest first."""
    found = select(AlertRuleVersion).where(AlertRuleVersion.code == code).order_by(AlertRuleVersion.version.desc())
    return list(session.scalars(found.limit(VERSIONS)))


def find_rule(session: Session, code: str) -> Kept:
    return _kept(_find(session, code))


def keep_rule(session: Session, now: datetime, actor: str, code: str, document: dict[str, Any]) -> Kept:
    """A new rule, which is not in force yet, or the next version of one. RuleFault where it says nothing."""
    rule = read_document(document)
    if not _CODE.fullmatch(code) or len(code) > 60 or not all(rule.names.get(one) for one in ("fa", "en")):
        raise RuleFault
    written = msgspec.to_builtins(rule)
    row = session.get(AlertRule, code)
    if row is None:
        last = session.scalar(select(func.max(AlertRule.position))) or 0
        row = AlertRule(code=code, version=0, enabled=False, position=last + 1)
        session.add(row)
    row.version, row.document, row.changed_at, row.changed_by = row.version + 1, written, now, actor
    session.add(AlertRuleVersion(code=code, version=row.version, document=written, changed_at=now, changed_by=actor))
    audit(session, now, actor, "alert-rule:keep", code, version=row.version, document=written)
    return _kept(row)


def read_document(document: dict[str, Any]) -> Rule:
    """A rule as it is written; RuleFault where it is none, or asks nothing."""
    try:
        rule = msgspec.convert(document, Rule)
    except msgspec.ValidationError:
        raise RuleFault from None
    if rule.watch == "answer" and not _conditions(rule):
        raise RuleFault
    return rule


def put_in_force(session: Session, now: datetime, actor: str, code: str, *, enabled: bool) -> None:
    """From now on the rule acts, or rests."""
    row = _find(session, code)
    if row.enabled != enabled:
        row.enabled, row.changed_at, row.changed_by = enabled, now, actor
        audit(session, now, actor, "alert-rule:enable" if enabled else "alert-rule:disable", code)


def _find(session: Session, code: str) -> AlertRule:
    """What cannot be a code is not looked for: PostgreSQL takes no zero byte."""
    row = session.get(AlertRule, code) if _CODE.fullmatch(code) else None
    if row is None:
        raise UnknownRule
    return row


def _conditions(rule: Rule) -> bool:
    """Whether something is asked of the answer itself, beside where it was given."""
    asked = (rule.opinion, rule.words, rule.topics, rule.sentiment, rule.commented, rule.asks_contact)
    return any(asked) or any(one is not None for one in (rule.at_most, rule.at_least, rule.again_days))


def _kept(row: AlertRule) -> Kept:
    return Kept(row.code, row.version, row.enabled, msgspec.convert(row.document, Rule))
