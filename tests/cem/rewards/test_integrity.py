"""What the integrity checks read from both databases, what they stop, and who sees it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import insert, select

from cem.cases.models import Case, Recovery
from cem.errors import CemError
from cem.jobs.schedule import JOBS
from cem.quality.models import QualityDecision
from cem.rewards.history import broken_links
from cem.rewards.integrity import check_and_keep, check_open_runs, check_run, lock_checked, to_look_at
from cem.rewards.models import IntegrityHold, RewardEvent, RewardRun
from cem.rewards.runs import find_run, open_run
from cem.rewards.signals.finding import find_signals
from cem.rewards.signals.kinds import LIMITS, NAMES, Finding
from cem.rewards.signals.sentences import SENTENCES
from cem.roles import Role
from cem.settings import Settings
from surveys.database import Database, new_id
from surveys.models import Customer, Encounter, Invitation, Survey, Unit
from surveys.questionnaire import read_yaml, scores
from surveys.responses import Submission, record
from surveys.touchpoints import customer_id_of
from tests.cem.conftest import VISIT, SignIn
from tests.cem.rewards.conftest import AFTER, DURING, PERIOD, ZONE, agree, enrol, figure, metric, terms_of
from tests.cem.rewards.test_run_pages import post

UNITS = tuple(f"branch-{place}" for place in range(7))
ODD = UNITS[0]
DAY = DURING.date()
SCORES = (10, 8, 9, 3, 7, 10, 6, 9, 8, 2)


@dataclass(frozen=True)
class Branches:
    """Seven branches whose people share a plan; all answers are stored by hand."""

    database: Database
    survey: Survey
    run: RewardRun

    def answer(self, unit: str, given: Sequence[int], day: date = DAY, **changes: Any) -> list[uuid.UUID]:
        """Answers of a branch with these NPS scores."""
        words, asked = changes.pop("words", ""), read_yaml(VISIT)
        rows = []
        for score in given:
            answers = {"recommend": score} | ({"words": words} if words else {})
            moment = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
            fixed: dict[str, Any] = {
                "version": 1,
                "day": day,
                "touchpoint": "counter",
                "channel": "branch",
                "language": "fa",
            }
            fixed |= {
                "quality": "valid",
                "signals": [],
                "has_comment": bool(words),
                "submitted_at": moment,
                "seconds": 60,
            }
            row = Submission(
                survey_id=self.survey.survey_id,
                response_id=changes.get("response_id") or new_id(moment),
                unit=unit,
                answers=answers,
                scores=scores(asked, answers),
                **fixed | {name: value for name, value in changes.items() if name != "response_id"},
            )
            rows.append(row)
        with self.database.write() as session:
            record(session.connection(), rows)
        return [row.response_id for row in rows]

    def meet(self, unit: str, asked: int, of: int, when: datetime = DURING) -> None:
        """Encounters of a branch, of which so many led to an invitation and the others came too late to be asked."""
        customers, encounters = [], []
        for place in range(of):
            reference = f"{unit}-{when:%y%m}-{place}"
            customer_id = customer_id_of(reference)
            customers.append({"customer_id": customer_id, "reference": reference, "language": "fa", "segment": ""})
            encounters.append(
                {
                    "customer_id": customer_id,
                    "encounter_id": new_id(when),
                    "digest": "",
                    "touchpoint": "counter",
                    "unit": unit,
                    "channel": "branch",
                    "occurred_at": when,
                    "recorded_at": when,
                    "invitation_id": new_id(when) if place < asked else None,
                    "not_invited": None if place < asked else "not_fresh",
                }
            )
        with self.database.write() as session:
            session.execute(insert(Customer), customers)
            session.execute(insert(Encounter), encounters)

    def found(self) -> dict[str, Finding]:
        """The signals at the NPS, by name; all of them at the branch that is played with."""
        with self.database.read() as reader:
            found = [
                one for one in check_run(reader, find_run(reader, self.run.run_id), AFTER, ZONE) if one.measure == "nps"
            ]
        assert {one.unit for one in found} <= {ODD}
        return {one.signal: one for one in found}


@pytest.fixture
def branches(database: Database, survey: Survey) -> Branches:
    """Seven branches with a hundred ordinary answers each."""
    with database.write() as session:
        for code in UNITS:
            names = {"fa": f"شعبه {code[-1]}", "en": code.title()}
            session.add(Unit(code=code, parent="bank", names=names, valid_from=date(2020, 1, 1)))
        session.add_all([metric("answered"), metric("acknowledged"), metric("repeated", lower_is_better=True)])
        session.flush()
        plan = agree(session, terms_of())
        for place, unit in enumerate(UNITS):
            enrol(session, f"E{place}", 1_000_000, unit=unit)
        run = open_run(session, DURING, "hr", plan, PERIOD)
    made = Branches(database, survey, run)
    for unit in UNITS:
        made.answer(unit, SCORES * 10)
    return made


def test_an_honest_company(branches: Branches) -> None:
    """Nothing is found; a check of it stores nothing, and the history is whole."""
    assert branches.found() == {}
    assert check_and_keep(branches.database, AFTER, branches.run.run_id, ZONE) == ([], 0)
    with branches.database.read() as reader:
        assert reader.scalars(select(RewardEvent).where(RewardEvent.action == "integrity")).all() == []


def test_few_are_asked(branches: Branches) -> None:
    """A branch that asks half of those whom it could ask is stopped, against the others and against its own past."""
    for unit in UNITS:
        branches.meet(unit, 90, 100, DURING - timedelta(days=200))
        branches.meet(unit, 50 if unit == ODD else 90, 100)
    found = branches.found()

    assert found["few_invited"].evidence == {"k": 50, "n": 100, "share": 50.0, "others": 90.0, "others_n": 600}
    assert found["fewer_invited"].evidence["others"] == 90
    assert {one.reaction for one in found.values()} == {"hold"}


def test_a_choice_of_customers(branches: Branches, segments: None) -> None:
    """A branch that asks the affluent and leaves the others is stopped."""
    for unit in UNITS:
        branches.meet(unit, 100, 200)
    with branches.database.write() as session:
        for unit in UNITS:
            chosen = session.scalars(
                select(Customer)
                .join(Encounter, Encounter.customer_id == Customer.customer_id)
                .where(Encounter.unit == unit)
            ).all()
            for place, customer in enumerate(sorted(chosen, key=lambda one: int(one.reference.split("-")[-1]))):
                often = place % 2 == 0 if unit != ODD else place < 90
                customer.segment = "affluent" if often else "mass"
    found = branches.found()["invited_mix"]

    assert found.reaction == "hold"
    assert (found.evidence["segment"], found.evidence["share"], found.evidence["others"]) == ("affluent", 90, 45)


def test_a_score_is_asked_for(branches: Branches) -> None:
    """Customers of one branch write that they were asked for a ten: stopped, and no word of theirs is kept."""
    for unit in UNITS:
        branches.answer(unit, [8] * 30, words="خوب بود")
    branches.answer(ODD, [10] * 8, words="کارمند گفت لطفاً ۱۰ بدید")
    branches.answer(ODD, [10] * 2, words="They asked me to give a 10")
    found = branches.found()["asked_for"]

    assert found.reaction == "hold"
    assert found.evidence["k"] == 10
    assert "گفت" not in str(found.evidence)


def test_top_scores_and_odd_answers(branches: Branches) -> None:
    """Nearly only tens are a question; once many of them came too fast as well, they are stopped."""
    branches.answer(ODD, [10] * 500)
    assert branches.found()["top_scores"].reaction == "review"
    branches.answer(ODD, [10] * 100, signals=["speeding"])
    found = branches.found()

    assert found["odd_answers"].reaction == "review"
    assert found["top_scores"].reaction == "hold"
    assert "odd_answers" in str(found["top_scores"].evidence["beside"])


def test_a_late_flood(branches: Branches) -> None:
    """Many answers of the last days that are better than the ones before are looked at; many alike ones are not."""
    late = PERIOD.last_day - timedelta(days=2)
    branches.answer(ODD, SCORES * 12, late)
    assert "late_flood" not in branches.found()
    branches.answer(ODD, [9, 10, 10] * 60, late)
    found = branches.found()["late_flood"]

    assert found.reaction == "review"
    assert found.evidence["days"] == 10
    assert found.evidence["after"] > found.evidence["before"]  # type: ignore[operator] # both are numbers


def test_low_scores_taken_out(branches: Branches) -> None:
    """People took out a branch's low scores and none of its high ones; what a rule takes out is nobody's doing."""

    def take_out(ids: Sequence[uuid.UUID], *, by_rule: bool) -> None:
        shared = {
            "at": DURING,
            "actor": "someone",
            "was": "valid",
            "became": "suspect",
            "reason": "test",
            "by_rule": by_rule,
        }
        rows = [
            {"survey_id": branches.survey.survey_id, "response_id": one, "decision_id": new_id(DURING), **shared}
            for one in ids
        ]
        with branches.database.write() as session:
            session.execute(insert(QualityDecision), rows)

    take_out(branches.answer(UNITS[1], [1] * 15, quality="suspect"), by_rule=True)
    take_out(branches.answer(ODD, [1] * 15, quality="suspect"), by_rule=False)
    found = branches.found()["exclusions"]

    assert (found.reaction, found.evidence) == ("review", {"k": 15, "n": 45, "high_k": 0, "high_n": 40})


def test_cases_closed_without_a_result(branches: Branches) -> None:
    """A branch that closes without contact, without a reply, or against the customer's word: each case is one, once."""
    closed = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC)
    honest: dict[str, Any] = {"contacted_at": closed, "no_reply_reason": "", "reopened": 0}
    empty = ({"contacted_at": None}, {"no_reply_reason": "no time"}, {"reopened": 1}, {"no": True}, {"after": 6})
    for unit in UNITS:
        with branches.database.write() as session:
            for place in range(40):
                some = empty[place % 5] if place < (20 if unit == ODD else 2) else {}
                changes = {name: value for name, value in some.items() if name not in {"no", "after"}}
                case_id = new_id(closed)
                session.add(_closed_case(case_id, unit, closed, branches.survey.survey_id, honest | changes))
                session.flush()
                said = {"resolved": "no" not in some, "after": some.get("after", 8)}
                session.add(Recovery(case_id=case_id, due_at=closed, **said))
            # Praise is closed without a contact by right, and what was closed before is of another period.
            session.add(_closed_case(new_id(closed), unit, closed, branches.survey.survey_id, {"kind": "praise"}))
            before = closed - timedelta(days=400)
            session.add(_closed_case(new_id(before), unit, before, branches.survey.survey_id, {}))
    found = branches.found()["empty_closures"]

    assert found.reaction == "review"
    assert found.evidence == {"k": 20, "n": 40, "share": 50.0, "others": 5.0, "others_n": 240}


