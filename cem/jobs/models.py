"""When each job is next to run, and how it went."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base


class JobState(Base):
    """A row for each job; while a server runs it, it is taken until a moment."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_at: Mapped[datetime]
    taken_until: Mapped[datetime | None]
    ran_at: Mapped[datetime | None]
    # How many things the last run did, and the kind of its fault: never a fault's text, which may quote a row.
    done: Mapped[int]
    fault: Mapped[str | None] = mapped_column(String(64))
