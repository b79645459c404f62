"""The answers themselves: whose they are, how far they can be trusted, what is read of them and what they are for."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.orm import Session

from cem.alerts.keeping import read_rules
from cem.alerts.rules import Rule
from cem.comments.models import CommentReading
from cem.explorer.drivers import drivers_of
from cem.operations.figures import operational_metrics
from cem.programme.evidence.found import Found, Gather, Moment, Part, share, share_of
from cem.programme.evidence.reading import VALID, customer_kpis, day_after, first_day, open_surveys, valid_by
from cem.programme.evidence.rewards import agreed_plans, on_customers
from cem.programme.scoring import HIGHEST
from cem.rewards.terms import SurveyScore
from cem.scorecards.offers import OfferedSurvey, read_offers
from cem.scorecards.targets import targets_of
from surveys.database import Document
from surveys.languages import CODES, N_, language
from surveys.models import COUNTERS, ContactDetail, Invitation, Response, Survey, Tally
from surveys.questionnaire import Comment, Contact, Question, Scored

# From so many duplicates on there is no golden record of customers.
DUPLICATES = 0.02
UNPROVEN = HIGHEST - 1
DOUBLED = N_("That fewer than 2% of the customers are kept twice is not proven by their addresses.")
UNCHECKED = N_("No sample was read twice by people, so how far people and machine agree is not known.")
UNKNOWN = "unknown"


def of_known_customers(reader: Session, moment: Moment) -> Found | None:
    """4.2: of the valid responses to surveys that are not anonymous, those to somebody's own invitation."""
    named = [one.survey_id for one in read_offers(reader).surveys.values() if not one.questionnaire.anonymous]
    known = (Invitation.survey_id == Response.survey_id) & (Invitation.invitation_id == Response.response_id)
    n, linked = reader.execute(
        select(func.count(), func.count(Invitation.customer_id))
        .select_from(Response)
        .outerjoin(Invitation, known)
        .where(
            Response.survey_id.in_(named),
            Response.day >= first_day(moment),
            Response.day < day_after(moment),
            Response.quality == VALID,
        )
    ).one()
    sure = _kept_once(reader)
    return share(
        int(linked),
        int(n),
        sample=True,
        cap=HIGHEST if sure else UNPROVEN,
        caution="" if sure else DOUBLED,
        address="/responses",
    )


def _kept_once(reader: Session) -> bool:
    """Whether hardly any address is that of two customers; without addresses nobody can tell."""
    counted = select(func.count(), func.count(ContactDetail.address.distinct())).group_by(ContactDetail.channel)
    addresses = different = 0
    for all_of_them, each_once in reader.execute(counted):
        addresses, different = addresses + all_of_them, different + each_once
    return addresses > 0 and addresses - different < DUPLICATES * addresses


def complete_and_valid(reader: Session, moment: Moment) -> Found | None:
    """4.8: the mean of two shares: questions on a scale that were answered, and responses that are valid."""
    lately = (Response.day >= first_day(moment), Response.day < day_after(moment))
    counted = (
        select(Response.survey_id, func.count(), func.sum(case((Response.quality == VALID, 1), else_=0)))
        .where(Response.survey_id.in_(select(Survey.survey_id)), *lately)
        .group_by(Response.survey_id)
    )
    responses = {survey_id: (int(n), int(valid)) for survey_id, n, valid in reader.execute(counted)}
    given = asked = 0
    for survey in read_offers(reader).surveys.values():
        valid = responses.get(survey.survey_id, (0, 0))[1]
        always = {one.series for one in survey.questionnaire.questions if isinstance(one, Scored) and not one.show_if}
        asked += valid * len(always)
        given += sum(min(valid, n) for n in _answered(reader, moment, survey.survey_id, always))
    n = sum(all_of_them for all_of_them, _ in responses.values())
    if not n or not asked:
        return None
    validity = sum(valid for _, valid in responses.values()) / n
    return Found(50 * (validity + given / asked), n, address="/quality")


