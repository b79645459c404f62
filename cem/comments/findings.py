"""What comments add up to: the topics with their KPI, and the words that part promoters from detractors."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from cem.comments.lists import within
from cem.comments.models import CommentReading
from cem.scorecards.choices import Choice
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate, Histogram, adjust_p_values, proportion
from metrics.text.keywords import Keyword, keywords
from surveys.models import Invitation, Response
from surveys.questionnaire import Questionnaire, Scored

ALPHA = 0.05
NEWEST = 3_000  # comments whose words are compared
SHOWN = 10  # keywords of each side


@dataclass(frozen=True)
class TopicLine:
    """A topic: the share of comments that name it, the KPI of those who do, and whether they differ from the others.

    `differs` is 1 or -1 where the KPI is above or below that of the other comments and chance would hardly make it.
    """

    code: str
    n: int
    share: Estimate
    estimate: Estimate | None
    differs: int


@dataclass(frozen=True)
class TopicTable:
    """The topics, the most frequent first; `whole` is the KPI of all who wrote, `without` how many named none."""

    lines: tuple[TopicLine, ...]
    comments: int
    without: int
    whole: Estimate | None


def topic_table(reader: Session, choice: Choice, questionnaire: Questionnaire) -> TopicTable:
    """The topics of a choice's comments, from one grouped query."""
    ids = [q.id for q in questionnaire.questions if isinstance(q, Scored) and q.series == choice.kpi]
    comments: Counter[str] = Counter()
    scores: dict[str, list[int]] = defaultdict(lambda: [0] * 11)
    total = without = 0
    whole = [0] * 11
    for topics, given, n in _grouped(reader, choice, ids):
        total += n
        without += 0 if topics else n
        score = next((value for value in given if isinstance(value, int)), None)
        if score is not None:
            whole[score] += n
        for topic in topics:
            comments[topic] += n
            if score is not None:
                scores[topic][score] += n
    everybody = Histogram(whole)
    by_topic = {topic: Histogram(scores[topic]) for topic in comments}
    shown = {topic: h for topic, h in by_topic.items() if _may_show(h, everybody)} if ids else {}
    differs = _different(choice, shown, everybody)
    return TopicTable(
        lines=tuple(
            TopicLine(
                code=topic,
                n=n,
                share=proportion(n, total),
                estimate=choice.focus.estimate(shown[topic]) if topic in shown else None,
                differs=differs.get(topic, 0),
            )
            for topic, n in comments.most_common()
            if n >= MINIMUM
        ),
        comments=total,
        without=without,
        whole=choice.focus.estimate(everybody) if ids and everybody.n >= MINIMUM else None,
    )


def keywords_of(reader: Session, choice: Choice) -> tuple[Keyword, ...]:
    """The words of those whose score is for against the words of those whose score is against, by customers."""
    rows = reader.execute(
        select(
            CommentReading.words,
            CommentReading.by_score,
            func.coalesce(Invitation.customer_id, CommentReading.response_id).label("customer"),
        )
        .outerjoin(
            Invitation,
            and_(
                Invitation.survey_id == CommentReading.survey_id,
                Invitation.invitation_id == CommentReading.response_id,
            ),
        )
        .where(*within(choice), CommentReading.by_score != "")
        .order_by(CommentReading.day.desc(), CommentReading.response_id.desc())
        .limit(NEWEST)
    )
    said: dict[str, dict[object, list[str]]] = {"positive": defaultdict(list), "negative": defaultdict(list)}
    for words, by_score, customer in rows:
        said[by_score][customer].append(words)
    sides = [["\n".join(texts) for texts in said[side].values()] for side in ("positive", "negative")]
    if min(map(len, sides)) < MINIMUM:
        return ()
    found = keywords(*sides)
    return tuple(word for sign in (1, -1) for word in [w for w in found if w.z * sign > 0][:SHOWN])


def _grouped(reader: Session, choice: Choice, ids: Sequence[str]) -> list[tuple[list[str], list[object], int]]:
    """How many comments hold each set of topics with each score."""
    answers = [Response.answers[name].label(f"held_{place}") for place, name in enumerate(ids)]
    held = select(CommentReading.topics, *answers).where(*within(choice))
    if ids:
        held = held.join(
            Response,
            and_(Response.survey_id == CommentReading.survey_id, Response.response_id == CommentReading.response_id),
        )
    inner = held.subquery()
    counted = reader.execute(select(*inner.c, func.count()).group_by(*inner.c))
    return [(topics, values, n) for topics, *values, n in counted]


def _may_show(h: Histogram, everybody: Histogram) -> bool:
    """Few scores are hidden, and so are those whose rest is few: the rest is the whole less the topic."""
    return h.n >= MINIMUM and (everybody.n - h.n >= MINIMUM or everybody.n == h.n)


def _different(choice: Choice, topics: Mapping[str, Histogram], everybody: Histogram) -> dict[str, int]:
    """Those who name a topic against those who do not, adjusted for how many topics there are."""
    kpi = choice.focus if topics else None
    if kpi is None:
        return {}
    enough = {
        topic: h for topic, h in topics.items() if kpi.estimate(h).enough() and kpi.estimate(everybody - h).enough()
    }
    changes = {topic: kpi.change(everybody - h, h) for topic, h in enough.items()}
    adjusted = adjust_p_values([change.p for change in changes.values()])
    found = {}
    for (topic, change), p in zip(changes.items(), adjusted, strict=True):
        if p is not None and p < ALPHA and change.difference:
            found[topic] = 1 if change.difference > 0 else -1
    return found
