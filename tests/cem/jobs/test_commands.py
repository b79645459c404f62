"""`cem jobs` on an installation of its own."""

from collections.abc import Callable

import pytest
from click.testing import Result

from cem.jobs.schedule import JOBS
from surveys.database import Database, utc_now
from surveys.delivery.outbox import put

Cem = Callable[..., Result]


def test_run_and_list(cem: Cem) -> None:
    """All jobs or one run now; the list tells when, what they did, and what waits."""
    assert "never ran" in cem("jobs", "list").output
    assert cem("jobs", "run", "digests").output == "digests: did 0\n"
    everything = cem("jobs", "run")
    listed = cem("jobs", "list").output

    assert (everything.exit_code, everything.output) == (0, "\n".join(f"{job.name}: did 0" for job in JOBS) + "\n")
    assert "never ran" not in listed
    assert listed.endswith("waiting in the outbox: 0\n")


def test_a_job_with_nothing_to_do_has_no_next_time(
    cem: Cem, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list says so, and tells a time as soon as something waits that can be sent."""
    cem("jobs", "run", "sms")
    (idle,) = [line for line in cem("jobs", "list").output.splitlines() if line.startswith("sms")]
    with database.write() as session:
        put(session, utc_now(), kind="sms", recipient="+989121234567", key="x", payload={})
    monkeypatch.setenv("CEM_SMS_URL", "https://sms.example/send")
    (busy,) = [line for line in cem("jobs", "list").output.splitlines() if line.startswith("sms")]

    assert idle.endswith("did 0; nothing to do")
    assert "nothing to do" not in busy
    assert "; next 2" in busy


def test_a_job_that_is_not_there(cem: Cem) -> None:
    """It is told with the names that there are, and status 2."""
    result = cem("jobs", "run", "dance")

    assert (result.exit_code, result.output) == (
        2,
        f"cem: There is no job 'dance'; there are {', '.join(job.name for job in JOBS)}.\n",
    )


def test_a_wrong_gateway(cem: Cem, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before anything runs, with what to do, and without the address."""
    monkeypatch.setenv("CEM_SMS_URL", "https://sms.example/hush-hush")
    monkeypatch.setenv("CEM_SMS_BODY", "to={to}&text={text}")
    refused = cem("jobs", "run", "sms")

    told = "CEM_SMS_BODY is not JSON; for a form CEM_SMS_CONTENT_TYPE is application/x-www-form-urlencoded."
    assert (refused.exit_code, refused.output) == (2, f"cem: {told}\n")


def test_a_mail_server_without_a_sender(cem: Cem, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before anything runs, with status 2."""
    monkeypatch.setenv("CEM_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("CEM_MAIL_FROM", "nobody")
    refused = cem("jobs", "run", "outbox")

    assert refused.exit_code == 2
    assert refused.output == "cem: CEM_SMTP_URL needs CEM_MAIL_FROM, an address such as cem@bank.example.\n"
