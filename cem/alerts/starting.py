"""The rules that a company begins with: what asks for somebody opens a case from the first answer on."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.alerts.keeping import keep_rule, put_in_force
from cem.alerts.models import AlertRule

# Whoever is above is told of each broken promise by its clock already; this rule tells somebody else as well.
RESTING = frozenset({"overdue"})
FILE = Path(__file__).parent / "starting.yaml"


@cache
def starting_rules() -> Mapping[str, dict[str, Any]]:
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, dict[str, Any]])


def begin_rules(session: Session, now: datetime, actor: str = "cem") -> int:
    """The starting rules become the company's own once, and are in force; how many became so."""
    if session.scalar(select(AlertRule.code).limit(1)) is not None:
        return 0
    for code, document in starting_rules().items():
        keep_rule(session, now, actor, code, document)
        put_in_force(session, now, actor, code, enabled=code not in RESTING)
    return len(starting_rules())
