"""Evidence of every criterion that the product knows of: a row a day, gathered by a job."""

from datetime import datetime

import msgspec
from sqlalchemy import delete

from cem.programme.criteria import read_criteria
from cem.programme.evidence.found import Found, Moment
from cem.programme.evidence.registry import REGISTRY
from cem.programme.models import CriterionEvidence
from cem.settings import Settings
from surveys.database import Database


def gather(database: Database, settings: Settings, now: datetime) -> int:
    """Gather today's evidence anew; how many criteria have some. Reading holds nobody up: the rows go in at the end."""
    moment = Moment(now, settings.zone)
    with database.read() as reader:
        found = {code: found for code, function in REGISTRY.items() if (found := function(reader, moment)) is not None}
    version = read_criteria().version
    with database.write() as session:
        session.execute(delete(CriterionEvidence).where(CriterionEvidence.day == moment.today))
        session.add_all(
            CriterionEvidence(
                criterion=code, day=moment.today, version=version, gathered_at=now, document=msgspec.to_builtins(one)
            )
            for code, one in found.items()
        )
    return len(found)


def found_of(row: CriterionEvidence) -> Found:
    """The evidence of a row."""
    return msgspec.convert(row.document, Found)
