"""Tables: columns and constraints, no logic."""

from surveys.models.company import Journey, Segment, Stage, Touchpoint, Unit
from surveys.models.customers import Customer, Encounter
from surveys.models.outbox import Outgoing
from surveys.models.questionnaires import Survey, SurveyVersion
from surveys.models.responses import COUNTERS, Draft, Invitation, Response, Tally

__all__ = [
    "COUNTERS",
    "Customer",
    "Draft",
    "Encounter",
    "Invitation",
    "Journey",
    "Outgoing",
    "Response",
    "Segment",
    "Stage",
    "Survey",
    "SurveyVersion",
    "Tally",
    "Touchpoint",
    "Unit",
]
