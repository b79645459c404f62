"""What came after: whether units whose customers were more content kept more of them in the next period.

Only of perceptions whose customers the company's books know. A correlation of a few pairs is no proof; it is there so
that a plan which pays for a score that nothing follows from is seen before it is agreed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from cem.outcomes.followed import Books, read_books
from cem.outcomes.keeping import books_until, count_kept, customers_by_unit
from cem.rewards.calculation import UnitTrace
from cem.rewards.periods import RewardPeriod
from cem.rewards.terms import Measure, SurveyScore, Terms
from cem.scorecards.offers import Offers
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate
from metrics.outcomes.links import linked_correlation

# Fewer pairs show anything.
FEWEST_PAIRS = 10

Scored = tuple[RewardPeriod, Mapping[str, UnitTrace]]


@dataclass(frozen=True)
class Foretold:
    """A measure and its link: the correlation, over units and periods, of the score with who stayed afterwards."""

    measure: str
    link: Estimate


def foretell(session: Session, offers: Offers, terms: Terms, past: Sequence[Scored]) -> tuple[Foretold, ...]:
    """Each perception of a plan; none where the books tell of no customer."""
    books = read_books(session)
    if not books:
        return ()
    return tuple(
        Foretold(measure.code, _link(list(_pairs(session, offers, measure, measure.source, past, books))))
        for measure in terms.measures
        if isinstance(measure.source, SurveyScore)
    )


def _link(pairs: Sequence[tuple[float, float]]) -> Estimate:
    if len(pairs) < FEWEST_PAIRS:
        return Estimate(None, None, None, len(pairs), len(pairs), "fisher")
    scores, shares = zip(*pairs, strict=True)
    return linked_correlation(scores, shares)


def _pairs(
    session: Session, offers: Offers, measure: Measure, source: SurveyScore, past: Sequence[Scored], books: Books
) -> Iterator[tuple[float, float]]:
    """The score of each unit in each period with the share of its customers, in percent, who stayed in the next."""
    end = books_until(books)
    for period, traces in past:
        after = period.plus(1)
        if end is None or end < after.last_day:
            continue
        survey_id = offers.surveys[source.survey].survey_id
        customers = customers_by_unit(session, survey_id, period.first_day, period.end)
        for unit, trace in traces.items():
            line = next(line for line in trace.lines if line.measure == measure.code)
            # What stood in for a unit is another unit's score.
            if line.used != "own" or line.snapshot is None or line.snapshot.unit != unit or not line.snapshot.value:
                continue
            own = set().union(*(customers.get(code, ()) for code in offers.subtree(unit)))
            stayed, known = count_kept(books, own, after.first_day, after.last_day)
            if known >= MINIMUM:
                yield float(Fraction(line.snapshot.value)), 100 * stayed / known
