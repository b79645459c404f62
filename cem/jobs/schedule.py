"""The jobs of the product, and how often each is done."""

from datetime import datetime, timedelta

from cem.digests.sending import put_due_digests
from cem.jobs.running import Job
from cem.settings import Settings
from surveys.database import Database
from surveys.delivery.mail import KIND, Post
from surveys.delivery.sending import forget_old, send_due


def send_mail(database: Database, settings: Settings, now: datetime) -> int:
    """Without a mail server letters wait, and the pages that make them say so."""
    server = settings.mail_server
    if server is None:
        return 0
    with Post(server) as post:
        return send_due(database, KIND, post.send, now)


def forget_outbox(database: Database, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - as jobs are called
    return forget_old(database, now)


JOBS = (
    Job("outbox", timedelta(seconds=15), send_mail),
    # Oftener than they are due, so that a server that was down makes up for it.
    Job("digests", timedelta(minutes=10), put_due_digests),
    Job("outbox-forget", timedelta(days=1), forget_outbox),
)
