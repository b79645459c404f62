"""Every table of the product, for whoever needs them all: migrations and their test."""

import cem.alerts.models
import cem.audit
import cem.calendar.models
import cem.cases.models
import cem.comments.models
import cem.digests.models
import cem.improvements.models
import cem.jobs.models
import cem.operations.models
import cem.outcomes.models
import cem.people.models
import cem.programme.models
import cem.quality.models
import cem.rewards.models
import cem.scorecards.models
import surveys.models
from surveys.database import Base

__all__ = ["metadata"]

metadata = Base.metadata

# Named so that the imports are seen to be needed: importing a module is what declares its tables.
MODULES = (
    cem.alerts.models,
    cem.audit,
    cem.calendar.models,
    cem.cases.models,
    cem.comments.models,
    cem.digests.models,
    cem.improvements.models,
    cem.jobs.models,
    cem.operations.models,
    cem.outcomes.models,
    cem.people.models,
    cem.programme.models,
    cem.quality.models,
    cem.rewards.models,
    cem.scorecards.models,
    surveys.models,
)