def _closed_case(
    case_id: uuid.UUID, unit: str, closed: datetime, survey_id: uuid.UUID, changes: dict[str, Any]
) -> Case:
    values: dict[str, Any] = {
        "number": case_id.hex[-16:],
        "opened_at": closed,
        "origin": "rule",
        "kind": "complaint",
        "severity": 3,
        "status": "closed",
        "survey_id": survey_id,
        "touchpoint": "counter",
        "unit": unit,
        "channel": "branch",
        "language": "fa",
        "segment": "",
        "words": "",
        "wanted": "",
        "series": "nps_visit",
        "contact_allowed": True,
        "reply_channel": "",
        "reply_address": "",
        "acknowledge_due": closed,
        "contact_due": closed,
        "resolve_from": closed,
        "resolve_due": closed,
        "closed_at": closed,
        "no_reply_reason": "",
        "reopened": 0,
        "escalated": [],
    }
    return Case(case_id=case_id, **(values | changes))


def test_behaviour_says_otherwise(branches: Branches) -> None:
    """The NPS of a branch rose beyond chance, and more customers than before had to come again."""
    before = PERIOD.plus(-1)
    for unit in UNITS:
        branches.answer(unit, ([2] * 8 + [9] * 2) * 10 if unit == ODD else SCORES * 10, before.first_day)
    with branches.database.write() as session:
        for unit in UNITS:
            earlier = figure("repeated", "20", "400", unit)
            earlier.first_day, earlier.last_day = before.first_day, before.last_day
            session.add_all([earlier, figure("repeated", "60" if unit == ODD else "20", "400", unit)])
    found = branches.found()["flat_behaviour"]

    assert found.reaction == "review"
    assert {"metric": "repeated", "metric_before": 5.0, "metric_after": 15.0}.items() <= found.evidence.items()


