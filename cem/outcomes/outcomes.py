"""The whole page: a KPI of a survey against what its customers did next."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from cem.outcomes.followed import Books, Followed, count_customers, follow, read_books, read_needs
from cem.outcomes.groups import LOW, TOP, KpiGroup, groups_of, membership
from cem.outcomes.money import Spending, Worth, find_spending, worth_of_all, worth_of_groups
from cem.outcomes.segments import Matrix, Tile, find_matrix, find_tiles
from cem.outcomes.staying import Groups, Staying, find_staying
from cem.scorecards.choices import Choice
from cem.scorecards.privacy import MINIMUM
from metrics import Estimate, WordOfMouth, share_of_wallet, word_of_mouth
from surveys.questionnaire import Questionnaire, Scored


@dataclass(frozen=True)
class Assumptions:
    """What nobody measured: a discount in percent a year, and how many good words a bad one undoes."""

    discount: float
    multiplier: float


@dataclass(frozen=True)
class Outcomes:
    """What a choice shows; `groups` are those that are not hidden, with how many of each are followed."""

    followed: Followed
    groups: tuple[KpiGroup, ...]
    sizes: Mapping[str, int]
    staying: Staying
    spending: Spending
    worth: Worth | None
    worth_of: Mapping[str, Worth]
    wallet: Estimate
    wallet_of: Mapping[str, Estimate]
    talk: WordOfMouth | None
    tiles: tuple[Tile, ...]
    matrix: Matrix | None
    read: int
    customers: int

    def group(self, code: str) -> KpiGroup:
        return next(group for group in self.groups if group.code == code)


def build_outcomes(
    reader: Session, choice: Choice, questionnaire: Questionnaire, assumed: Assumptions, *, closed: bool
) -> Outcomes | None:
    """None where the company's books are not here; `closed` where the choice's answers must not be shown."""
    books = read_books(reader)
    if not books:
        return None
    kpi = choice.focus
    ids = [q.id for q in questionnaire.questions if isinstance(q, Scored) and q.series == kpi.series]
    followed = follow(reader, choice, ids, {} if closed else books)
    customers = count_customers(reader)
    groups = membership(kpi, followed.score)
    return Outcomes(
        followed=followed,
        groups=tuple(group for group in groups_of(kpi) if group.code in groups),
        sizes={code: int(inside.sum()) for code, inside in groups.items()},
        staying=find_staying(followed, groups),
        spending=find_spending(followed, groups, books, customers),
        worth=worth_of_all(books, assumed.discount),
        worth_of=worth_of_groups(followed, groups, assumed.discount),
        wallet=_wallet(books, list(books)),
        wallet_of=_wallets(books, followed, groups),
        talk=_talk(groups, assumed.multiplier) if kpi.kind == "nps" else None,
        tiles=find_tiles(books),
        matrix=find_matrix(kpi, followed, books, read_needs(reader)),
        read=len(books),
        customers=customers,
    )


def _wallet(books: Books, customers: list[object]) -> Estimate:
    """Of those of whom the company knows what they spend everywhere."""
    latest = [books[customer][-1] for customer in customers]  # type: ignore[index] # customers of the books
    known = [(record.spend, record.category_spend) for record in latest if record.category_spend is not None]
    ours, total = zip(*known, strict=True) if known else ((), ())
    return share_of_wallet(ours, total)


def _wallets(books: Books, followed: Followed, groups: Groups) -> dict[str, Estimate]:
    return {
        code: wallet
        for code, inside in groups.items()
        if (wallet := _wallet(books, [followed.customers[row] for row in np.flatnonzero(inside)])).n >= MINIMUM
    }


def _talk(groups: Groups, multiplier: float) -> WordOfMouth | None:
    """Who would recommend speaks well, and who would not speaks ill: once each, as nobody has counted."""
    if TOP not in groups or LOW not in groups:
        return None
    return word_of_mouth(groups[TOP].astype(float), groups[LOW].astype(float), multiplier)
