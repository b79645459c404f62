"""`cem jobs`."""

import click
from sqlalchemy import select

from cem.errors import BadInput
from cem.jobs.models import JobState
from cem.jobs.running import Outcome, is_idle, run_job
from cem.jobs.schedule import JOBS
from cem.serving import opened
from cem.settings import read_settings
from surveys.database import utc_now
from surveys.delivery.outbox import count_waiting


@click.group()
def jobs() -> None:
    """What the server does by itself, again and again."""


@jobs.command("list")
def list_jobs() -> None:
    """When each job ran, what it did, and when it runs next; how much waits in the outbox."""
    settings, now = read_settings(), utc_now()
    with opened(settings) as database:
        with database.read() as reader:
            states = {state.name: state for state in reader.scalars(select(JobState))}
            waiting = count_waiting(reader)
        idle = {job.name for job in JOBS if is_idle(database, settings, job, now)}
    for job in JOBS:
        told = _told(states.get(job.name), idle=job.name in idle)
        click.echo(f"{job.name:<16} every {job.every}  {told}")
    click.echo(f"waiting in the outbox: {waiting}")


def _told(state: JobState | None, *, idle: bool) -> str:
    """A job with nothing to do has no next time: it runs when there is something."""
    if state is None or state.ran_at is None:
        return "never ran" + "; nothing to do" * idle
    result = f"failed ({state.fault})" if state.fault else f"did {state.done}"
    coming = "nothing to do" if idle else f"next {state.next_at:%Y-%m-%d %H:%M:%S}Z"
    return f"ran {state.ran_at:%Y-%m-%d %H:%M:%S}Z, {result}; {coming}"


@jobs.command()
@click.argument("name", required=False)
@click.pass_context
def run(context: click.Context, name: str | None) -> None:
    """Run a job now, or all of them, whether they are due or not; exit status 1 where one fails."""
    chosen = [job for job in JOBS if name in {None, job.name}]
    if not chosen:
        raise BadInput(f"There is no job {name!r}; there are {', '.join(job.name for job in JOBS)}.")
    settings = read_settings()
    failed = False
    with opened(settings) as database:
        for job in chosen:
            outcome = run_job(database, settings, job, utc_now(), early=True)
            click.echo(f"{job.name}: {_result(outcome)}")
            failed = failed or (outcome is not None and outcome.fault is not None)
    if failed:
        context.exit(1)


def _result(outcome: Outcome | None) -> str:
    if outcome is None:
        return "another server runs it"
    return f"failed ({outcome.fault})" if outcome.fault else f"did {outcome.done}"
