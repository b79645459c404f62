"""The outbox: whatever leaves the process is a row first."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base

WAITING = text("sent_at IS NULL AND failed_at IS NULL")


class Outgoing(Base):
    """Something to send. `key` says what it is, so that the same thing is never put here twice.

    A row is sent, has failed for good, or waits; while somebody sends it, it is taken until a moment. What was sent is
    forgotten (`payload` is emptied): the row only has to remember that it was.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),)

    outbox_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    recipient: Mapped[str] = mapped_column(String(254))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    taken_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(300))
