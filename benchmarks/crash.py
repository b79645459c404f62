"""The crash test: kill the server without warning while it is loaded, start it again, and miss nothing.

Clients keep every response id that was acknowledged. After each kill the server starts again on the same database; at
the end every acknowledged response must be there exactly once, and the tallies must equal a recount.
"""

import random
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from sqlalchemy import select

from benchmarks.measures import Measure, installation
from benchmarks.servers import SECRET, start
from surveys import tallies
from surveys.database import Database, new_id
from surveys.links import Links, Ticket
from surveys.models import Response, SurveyVersion
from surveys.questionnaire import Questionnaire, scores


@dataclass(frozen=True)
class Outcome:
    """What a crash test found."""

    kills: int
    acknowledged: int
    lost: int
    stored: int
    tallies_differing: int

    @property
    def sound(self) -> bool:
        return self.acknowledged > 0 and not self.lost and not self.tallies_differing


def crash(folder: Path, database: Database, survey_id: UUID, *, kills: int, port: int, clients: int = 8) -> Outcome:
    """Kill the server of this folder so many times, each after half a second to two of load."""
    generator = random.Random(kills)
    acknowledged: set[UUID] = set()
    stop = threading.Event()
    workers = [threading.Thread(target=_client, args=(port, survey_id, acknowledged, stop)) for _ in range(clients)]
    process = start("product", folder, port)
    for worker in workers:
        worker.start()
    try:
        for _ in range(kills):
            time.sleep(generator.uniform(0.5, 2))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = start("product", folder, port)
        time.sleep(0.5)
    finally:
        stop.set()
        for worker in workers:
            worker.join()
        process.terminate()
        process.wait(30)
    return _examine(database, survey_id, kills, acknowledged)


def _client(port: int, survey_id: UUID, acknowledged: set[UUID], stop: threading.Event) -> None:
    """Send responses as a person's browser would: after a lost connection the same one again."""
    links = Links(SECRET)
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    while not stop.is_set():
        response_id = new_id()
        shown = datetime.now(UTC) - timedelta(seconds=30)
        ticket = links.ticket(Ticket(survey_id, response_id, 1, shown, channel="web"))
        form = urlencode({"ticket": ticket, "q.recommend": response_id.int % 11, "q.satisfied": "4"})
        while not stop.is_set():
            try:
                connection.request("POST", "/s/five", form, {"Content-Type": "application/x-www-form-urlencoded"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException):
                connection.close()
                time.sleep(0.02)
                continue
            if answer.status == 303:
                acknowledged.add(response_id)
                break
            time.sleep(0.02)
    connection.close()


def _examine(database: Database, survey_id: UUID, kills: int, acknowledged: set[UUID]) -> Outcome:
    with database.read() as session:
        stored = set(session.scalars(select(Response.response_id).where(Response.survey_id == survey_id)))
        document = session.get_one(SurveyVersion, (survey_id, 1)).document
    questionnaire = msgspec.convert(document, Questionnaire)

    def scores_of(_: int, answers: Mapping[str, Any]) -> Any:
        return scores(questionnaire, answers)

    with database.writer.begin() as connection:
        differing = tallies.differences(connection, survey_id, scores_of)
    return Outcome(kills, len(acknowledged), len(acknowledged - stored), len(stored), len(differing))


def crash_measure() -> list[Measure]:
    """Twenty kills on the embedded database."""
    with installation() as (folder, database, surveys):
        found = crash(folder, database, surveys["five"], kills=20, port=8717, clients=16)
    return [
        Measure(
            "crash test, 20 x SIGKILL under load",
            f"{found.acknowledged:,} acknowledged, {found.lost} lost, {found.tallies_differing} tally rows differ",
            f"{found.stored:,} stored, each once",
            "none lost, none differ",
            found.sound,
        )
    ]
