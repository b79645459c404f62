"""What waits in the outbox is sent: each row in two short transactions, with the sending between them."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from surveys.database import Database
from surveys.delivery.outbox import NO_WAIT, REMEMBERED, forget, record_fault, record_sent, take
from surveys.models import Outgoing

log = logging.getLogger(__name__)

# So many in one run: whoever stops the server waits for one mail and never for a thousand.
MOST = 50


class Undelivered(Exception):
    """Why something was not delivered; `final` where trying again is of no use, and not before `wait` has passed.

    The text is kept with the row and shown, so it holds no secret.
    """

    def __init__(self, reason: str, *, final: bool, wait: timedelta = NO_WAIT) -> None:
        super().__init__(reason)
        self.final, self.wait = final, wait


Send = Callable[[Outgoing], None]


def send_due(database: Database, kind: str, send: Send, now: datetime, most: int = MOST) -> int:
    """Send what is due of a kind; how many were sent."""
    sent = 0
    for _ in range(most):
        with database.write() as session:
            taken = take(session, now, kind)
        if not taken:
            break
        sent += _send_one(database, taken[0], send, now)
    return sent


def forget_old(database: Database, now: datetime) -> int:
    with database.write() as session:
        return forget(session, now - REMEMBERED)


def _send_one(database: Database, one: Outgoing, send: Send, now: datetime) -> bool:
    try:
        send(one)
    except Undelivered as fault:
        log.warning("%s %s was not delivered", one.kind, one.outbox_id)
        with database.write() as session:
            record_fault(session, one, now, str(fault), final=fault.final, wait=fault.wait)
        return False
    except Exception as fault:  # noqa: BLE001 - one bad row must not keep its neighbours from being sent
        # The fault's own text may quote the message; its class is enough to look for the cause.
        log.error("%s %s cannot be sent: %s", one.kind, one.outbox_id, type(fault).__name__)  # noqa: TRY400 - as above
        with database.write() as session:
            record_fault(session, one, now, f"cannot be sent: {type(fault).__name__}", final=True)
        return False
    with database.write() as session:
        record_sent(session, one.outbox_id, now)
    return True