def _answered(reader: Session, moment: Moment, survey_id: uuid.UUID, series: Collection[str]) -> list[int]:
    """How many valid responses answered each of these series, 'not applicable' being an answer."""
    total = sum((getattr(Tally, name) for name in COUNTERS), Tally.not_applicable)
    rows = reader.scalars(
        select(func.sum(total))
        .where(
            Tally.survey_id == survey_id,
            Tally.series.in_(sorted(series)),
            Tally.day >= first_day(moment),
            Tally.day < day_after(moment),
            Tally.quality == VALID,
        )
        .group_by(Tally.series)
    )
    return [int(n) for n in rows]


def comments_understood(reader: Session, moment: Moment) -> Found | None:
    """5.3: of the valid responses with a comment, those in which a topic and a sentiment were found."""
    everywhere = select(Survey.survey_id)
    commented = select(func.count()).where(
        Response.survey_id.in_(everywhere),
        Response.has_comment,
        Response.day >= first_day(moment),
        Response.day < day_after(moment),
        Response.quality == VALID,
    )
    read = select(func.count()).where(
        CommentReading.survey_id.in_(everywhere),
        CommentReading.day >= first_day(moment),
        CommentReading.day < day_after(moment),
        CommentReading.quality == VALID,
        CommentReading.sentiment != UNKNOWN,
        CommentReading.topics != literal([], Document),
    )
    n, understood = reader.scalar(commented) or 0, reader.scalar(read) or 0
    return share(understood, n, sample=True, cap=UNPROVEN, caution=UNCHECKED, address="/comments")


def questions_used(reader: Session, moment: Moment) -> Found | None:
    """5.8: questions of open surveys whose answers a KPI, a list of drivers, a rule or the reading of comments uses."""
    rules = [kept.rule for kept in read_rules(reader, enabled=True) if kept.rule.watch == "answer"]
    read = set(reader.scalars(select(CommentReading.survey_id).where(_recent_reading(moment)).distinct()))
    paid = {
        (one.source.survey, one.source.series)
        for _, terms in agreed_plans(reader).values()
        for one in on_customers(terms)
        if isinstance(one.source, SurveyScore)
    }
    explained = {one.kpi for one in operational_metrics(reader)}
    answered = valid_by(reader, moment, "survey_id")
    parts = []
    for survey in open_surveys(reader, read_offers(reader)):
        there = [rule for rule in rules if not rule.surveys or survey.slug in rule.surveys]
        named = explained | set(targets_of(reader, survey.survey_id, "", moment.today)) | _in_rules(there)
        named |= {series for slug, series in paid if slug == survey.slug}
        series = named | _shown(survey) if answered.get(survey.survey_id, 0) else set()
        for question in survey.questionnaire.questions:
            match question:
                case Scored():
                    used = question.series in series
                case Comment():
                    used = survey.survey_id in read
                case Contact():
                    used = bool(there)
                case _:
                    used = False
            parts.append(_question_part(survey, question, counts=used))
    return share_of(parts, address="/explorer")


def _recent_reading(moment: Moment) -> ColumnElement[bool]:
    return and_(
        CommentReading.survey_id.in_(select(Survey.survey_id)),
        CommentReading.day >= first_day(moment),
        CommentReading.day < day_after(moment),
    )


def _in_rules(rules: list[Rule]) -> set[str]:
    return {rule.series for rule in rules if rule.series}


def _shown(survey: OfferedSurvey) -> set[str]:
    """The series that scorecards show as KPIs, and those that may explain one of them."""
    questions = [one for one in survey.questionnaire.questions if isinstance(one, Scored)]
    kpis = {one.kpi.series for one in customer_kpis([survey])}
    drivers = {
        driver.series
        for outcome in questions
        if outcome.series in kpis
        for driver in drivers_of(survey.questionnaire, outcome)
    }
    return kpis | drivers


def _question_part(survey: OfferedSurvey, question: Question, *, counts: bool) -> Part:
    spoken = [language(code) for code in CODES]
    names = {one.code: f"{one.own(survey.title)}: {one.own(question.text)}" for one in spoken}
    return Part(counts, names, address=f"/explorer?survey={survey.slug}")


REGISTRY: dict[str, Gather] = {
    "4.2": of_known_customers,
    "4.8": complete_and_valid,
    "5.3": comments_understood,
    "5.8": questions_used,
}
