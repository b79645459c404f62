"""What customers said, for those who answer them: the answers that a case is about, and its first words in a list."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from cem.cases.models import Case, CaseMessage, CaseSignal
from cem.responses.answers import Given, given
from metrics.text.personal_data import scrub
from surveys.formats.exports import read_versions
from surveys.languages import Language
from surveys.models import Invitation, Response, Survey
from surveys.questionnaire import Comment, Questionnaire, Text

# So many letters of the customer's words stand in a line of the list.
FIRST_WORDS = 160
LAST_ANSWERS = 3

Key = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class Said:
    """One answer in the reader's language, with the customer's own words, and the survey that asked."""

    title: Text
    given: Given


class Surveys:
    """The surveys' questionnaires, read once for a page."""

    def __init__(self, reader: Session) -> None:
        self._reader = reader
        self._versions: dict[uuid.UUID, dict[int, Questionnaire]] = {}

    def asked(self, response: Response) -> Questionnaire:
        if response.survey_id not in self._versions:
            self._versions[response.survey_id] = read_versions(self._reader, response.survey_id)
        return self._versions[response.survey_id][response.version]

    def said(self, response: Response, spoken: Language) -> Said:
        """The answer with its questions."""
        asked = self.asked(response)
        return Said(asked.title, given(response, asked, spoken, words=True))

    def comment(self, response: Response) -> str:
        """What the customer wrote, without personal data."""
        asked = self.asked(response)
        written = [response.answers.get(question.id) for question in asked.questions if isinstance(question, Comment)]
        return scrub("\n".join(text for text in written if isinstance(text, str)), lambda _kind: "[…]")


def answers_of(reader: Session, case: Case, spoken: Language) -> list[Said]:
    """All answers that a case is about, in their order."""
    surveys = Surveys(reader)
    keys = reader.execute(
        select(CaseSignal.survey_id, CaseSignal.response_id)
        .where(CaseSignal.case_id == case.case_id)
        .order_by(CaseSignal.at, CaseSignal.response_id)
    )
    found = _responses(reader, [(one.survey_id, one.response_id) for one in keys])
    return [surveys.said(response, spoken) for response in found.values()]


def first_words(reader: Session, cases: Iterable[Case]) -> Mapping[uuid.UUID, str]:
    """The beginning of what each customer said: of a logged case its words, else the comment, else their message."""
    cases = list(cases)
    surveys = Surveys(reader)
    keys = {
        case.case_id: (case.survey_id, case.response_id)
        for case in cases
        if case.survey_id is not None and case.response_id is not None
    }
    responses = _responses(reader, keys.values())
    words = {case.case_id: scrub(case.words, lambda _kind: "[…]") for case in cases}
    for case_id, key in keys.items():
        if not words[case_id] and key in responses:
            words[case_id] = surveys.comment(responses[key])
    silent = [case_id for case_id, said in words.items() if not said]
    messages = select(CaseMessage.case_id, CaseMessage.text).where(
        CaseMessage.case_id.in_(silent), CaseMessage.kind == "message"
    )
    for case_id, text in reader.execute(messages.order_by(CaseMessage.message_id.desc())):
        words[case_id] = scrub(text, lambda _kind: "[…]")
    return {case_id: _cut(said) for case_id, said in words.items()}


def last_answers(reader: Session, case: Case, spoken: Language) -> list[Said]:
    """What the same customer answered lately, beside what the case is about."""
    if case.customer_id is None:
        return []
    about = set(
        reader.execute(
            select(CaseSignal.survey_id, CaseSignal.response_id).where(CaseSignal.case_id == case.case_id)
        ).all()
    )
    surveys, found = Surveys(reader), list[Response]()
    for survey_id in reader.scalars(select(Survey.survey_id).order_by(Survey.survey_id)):
        # The key of a customer's invitations begins with the survey.
        statement = (
            select(Response)
            .join(
                Invitation,
                (Invitation.survey_id == Response.survey_id) & (Invitation.invitation_id == Response.response_id),
            )
            .where(Invitation.survey_id == survey_id, Invitation.customer_id == case.customer_id)
            .order_by(Response.response_id.desc())
            .limit(LAST_ANSWERS + len(about))
        )
        found += [one for one in reader.scalars(statement) if (one.survey_id, one.response_id) not in about]
    found.sort(key=lambda one: (one.day, one.response_id), reverse=True)
    return [surveys.said(one, spoken) for one in found[:LAST_ANSWERS]]


def _responses(reader: Session, keys: Iterable[Key]) -> dict[Key, Response]:
    keys = list(keys)
    if not keys:
        return {}
    statement = select(Response).where(tuple_(Response.survey_id, Response.response_id).in_(keys))
    found = {(one.survey_id, one.response_id): one for one in reader.scalars(statement)}
    return {key: found[key] for key in keys if key in found}


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= FIRST_WORDS else words[: FIRST_WORDS - 1].rstrip() + "…"
