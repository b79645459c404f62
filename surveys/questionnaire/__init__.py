"""A questionnaire as one document: its check, its files, its logic, and a customer's answers read against it."""

from surveys.questionnaire.answers import Form
from surveys.questionnaire.check import check, check_next_version
from surveys.questionnaire.document import (
    CES,
    CSAT,
    NOT_APPLICABLE,
    NPS,
    YES,
    Answer,
    BaseQuestion,
    Block,
    Choice,
    Comment,
    Condition,
    Contact,
    Date,
    MultipleChoice,
    Number,
    Option,
    PicksOne,
    Question,
    Questionnaire,
    Rating,
    Scored,
    SingleChoice,
    Text,
)
from surveys.questionnaire.faults import Fault, QuestionnaireFaults
from surveys.questionnaire.files import json_schema, read_yaml, to_yaml
from surveys.questionnaire.logic import holds, shown
from surveys.questionnaire.reading import AnswerFault, Reader, Reading
from surveys.questionnaire.scores import scores

__all__ = [
    "CES",
    "CSAT",
    "NOT_APPLICABLE",
    "NPS",
    "YES",
    "Answer",
    "AnswerFault",
    "BaseQuestion",
    "Block",
    "Choice",
    "Comment",
    "Condition",
    "Contact",
    "Date",
    "Fault",
    "Form",
    "MultipleChoice",
    "Number",
    "Option",
    "PicksOne",
    "Question",
    "Questionnaire",
    "QuestionnaireFaults",
    "Rating",
    "Reader",
    "Reading",
    "Scored",
    "SingleChoice",
    "Text",
    "check",
    "check_next_version",
    "holds",
    "json_schema",
    "read_yaml",
    "scores",
    "shown",
    "to_yaml",
]
