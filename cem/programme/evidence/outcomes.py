"""What customers do after they answered, and all that success is: segments, loyalty, links to money, families."""

import uuid
from datetime import date, timedelta

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from cem.comments.models import CommentReading
from cem.operations.models import OperationalFigure
from cem.outcomes.followed import MOST, count_customers, follow, read_books
from cem.outcomes.groups import membership
from cem.outcomes.models import CustomerRecord
from cem.outcomes.staying import find_staying
from cem.programme.evidence.found import Found, Gather, Moment, Part, count_of, share, share_of
from cem.programme.evidence.reading import (
    VALID,
    AskedKpi,
    customer_kpis,
    day_after,
    first_day,
    open_surveys,
    scores_by,
    valid_by,
)
from cem.programme.evidence.scorecards import choice_of
from cem.scorecards.offers import OfferedSurvey, read_offers
from cem.scorecards.privacy import MINIMUM
from surveys.languages import N_
from surveys.models import Survey
from surveys.questionnaire import Scored

# How old the books may be: for a segment, and for a link between a KPI and what customers do; in days.
BOOKS_OF_A_YEAR, BOOKS_OF_A_LINK = 365, 180
ANSWERED = 365
PUBLIC = ("social", "community")


def _latest_records(first: date) -> Subquery:
    """The day of each customer's newest record, of those that are no older than `first`."""
    return (
        select(CustomerRecord.customer_id, func.max(CustomerRecord.day).label("day"))
        .where(CustomerRecord.day >= first)
        .group_by(CustomerRecord.customer_id)
        .subquery()
    )


def _books_day(reader: Session) -> date | None:
    return reader.scalar(select(func.max(CustomerRecord.day)))


def customers_told_apart(reader: Session, moment: Moment) -> Found | None:
    """5.4: of the customers who are still there by books of the last year, those with a need segment beside a value."""
    latest = _latest_records(first_day(moment, BOOKS_OF_A_YEAR))
    n, known = reader.execute(
        select(func.count(), func.count(CustomerRecord.need_segment))
        .select_from(CustomerRecord)
        .join(latest, (latest.c.customer_id == CustomerRecord.customer_id) & (latest.c.day == CustomerRecord.day))
        .where(CustomerRecord.left_on.is_(None))
    ).one()
    return share(int(known), int(n), address="/outcomes")


def kpis_linked(reader: Session, moment: Moment) -> Found | None:
    """5.6: KPIs whose groups hold enough customers of the books to compare who stayed, whatever comes of it."""
    day = _books_day(reader)
    if day is None or day <= moment.today - timedelta(days=BOOKS_OF_A_LINK):
        return None
    books, customers = read_books(reader), count_customers(reader)
    limit = uuid.UUID(int=(MOST << 128) // customers) if customers > MOST else None

    def linked(asked: AskedKpi) -> bool:
        questionnaire = asked.survey.questionnaire
        if questionnaire.anonymous:
            return False
        choice = choice_of(asked.survey, asked.kpi.series, moment, ANSWERED, limit)
        ids = [q.id for q in questionnaire.questions if isinstance(q, Scored) and q.series == asked.kpi.series]
        followed = follow(reader, choice, ids, books)
        return find_staying(followed, membership(asked.kpi, followed.score)).horizon is not None

    asked = customer_kpis(open_surveys(reader, read_offers(reader)))
    return share_of((one.part(counts=linked(one)) for one in asked), address="/outcomes")


def loyalty_computed(reader: Session, moment: Moment) -> Found | None:
    """6.3: which outcomes of loyalty the product computes from books of the last days."""
    if _books_day(reader) is None:
        return None
    latest = _latest_records(first_day(moment))
    n, spend_known = reader.execute(
        select(func.count(), func.count(CustomerRecord.category_spend))
        .select_from(CustomerRecord)
        .join(latest, (latest.c.customer_id == CustomerRecord.customer_id) & (latest.c.day == CustomerRecord.day))
    ).one()
    return count_of(
        (
            Part(n >= MINIMUM, text=N_("Retention"), address="/outcomes", code="retention"),
            Part(spend_known >= MINIMUM, text=N_("Share of wallet"), address="/outcomes"),
            Part(False, text=N_("Win-back")),
            Part(False, text=N_("Up-selling and cross-selling")),
            Part(False, text=N_("Referral")),
        ),
        address="/outcomes",
    )


def families_live(reader: Session, moment: Moment) -> Found | None:
    """6.1: the families of measures that have data of the last days."""
    offers = read_offers(reader)
    if not offers.surveys:
        return None
    kinds = _kinds_answered(reader, moment, open_surveys(reader, offers))
    channels = valid_by(reader, moment, "channel")
    internal = [one.survey_id for one in offers.surveys.values() if one.kind == "internal_service"]
    answered = valid_by(reader, moment, "survey_id")
    books = _books_day(reader)
    fresh = books is not None and books >= first_day(moment)
    first = first_day(moment)
    earned = select(CustomerRecord.customer_id).where(CustomerRecord.day >= first, CustomerRecord.margin != 0)
    figures = select(OperationalFigure.figure_id).where(OperationalFigure.last_day >= first)
    return count_of(
        (
            Part(bool(kinds & {"nps", "csat", "mean"}), text=N_("Perception"), address="/scorecards"),
            Part("ces" in kinds, text=N_("Effort"), address="/scorecards"),
            Part(_feelings_read(reader, moment), text=N_("Emotion, as comments show it"), address="/comments"),
            Part(fresh, text=N_("Behaviour"), address="/outcomes"),
            Part(reader.scalar(figures.limit(1)) is not None, text=N_("Operations"), address="/operations"),
            Part(any(answered.get(one, 0) for one in internal), text=N_("Staff"), address="/scorecards"),
            Part(fresh and reader.scalar(earned.limit(1)) is not None, text=N_("Finance"), address="/outcomes"),
            Part(any(channels.get(code, 0) for code in PUBLIC), text=N_("Social media and community")),
        )
    )


def _kinds_answered(reader: Session, moment: Moment, surveys: list[OfferedSurvey]) -> set[str]:
    """The kinds of KPIs that customers answered lately."""
    kinds = set[str]()
    for survey in surveys:
        kpis = [one.kpi for one in customer_kpis([survey])]
        scores = scores_by(reader, moment, survey, kpis)
        kinds |= {kpi.kind for kpi in kpis if any(h.n for h in scores.get(kpi.series, {}).values())}
    return kinds


def _feelings_read(reader: Session, moment: Moment) -> bool:
    """Whether a comment of the last days has a sentiment."""
    read = select(CommentReading.response_id).where(
        CommentReading.survey_id.in_(select(Survey.survey_id)),
        CommentReading.day >= first_day(moment),
        CommentReading.day < day_after(moment),
        CommentReading.quality == VALID,
        CommentReading.sentiment != "unknown",
    )
    return reader.scalar(read.limit(1)) is not None


REGISTRY: dict[str, Gather] = {
    "5.4": customers_told_apart,
    "5.6": kpis_linked,
    "6.1": families_live,
    "6.3": loyalty_computed,
}