def test_employees_answer(branches: Branches) -> None:
    """Answers over links of customers whose number is an employee's are counted; two of them would be nothing."""
    for place in range(4):
        reference, invitation_id = f"E{place}", new_id(DURING)
        with branches.database.write() as session:
            customer = Customer(customer_id=customer_id_of(reference), reference=reference, language="fa")
            session.add(customer)
            session.flush()
            session.add(
                Invitation(
                    survey_id=branches.survey.survey_id,
                    invitation_id=invitation_id,
                    customer_id=customer.customer_id,
                    touchpoint="counter",
                    unit=ODD,
                    channel="branch",
                    language="fa",
                    created_at=DURING,
                    expires_at=AFTER,
                )
            )
        branches.answer(ODD, [10], response_id=invitation_id)
        assert ("staff_answers" in branches.found()) is (place >= 2)

    assert branches.found()["staff_answers"].evidence == {"k": 4, "n": 104, "share": 3.8}


@pytest.fixture
def gamed(branches: Branches) -> Branches:
    """A branch that asks for tens, and sends many odd answers."""
    for unit in UNITS:
        branches.answer(unit, [8] * 30, words="خوب بود")
    branches.answer(ODD, [10] * 20, words="کارمند گفت لطفاً ۱۰ بدید", signals=["burst"])
    return branches


