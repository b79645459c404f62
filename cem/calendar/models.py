"""What the company has said of its week and of its holidays; without a word the usual week holds."""

from datetime import date
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base

Clock = String(5)


class OpeningHours(Base):
    """A day of the week, 0 being Monday, as HH:MM in the company's zone; two empty texts where it is closed."""

    __tablename__ = "opening_hours"

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens: Mapped[str] = mapped_column(Clock)
    closes: Mapped[str] = mapped_column(Clock)


class Holiday(Base):
    """A day on which the company is closed: the state's own, or `official` is false and it is the company's."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    names: Mapped[dict[str, Any]]
    official: Mapped[bool]
