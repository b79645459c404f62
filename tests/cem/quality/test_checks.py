"""What the check finds, what the rules make of it, and that a dry run changes nothing."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from cem.audit import AuditEvent
from cem.quality.checks import Check, check_survey, check_waiting, find
from cem.quality.decisions import decide, scores_of
from cem.quality.models import QualityDecision
from cem.quality.rules import BURST, DUPLICATE, SPEEDING, STRAIGHT_LINING, RuleFault, parse_rules, read_rules, set_rules
from cem.settings import Settings
from surveys import tallies
from surveys.database import Database
from surveys.models import Response, Survey

Send = Callable[..., uuid.UUID]
NOW = datetime(2025, 11, 11, 8, tzinfo=UTC)
START, END = date(2025, 11, 1), date(2025, 12, 1)
MIXED = {"a1": 4, "a2": 5, "a3": 3, "a4": 4, "a5": 5}


def look(database: Database, survey: Survey, **marks: float | None) -> Check:
    """A dry run; `burst=5` sets that rule's threshold and lets it mark."""
    with database.read() as reader:
        rules = read_rules(reader, survey.survey_id)
        for signal, threshold in marks.items():
            usual = rules[signal].threshold
            rules[signal] = replace(rules[signal], threshold=usual if threshold is None else threshold, marks=True)
        return find(reader, survey.survey_id, rules, START, END)


def state(database: Database, response_id: uuid.UUID) -> tuple[str, list[str]]:
    with database.read() as reader:
        return reader.execute(  # type: ignore[return-value]
            select(Response.quality, Response.signals).where(Response.response_id == response_id)
        ).one()


def let(database: Database, survey: Survey, minute: int = 0, **marks: bool) -> None:
    with database.write() as session:
        rules = {name: replace(rule, marks=marks.get(name, False)) for name, rule in
                 read_rules(session, survey.survey_id).items()}  # fmt: skip
        set_rules(session, NOW + timedelta(minutes=minute), "cx", survey.survey_id, rules)


def test_speeding_is_measured_by_the_versions_own_median(database: Database, panel: Survey, send: Send) -> None:
    """Under a third of the usual minute; with fewer than twenty known times nobody is called fast."""
    fast = send({"recommend": 9}, seconds=19)
    for n in range(18):
        send({"recommend": 8}, minutes=n)
    assert look(database, panel).found == {}
    send({"recommend": 8}, minutes=20)
    send({"recommend": 7}, seconds=21, minutes=30)

    assert look(database, panel).found == {SPEEDING: 1}
    assert list(look(database, panel).changed) == [fast]


def test_equal_ratings_of_a_page(database: Database, panel: Survey, send: Send) -> None:
    """Five equal ratings are a signal; four, or five of which one differs, are none."""
    lined = send({"recommend": 9, **dict.fromkeys(MIXED, 5)})
    send({"recommend": 9, **dict.fromkeys(MIXED, 5), "a3": 4})
    send({"recommend": 9, "a1": 5, "a2": 5, "a3": 5, "a4": 5})
    send({"recommend": 9, **dict.fromkeys(MIXED, None)})
    check = look(database, panel)

    assert (check.found, list(check.changed)) == ({STRAIGHT_LINING: 1}, [lined])


def test_the_same_answers_shortly_after(database: Database, panel: Survey, send: Send) -> None:
    """The second of two from one place within ten minutes; not later, elsewhere, or where little was answered."""
    send({"recommend": 9, **MIXED})
    again = send({"recommend": 9, **MIXED}, minutes=9)
    send({"recommend": 9, **MIXED}, minutes=30)
    send({"recommend": 9, **MIXED}, minutes=31, unit="tajrish")
    send({"recommend": 8, **MIXED}, minutes=32)
    send({"recommend": 8, "a1": 1}, minutes=33)
    send({"recommend": 8, "a1": 1}, minutes=34)
    check = look(database, panel)

    assert (check.found, list(check.changed)) == ({DUPLICATE: 1}, [again])


def test_many_at_once(database: Database, panel: Survey, send: Send) -> None:
    """Twenty from one place within ten minutes are a burst, all of them; nineteen are none."""
    for n in range(20):
        send({"recommend": n % 11}, minutes=n / 3)
    for n in range(19):
        send({"recommend": n % 11}, minutes=n / 3, unit="tajrish")

    assert look(database, panel).found == {BURST: 20}


