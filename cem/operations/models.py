"""What is counted elsewhere: metrics by their codes, their targets, and the figures that only grow in number."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Dialect, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from metrics.text.languages import language_of
from surveys.database import Base
from surveys.languages import CODES
from surveys.models.company import Code
from surveys.questionnaire import Text

SHARE, MEAN = "share", "mean"
PLACES = 6
MILLIONTHS = 10**PLACES
# What a figure stays below, so that its millionths fit into eight bytes.
LIMIT = 10**12


class Exact(TypeDecorator[Decimal]):
    """A decimal of up to six places, kept in millionths: both databases add these up without rounding."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        scaled = Decimal(value) * MILLIONTHS
        if scaled != int(scaled) or abs(scaled) >= LIMIT * MILLIONTHS:
            raise ValueError("a figure has at most six decimal places and twelve digits before them")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value).scaleb(-PLACES)


class OperationalMetric(Base):
    """What is counted over what. A `share` is a percentage, a `mean` a sum over a count; a `census` counts all cases.

    `kpi` (a series) and `touchpoint` name the perception that it explains; '' where it explains none.
    """

    __tablename__ = "operational_metric"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name_fa: Mapped[str] = mapped_column(String(128))
    name_en: Mapped[str] = mapped_column(String(128))
    explanation_fa: Mapped[str] = mapped_column(String(1000))
    explanation_en: Mapped[str] = mapped_column(String(1000))
    kind: Mapped[str] = mapped_column(String(16))
    # What a mean is measured in, such as minutes; '' for a share.
    unit_fa: Mapped[str] = mapped_column(String(32))
    unit_en: Mapped[str] = mapped_column(String(32))
    census: Mapped[bool]
    lower_is_better: Mapped[bool]
    owner: Mapped[str] = mapped_column(String(254))
    source: Mapped[str] = mapped_column(String(200))
    expected_every_days: Mapped[int]
    kpi: Mapped[str] = mapped_column(Code)
    touchpoint: Mapped[str] = mapped_column(Code)

    @property
    def names(self) -> Text:
        return {"fa": self.name_fa, "en": self.name_en}

    @property
    def explanations(self) -> Text:
        return {"fa": self.explanation_fa, "en": self.explanation_en}

    @property
    def source_language(self) -> str:
        """What the source's one text is written in, for whoever reads it aloud; '' where that cannot be told."""
        found = language_of(self.source)
        return found if found in CODES else ""

    @property
    def measured_in(self) -> Text:
        return {"fa": self.unit_fa, "en": self.unit_en}


class OperationalTarget(Base):
    """A target holds from its day until the next one; a unit without its own follows that of all units (unit '')."""

    __tablename__ = "operational_target"

    metric: Mapped[str] = mapped_column(Code, ForeignKey("operational_metric.code"), primary_key=True)
    unit: Mapped[str] = mapped_column(Code, primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[Decimal] = mapped_column(Exact)


class OperationalFigure(Base):
    """What was counted in a unit on some days, both included.

    Never edited: a correction is the next `revision` of the same metric, unit and days, and the newest counts.
    """

    __tablename__ = "operational_figure"
    __table_args__ = (UniqueConstraint("metric", "unit", "first_day", "last_day", "revision"),)

    figure_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(Code, ForeignKey("operational_metric.code"))
    unit: Mapped[str] = mapped_column(Code, ForeignKey("unit.code"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    revision: Mapped[int]
    numerator: Mapped[Decimal] = mapped_column(Exact)
    denominator: Mapped[Decimal] = mapped_column(Exact)
    received_at: Mapped[datetime]
    batch: Mapped[uuid.UUID]