def test_every_night(gamed: Branches, settings: Settings) -> None:
    """The job stops each measure of the survey once, however often it runs; one event says what was found."""
    assert "integrity" in {job.name for job in JOBS}
    assert check_open_runs(gamed.database, settings, AFTER) == 3
    assert check_open_runs(gamed.database, settings, AFTER) == 0
    with gamed.database.read() as reader:
        holds = reader.scalars(select(IntegrityHold)).all()
        events = reader.scalars(select(RewardEvent).where(RewardEvent.action == "integrity")).all()
        looked = to_look_at(reader, find_run(reader, gamed.run.run_id))

        assert {(one.unit, one.measure, one.signal, one.found_by) for one in holds} == {
            (ODD, measure, "asked_for", "cem") for measure in ("nps", "csat", "ces")
        }
        assert len(events) == 1
        assert [(one.signal, one.measures) for one in looked] == [("odd_answers", ("ces", "csat", "nps"))]
        assert list(broken_links(reader, "tehran")) == []


def test_a_lock_stops_before_the_calculation(sign_in: SignIn, gamed: Branches) -> None:
    """What a lock finds stands on the page, a sentence in each language; until it is decided nothing is calculated."""
    client = sign_in(Role.HR)
    assert post(client, gamed.run, "lock") == 303
    assert post(client, gamed.run, "calculate") == 409
    page = client.get(f"/rewards/runs/{gamed.run.run_id}?lang=en").text
    assert "comments tell of somebody who asked for a score" in page
    assert "To look at" in page
    assert "گفت لطفاً" not in page
    assert "کسی از آن‌ها امتیاز خواسته است" in client.get(f"/rewards/runs/{gamed.run.run_id}?lang=fa").text


def test_a_lock_that_is_refused_keeps_nothing(gamed: Branches) -> None:
    """Before the last day is over nothing is locked and nothing is stopped."""
    with pytest.raises(CemError):
        lock_checked(gamed.database, DURING, "hr", gamed.run.run_id, ZONE)
    with gamed.database.read() as reader:
        assert reader.scalars(select(IntegrityHold)).all() == []


def test_the_command(gamed: Branches, cem: Callable[..., Result]) -> None:
    """It says what it found, in which unit, and how many holds are new."""
    result = cem("rewards", "integrity", PERIOD.code)

    assert result.exit_code == 0, result.output
    assert f"hold   {ODD} nps: asked_for (k 20, n 50" in result.output
    assert "3 new holds" in result.output


def test_every_signal_is_told() -> None:
    """Each signal has its name, its limits with a reason, and its sentence."""
    assert LIMITS.keys() <= NAMES.keys()
    assert LIMITS.keys() <= SENTENCES.keys()
    assert all(limit.why for limit in LIMITS.values())
    assert find_signals([]) == []
