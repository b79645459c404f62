"""The product itself finds each planted fact, from the data alone, on the page where somebody would look for it."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from cem.demo.planted import BURST, CASH_MACHINE, GAMING, LAUNCH, MIX_SHIFT, NOWRUZ, QUEUE
from cem.demo.timeline import Timeline
from cem.people.accounts import Person
from cem.roles import Role
from cem.scorecards.choices import read_choice
from cem.scorecards.findings.changes import Broken
from cem.scorecards.findings.finding import Finding
from cem.scorecards.findings.mix import Mixed
from cem.scorecards.findings.oddities import Burst, Outlier, Season, Standing
from cem.scorecards.findings.search import SHOWN
from cem.scorecards.offers import read_offers
from cem.scorecards.scorecard import build_scorecard
from surveys.database import Database
from surveys.languages import Month, language

Found = TypeVar("Found", bound=Finding)
Look = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def look(demo: Database, timeline: Timeline) -> Look:
    """The findings of a page as an executive sees it; only those that the page itself shows."""

    def findings(**asked: str) -> tuple[Finding, ...]:
        person = Person("executive", "executive", Role.EXECUTIVE, None)
        with demo.read() as reader:
            offers = read_offers(reader)
            choice = read_choice(asked, offers, person, "jalali", timeline.today)
            assert choice is not None
            card = build_scorecard(reader, choice, offers, timeline.today, comments=False)
        return card.findings[:SHOWN]

    return findings


@pytest.fixture
def month(timeline: Timeline) -> Callable[[int], Month]:
    """A month, counted from the running one."""
    return Month.of(timeline.today, "jalali").plus


def said(finding: Finding) -> tuple[str, str]:
    return finding.sentence(language("en")), finding.sentence(language("fa"))


def one(findings: tuple[Finding, ...], kind: type[Found]) -> Found:
    return next(finding for finding in findings if isinstance(finding, kind))


def test_gaming(look: Look) -> None:
    """On the company's page Karaj is a question, not a success, with its top scores and its month ends."""
    found = one(look(), Outlier)

    assert (found.unit, found.touchpoint) == (GAMING.units[0], GAMING.touchpoints[0])
    assert found.rise is None
    assert found.piled is not None
    assert found.piled[0] > 1.5 * found.piled[1]
    assert "Ask before you praise" in said(found)[0]
    assert "پیش از تحسین بپرسید" in said(found)[1]


def test_launch(look: Look, month: Callable[[int], Month]) -> None:
    """On the app's page CSAT rose for good in the month of the launch, and the note about it is told beside it."""
    found = one(look(touchpoint=LAUNCH.touchpoints[0], kpi=LAUNCH.series), Broken)

    assert found.rise
    assert not found.broken.gradual
    assert abs(_distance(found.month, month(LAUNCH.since))) <= 1
    assert found.note is not None
    assert "launched" in said(found)[0]


def test_nowruz(look: Look) -> None:
    """On the company's CSAT page Farvardin is told to be low each year."""
    found = one(look(kpi=NOWRUZ.series), Season)

    assert {month.month for month in found.months} == {1}
    assert not found.rise
    assert "فروردین" in said(found)[1]


def test_mix_shift(look: Look) -> None:
    """On the company's page the total fell although every part rose, because customers moved from the branch."""
    findings = look(kpi=MIX_SHIFT.series)
    found = one(findings, Mixed)

    assert findings[0].kind == "change"
    assert findings[0].rise is False
    assert found.against
    assert found.everywhere
    assert found.mix.value < 0 < found.within.value
    assert "Branch visit" in said(found)[0]
    assert "although every one of its parts rose" in said(found)[0]


def test_queue(look: Look, month: Callable[[int], Month]) -> None:
    """On the northern region's page visits became easier for good when the queue system came; the others' did not."""
    found = one(look(touchpoint=QUEUE.touchpoints[0], unit="region-north", kpi=QUEUE.series), Broken)

    assert found.rise
    assert abs(_distance(found.month, month(QUEUE.since))) <= 1
    assert "Queue system" in said(found)[0]
    others = look(touchpoint=QUEUE.touchpoints[0], unit="region-south", kpi=QUEUE.series)
    assert not any(isinstance(finding, Broken) for finding in others)


def test_cash_machine(look: Look) -> None:
    """On the company's page the cash machines are a standing problem in each of its months."""
    found = one(look(), Standing)

    assert dict(found.link) == {"touchpoint": CASH_MACHINE.touchpoints[0]}
    assert found.below == found.months >= 20


def test_burst(look: Look) -> None:
    """On the company's page the night of suspect answers is named, with the NPS that it would have made."""
    found = one(look(), Burst)

    assert found.n >= BURST.at_least
    assert found.with_them < found.without


def _distance(a: Month, b: Month) -> int:
    return (a.year - b.year) * 12 + a.month - b.month
