"""Tables: columns and constraints, no logic."""

from surveys.models.company import Journey, Segment, Stage, Touchpoint, Unit
from surveys.models.customers import ContactDetail, Customer, Encounter
from surveys.models.outbox import Outgoing
from surveys.models.questionnaires import Survey, SurveyVersion
from surveys.models.responses import COUNTERS, Arrival, Draft, Invitation, ReplyAddress, Response, Tally

__all__ = [
    "COUNTERS",
    "Arrival",
    "ContactDetail",
    "Customer",
    "Draft",
    "Encounter",
    "Invitation",
    "Journey",
    "Outgoing",
    "ReplyAddress",
    "Response",
    "Segment",
    "Stage",
    "Survey",
    "SurveyVersion",
    "Tally",
    "Touchpoint",
    "Unit",
]