def test_a_dry_run_says_what_would_move_and_changes_nothing(database: Database, panel: Survey, send: Send) -> None:
    """It names what each rule would mark and their scores, and leaves responses, tallies and audit as they are."""
    for n in range(20):
        send({"recommend": 10}, minutes=n / 3)
    check = look(database, panel, burst=None)

    assert (len(check.mark), check.marked_by) == (20, {BURST: 20})
    assert check.leaving["recommend"].counts[10] == 20
    with database.read() as reader:
        assert reader.scalar(select(func.count()).where(Response.quality == "suspect")) == 0
        assert reader.scalar(select(func.count()).select_from(QualityDecision)) == 0
        assert reader.scalar(select(func.count()).select_from(AuditEvent)) == 0


def test_a_rule_marks_and_takes_back(database: Database, panel: Survey, send: Send) -> None:
    """Signals are recorded without a rule; a rule marks, the tallies move with it; switched off, it takes back."""
    lined = send({"recommend": 0, **dict.fromkeys(MIXED, 1)})
    assert check_survey(database, NOW, panel.survey_id, START, END) == 1
    assert state(database, lined) == ("valid", [STRAIGHT_LINING])
    let(database, panel, straight_lining=True)
    assert check_survey(database, NOW, panel.survey_id, START, END) == 1
    assert state(database, lined)[0] == "suspect"
    assert check_survey(database, NOW, panel.survey_id, START, END) == 0
    let(database, panel, 1)
    assert check_survey(database, NOW + timedelta(hours=1), panel.survey_id, START, END) == 1

    assert state(database, lined) == ("valid", [STRAIGHT_LINING])
    with database.read() as session:
        assert tallies.differences(session.connection(), panel.survey_id, scores_of(session, panel.survey_id)) == []
        told = session.execute(
            select(QualityDecision.by_rule, QualityDecision.became, QualityDecision.reason).order_by(QualityDecision.at)
        ).all()
    assert told == [(True, "suspect", STRAIGHT_LINING), (True, "valid", "no rule marks it any more")]


def test_what_a_person_decided_no_rule_changes(database: Database, panel: Survey, send: Send) -> None:
    """Called valid by a person it stays valid under the rule; called suspect it stays so without one."""
    lined, other = send({"recommend": 0, **dict.fromkeys(MIXED, 1)}), send({"recommend": 5}, minutes=5)
    with database.write() as session:
        decide(session, NOW, "ana", panel.survey_id, {lined: "a test of ours", other: "a test of ours"}, "suspect")
        decide(session, NOW + timedelta(minutes=1), "ana", panel.survey_id, {lined: "a real customer"}, "valid")
    let(database, panel, straight_lining=True)
    check_survey(database, NOW, panel.survey_id, START, END)

    assert (state(database, lined)[0], state(database, other)[0]) == ("valid", "suspect")


def test_a_night_looks_at_every_survey(database: Database, panel: Survey, send: Send, settings: Settings) -> None:
    """The latest weeks of each survey are checked, older answers are not; it says how many responses changed."""
    send({"recommend": 0, **dict.fromkeys(MIXED, 1)})
    send({"recommend": 0, **dict.fromkeys(MIXED, 1)}, day=date(2025, 9, 1))

    assert check_waiting(database, settings, NOW) == 1
    assert check_waiting(database, settings, NOW) == 0


@pytest.mark.parametrize("asked", [{"speeding": "fast"}, {"burst": "2"}, {"speeding": "91"}, {"duplicate": "nan"}])
def test_a_threshold_that_makes_no_sense(database: Database, panel: Survey, asked: dict[str, str]) -> None:
    """Words, and numbers outside the range of the rule, are refused."""
    with database.read() as reader, pytest.raises(RuleFault):
        parse_rules(asked, read_rules(reader, panel.survey_id))


def test_setting_a_rule_is_audited(database: Database, panel: Survey) -> None:
    """Persian digits are numbers; only what changes leaves a row, with what it replaced."""
    with database.write() as session:
        rules = parse_rules({"burst": "۳۰", "burst.marks": "1"}, read_rules(session, panel.survey_id))
        set_rules(session, NOW, "cx", panel.survey_id, rules)
    with database.read() as reader:
        (event,) = reader.scalars(select(AuditEvent)).all()
        assert read_rules(reader, panel.survey_id)[BURST].threshold == 30
    assert event.action == "quality:rule"
    assert event.details == {"threshold": 30, "marks": True, "replaced": {"threshold": 20, "marks": False}}
