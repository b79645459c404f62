"""What the company's own books say of its customers; `customer_id` leads the key."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class CustomerRecord(Base):
    """A customer as the books say on a day. Sums run from the first day, so two records tell what lies between them."""

    __tablename__ = "customer_record"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.customer_id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    customer_since: Mapped[date]
    # Null: still a customer.
    left_on: Mapped[date | None]
    purchases: Mapped[int]
    first_purchase_on: Mapped[date | None]
    last_purchase_on: Mapped[date | None]
    spend: Mapped[float]
    margin: Mapped[float]
    # What the customer spent on such things everywhere, where the company knows it.
    category_spend: Mapped[float | None]
    need_segment: Mapped[str | None] = mapped_column(Code)


class NeedSegment(Base):
    """What a group of customers needs; a code without a row here is shown as it is."""

    __tablename__ = "need_segment"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    names: Mapped[dict[str, Any]]
