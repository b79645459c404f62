"""Customers and their encounters; `customer_id` leads every key, so that a customer's rows live together."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.company import Code


class Customer(Base):
    __tablename__ = "customer"

    # Made from the company's own reference, so that the same customer is the same row without a search.
    customer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(128))
    language: Mapped[str] = mapped_column(String(2))
    # Where the customer is now; what was answered before keeps the segment of its day. Not known: ''.
    segment: Mapped[str] = mapped_column(Code, default="", server_default="")
    opted_out_at: Mapped[datetime | None]


class ContactDetail(Base):
    """Where a customer is reached: one address a channel, `email` or `sms`."""

    __tablename__ = "contact_detail"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.customer_id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    # In small letters, or as +989121234567: the same address is the same text.
    address: Mapped[str] = mapped_column(String(254))


class Encounter(Base):
    """One meeting of a customer with a touchpoint, and what came of asking about it."""

    __tablename__ = "encounter"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.customer_id"), primary_key=True)
    # Made from the sender's key, so that sending twice is the same row.
    encounter_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    touchpoint: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(String(32))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    survey_id: Mapped[uuid.UUID | None]
    invitation_id: Mapped[uuid.UUID | None]
    # Why nobody was asked; every 'no' is kept with its reason.
    not_invited: Mapped[str | None] = mapped_column(String(32))
