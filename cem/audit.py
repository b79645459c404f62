"""The audit trail: who did what to which thing, and when. Rows are only ever added."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from surveys.database import Base, new_id


class AuditEvent(Base):
    __tablename__ = "audit_event"

    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    # An account's name, an API key's name, or the command line.
    actor: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]]


def audit(session: Session, now: datetime, actor: str, action: str, subject: str, **details: Any) -> None:
    """Write a row in the verb's own transaction, so that neither stands without the other."""
    session.add(AuditEvent(event_id=new_id(now), at=now, actor=actor, action=action, subject=subject, details=details))
