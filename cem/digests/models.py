"""Who wants digests, in which language and how often."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base


class DigestSubscription(Base):
    """A row is a wish; taking it back removes the row, and the audit trail keeps both."""

    __tablename__ = "digest_subscription"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.account_id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    frequency: Mapped[str] = mapped_column(String(16))
    # The first digest is the first that falls due after it.
    since: Mapped[datetime]
