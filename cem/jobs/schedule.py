"""The jobs of the product, and how often each is done."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cem.alerts.standing import nothing_overdue, watch_kpis, watch_promises
from cem.alerts.watching import look_at_arrivals, nothing_arrived
from cem.cases.escalating import close_quiet, escalate_due, nothing_due
from cem.cases.numbering import count_due, nothing_to_count
from cem.cases.recovery import ask_due, nobody_to_ask
from cem.comments.readings import read_waiting
from cem.digests.sending import put_due_digests
from cem.improvements.counting import count_causes
from cem.improvements.measuring import measure_done
from cem.improvements.notices import nobody_waits, tell_waiting
from cem.improvements.promotion import promote_causes
from cem.jobs.running import Job
from cem.programme.quarters import gather_and_keep
from cem.quality.checks import check_waiting
from cem.rewards.integrity import check_open_runs
from cem.rewards.retention import forget_old_rewards
from cem.settings import Settings
from surveys.database import Database
from surveys.delivery import mail, sms
from surveys.delivery.outbox import is_due
from surveys.delivery.sending import forget_old, send_due


def send_mail(database: Database, settings: Settings, now: datetime) -> int:
    """Without a mail server letters wait, and the pages that make them say so."""
    server = settings.mail_server
    if server is None:
        return 0
    with mail.Post(server) as post:
        return send_due(database, mail.KIND, post.send, now)


def no_mail(reader: Session, settings: Settings, now: datetime) -> bool:
    return settings.mail_server is None or not is_due(reader, now, mail.KIND)


def send_sms(database: Database, settings: Settings, now: datetime) -> int:
    """Without a gateway text messages wait, as letters do."""
    gateway = settings.sms_gateway
    if gateway is None:
        return 0
    with sms.Courier(gateway) as courier:
        return send_due(database, sms.KIND, courier.send, now)


def no_sms(reader: Session, settings: Settings, now: datetime) -> bool:
    return settings.sms_gateway is None or not is_due(reader, now, sms.KIND)


def forget_outbox(database: Database, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - as jobs are called
    return forget_old(database, now)


JOBS = (
    # Somebody may be waiting for what they asked for; where nothing is due, nothing is written.
    Job("outbox", timedelta(seconds=1), send_mail, no_mail, lane="mail"),
    Job("sms", timedelta(seconds=1), send_sms, no_sms, lane="sms"),
    # From an answer to a routed case in less than five seconds.
    Job("alerts", timedelta(seconds=2), look_at_arrivals, nothing_arrived, lane="cases"),
    Job("escalations", timedelta(seconds=30), escalate_due, nothing_due, lane="cases"),
    Job("promise-watch", timedelta(minutes=5), watch_promises, nothing_overdue, lane="cases"),
    Job("kpi-watch", timedelta(days=1), watch_kpis, lane="numbers"),
    Job("cases-close", timedelta(hours=1), close_quiet),
    # Counting many cases takes seconds, for which no answer waits.
    Job("case-numbers", timedelta(minutes=5), count_due, nothing_to_count, lane="numbers"),
    # Oftener than they are due, so that a server that was down makes up for it.
    Job("digests", timedelta(minutes=10), put_due_digests),
    # A comment is read a little after it came, and every comment again after a topic or the model has changed.
    Job("comments", timedelta(minutes=1), read_waiting),
    Job("quality", timedelta(days=1), check_waiting),
    Job("rewards-forget", timedelta(days=1), forget_old_rewards),
    # After the quality of answers was checked: its signals are among what is looked at.
    Job("integrity", timedelta(days=1), check_open_runs),
    # After everything that it counts.
    Job("programme", timedelta(days=1), gather_and_keep),
    Job("outbox-forget", timedelta(days=1), forget_outbox),
    # Some days after a case was resolved.
    Job("recovery", timedelta(minutes=10), ask_due, nobody_to_ask),
    # 'You said, we did': whom to tell was settled by whoever sent it.
    Job("closure-notices", timedelta(seconds=5), tell_waiting, nobody_waits, lane="notices"),
    Job("promotion", timedelta(days=1), promote_causes),
    Job("cause-counts", timedelta(minutes=10), count_causes),
    Job("effects", timedelta(days=1), measure_done),
)
