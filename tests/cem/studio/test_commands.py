"""`cem survey`, `cem company`, `cem responses` and `cem tallies`, on an installation of its own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select, update

from cem.audit import AuditEvent
from cem.models import metadata
from surveys.company import read_company
from surveys.database import Database
from surveys.formats.csv_responses import BATCH
from surveys.formats.documents import DocumentFaults
from surveys.models import Response, Survey, SurveyVersion, Tally, Unit
from surveys.pages.answering import _PLACES
from surveys.questionnaire import read_yaml

Cem = Callable[..., Result]

SURVEY = """\
id: visit
kind: transactional
languages: [en]
title: {en: Visit}
consent: {en: The experience team reads this.}
thanks: {en: Thanks}
blocks:
  - id: all
    questions:
      - {type: nps, id: recommend, required: true, purpose: The KPI., text: {en: Recommend}}
      - {type: comment, id: why, purpose: Causes., text: {en: Why}}
"""
COMPANY = """\
units:
  - {code: bank, names: {en: Bank}, valid_from: 2020-01-01}
  - {code: vanak, parent: bank, names: {en: Vanak}, valid_from: 2020-01-01}
journeys:
  - {code: daily, names: {en: Daily}, stages: [{code: use, names: {en: Use}}]}
touchpoints:
  - {code: branch, names: {en: Branch}, journey: daily, stage: use, channel: branch, owner: vanak}
"""
MAPPING = """\
survey: visit
key: ticket
day: {column: date}
unit: {constant: vanak}
answers: {recommend: score, why: words}
"""
RESPONSES = "ticket,date,score,words\n1,2026-01-05,9,good\n2,2026-01-06,3,slow\n3,2026-01-07,10,\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file beside cem.toml."""

    def written(name: str, text: str | bytes) -> Path:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return written


Write = Callable[[str, str | bytes], Path]


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables}


def refused(result: Result, message: str) -> None:
    """Status 2, a line on standard error that says why, and no traceback."""
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert all(line.startswith("cem: ") for line in result.stderr.splitlines())
    assert result.stdout == ""


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.event_id)))


class TestSurvey:
    def test_a_questionnaire_without_faults(self, cem: Cem, write: Write) -> None:
        """`check` says that it may be published, and how long it is."""
        result = cem("survey", "check", write("visit.yaml", SURVEY))

        assert (result.exit_code, result.stdout) == (0, "visit.yaml: 2 questions, ready to publish.\n")

    @pytest.mark.parametrize("command", ["check", "publish"])
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (SURVEY.replace("purpose: The KPI., ", ""), "line 10: blocks[0].questions[0].purpose: Say what"),
            (SURVEY.replace("kind: transactional", "kind: other"), "line 2: kind: “other” is not possible here."),
            (SURVEY.replace("kind: transactional\n", ""), "kind: Add the field “kind”."),
            (SURVEY.replace("id: why", "id: why|not"), "line 11: blocks[0].questions[1].id: Begin with a small"),
            (SURVEY + "  : [", "line "),
            (SURVEY.encode("utf-16"), "line 1: Save the file as UTF-8 text."),
            ("", "line 1: This is empty: fill it in or remove it."),
        ],
    )
    def test_faults_have_their_lines(
        self, cem: Cem, write: Write, database: Database, command: str, text: str | bytes, message: str
    ) -> None:
        """What is wrong is told with its line; nothing is published."""
        before = rows(database)

        refused(cem("survey", command, write("visit.yaml", text)), message)
        assert rows(database) == before

    @pytest.mark.parametrize("name", sorted({"page", *_PLACES}))
    def test_a_question_does_not_take_the_words_of_the_address(self, cem: Cem, write: Write, name: str) -> None:
        """`?unit=vanak` says where a page hangs; a question of that id could not be answered by a link."""
        result = cem("survey", "check", write("visit.yaml", SURVEY.replace("id: why", f"id: {name}")))

        refused(result, f"line 11: blocks[0].questions[1].id: The id “{name}” has another meaning")

    def test_a_file_that_is_not_there(self, cem: Cem) -> None:
        """Click's own message names it."""
        result = cem("survey", "publish", "nothing.yaml")

        assert result.exit_code == 2
        assert "'nothing.yaml' does not exist" in result.stderr

    def test_publishing(self, cem: Cem, write: Write, database: Database) -> None:
        """The first version, the same again, and the next one; each with the address where it is open."""
        first = cem("survey", "publish", write("visit.yaml", SURVEY))
        again = cem("survey", "publish", write("visit.yaml", SURVEY))
        following = cem("survey", "publish", write("visit.yaml", SURVEY.replace("{en: Why}", "{en: Causes}")))

        assert first.stdout == "Version 1 of visit is open at http://cem.example/s/visit\n"
        assert again.stdout == first.stdout
        assert following.stdout == "Version 2 of visit is open at http://cem.example/s/visit\n"
        assert actions(database) == ["survey:publish"] * 3
        with database.read() as session:
            assert session.scalars(select(SurveyVersion.version).order_by(SurveyVersion.version)).all() == [1, 2]

    def test_a_series_keeps_its_wording(self, cem: Cem, write: Write, database: Database) -> None:
        """A next version that asks a counted question otherwise is refused, and the current one stays."""
        cem("survey", "publish", write("visit.yaml", SURVEY))
        before = rows(database)

        result = cem("survey", "publish", write("visit.yaml", SURVEY.replace("{en: Recommend}", "{en: Praise}")))

        refused(result, "blocks[0].questions[0].series: The published question of the series “recommend”")
        assert rows(database) == before

    def test_export(self, cem: Cem, write: Write) -> None:
        """What comes out is the questionnaire that went in."""
        cem("survey", "publish", write("visit.yaml", SURVEY))
        result = cem("survey", "export", "visit")

        assert result.exit_code == 0
        assert read_yaml(result.stdout) == read_yaml(SURVEY)

    def test_export_of_nothing(self, cem: Cem) -> None:
        """A survey that is not there is named."""
        refused(cem("survey", "export", "elsewhere"), "There is no survey 'elsewhere'.")

    def test_schema(self, cem: Cem) -> None:
        """It is JSON, and knows the fields of a questionnaire."""
        schema = json.loads(cem("survey", "schema").stdout)

        assert schema["title"] == "Questionnaire of cem"
        assert {"id", "kind", "blocks"} <= set(schema["$defs"]["Questionnaire"]["properties"])


class TestCompany:
    def test_what_came_of_it_is_a_sentence(self, cem: Cem, write: Write, database: Database) -> None:
        """The first import adds, the same again changes nothing, another name is one change."""
        added = cem("company", "import", write("company.yaml", COMPANY))
        same = cem("company", "import", write("company.yaml", COMPANY))
        renamed = cem("company", "import", write("company.yaml", COMPANY.replace("en: Vanak", "en: Vanak Square")))

        said = [
            result.stdout.removeprefix("Units, segments, journeys and touchpoints: ")
            for result in (added, same, renamed)
        ]
        assert said == [
            "4 added, 0 changed, 0 as they were.\n",
            "0 added, 0 changed, 4 as they were.\n",
            "0 added, 1 changed, 3 as they were.\n",
        ]
        assert actions(database) == ["company:import"] * 3
        with database.read() as session:
            assert session.get_one(Unit, "vanak").names == {"en": "Vanak Square"}

    @pytest.mark.parametrize(
        "code", ["va|nak", "va nak", "va/nak", "va.nak", "-vanak", "ونک", '"va\\nnak"', '"vanak\\n"']
    )
    def test_codes_are_safe_in_addresses_and_tickets(self, code: str) -> None:
        """Latin letters, digits, hyphens and underscores; anything else is refused at its line."""
        advice = "Begin with a Latin letter or digit; then Latin letters, digits, hyphens and underscores."
        for place, path in (
            ("code: vanak", r"line 3: units\[1\]"),
            ("code: daily", r"line 5: journeys\[0\]"),
            ("code: use", r"line 5: journeys\[0\]\.stages\[0\]"),
            ("code: branch", r"line 7: touchpoints\[0\]"),
        ):
            with pytest.raises(DocumentFaults, match=rf"{path}\.code: {advice}"):
                read_company(COMPANY.replace(place, f"code: {code}"))

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                "owner: vanak",
                "owner: nowhere",
                "line 7: touchpoints[0].owner: There is no unit with the code “nowhere”",
            ),
            ("owner: vanak", "owner: vanak, feedback_survey: x", "There is no published survey “x”"),
            ("units:", "unit:", "line 1: unit: “unit” is no field here"),
            ("code: vanak", "code: va|nak", "line 3: units[1].code: Begin with a Latin letter or digit"),
        ],
    )
    def test_a_fault_stores_nothing(
        self, cem: Cem, write: Write, database: Database, old: str, new: str, message: str
    ) -> None:
        """Whether the document or what it names is wrong: no part of it is stored, and no audit row."""
        before = rows(database)

        refused(cem("company", "import", write("company.yaml", COMPANY.replace(old, new))), message)
        assert rows(database) == before

    def test_what_has_gone_from_the_document(self, cem: Cem, write: Write, database: Database) -> None:
        """A unit that answers may name is not taken away."""
        cem("company", "import", write("company.yaml", COMPANY))
        before = rows(database)
        gone = "\n".join(line for line in COMPANY.splitlines() if "code: vanak" not in line)

        result = cem("company", "import", write("company.yaml", gone.replace("owner: vanak", "owner: bank")))

        refused(result, "The unit “vanak” is gone from the document")
        assert rows(database) == before


@pytest.fixture
def ready(cem: Cem, write: Write) -> Cem:
    """With the company and the survey that the responses below belong to."""
    for command, text in (("company import", COMPANY), ("survey publish", SURVEY)):
        assert cem(*command.split(), write("document.yaml", text)).exit_code == 0
    return cem


class TestResponses:
    def test_import(self, ready: Cem, write: Write, database: Database) -> None:
        """The rows arrive; importing the file again finds each of them there."""
        mapping = write("mapping.yaml", MAPPING)
        first = ready("responses", "import", write("visits.csv", RESPONSES), "--mapping", mapping)
        again = ready("responses", "import", write("visits.csv", RESPONSES), "--mapping", mapping)

        assert (first.exit_code, first.stdout) == (0, "3 rows: 3 new, 0 already there, 0 refused.\n")
        assert (again.exit_code, again.stdout) == (0, "3 rows: 0 new, 3 already there, 0 refused.\n")
        assert rows(database)["response"] == 3
        with database.read() as session:
            events = session.scalars(select(AuditEvent).where(AuditEvent.action == "responses:import"))
            details = [event.details for event in events]
        assert details == [{"new": 3, "refused": 0}, {"new": 0, "refused": 0}]

    def test_refused_rows(self, ready: Cem, write: Write, database: Database) -> None:
        """Each is told with its file, line and column; the others arrive; the status is 1."""
        result = ready(
            "responses",
            "import",
            write("visits.csv", RESPONSES.replace(",3,slow", ",30,slow")),
            "--mapping",
            write("mapping.yaml", MAPPING),
        )

        assert result.exit_code == 1
        assert result.stdout == "3 rows: 2 new, 0 already there, 1 refused.\n"
        assert result.stderr.startswith("visits.csv: line 3, column 'score': ")
        assert "slow" not in result.stderr
        assert rows(database)["response"] == 2

    @pytest.mark.parametrize(
        ("mapping", "responses", "message"),
        [
            (MAPPING.replace("survey: visit", "survey: other"), RESPONSES, "line 1: survey: There is no published"),
            (MAPPING.replace("why: words", "what: words"), RESPONSES, "line 5: answers.what: There is no question"),
            (MAPPING.replace("constant: vanak", "constant: x"), RESPONSES, "line 4: unit: “x” is not known."),
            (MAPPING.replace("key: ticket", "key: number"), RESPONSES, "line 2: key"),
            (MAPPING.replace("survey: visit\n", ""), RESPONSES, "Add the field “survey”."),
            (MAPPING, RESPONSES.encode("utf-16"), "line 1: Save the file as UTF-8 text."),
            (MAPPING, "", "line 2: key"),
        ],
    )
    def test_what_does_not_fit(
        self, ready: Cem, write: Write, database: Database, mapping: str, responses: str | bytes, message: str
    ) -> None:
        """A mapping that fits neither file nor survey is refused with its line, and nothing is stored."""
        before = rows(database)
        result = ready(
            "responses", "import", write("visits.csv", responses), "--mapping", write("mapping.yaml", mapping)
        )

        refused(result, message)
        assert rows(database) == before

    def test_a_file_that_breaks_in_the_middle(self, ready: Cem, write: Write, database: Database) -> None:
        """What was stored before is told, because it stays; a whole file finds it there."""
        lines = "".join(f"{number},2026-01-05,9,\n" for number in range(2 * BATCH))
        whole = f"ticket,date,score,words\n{lines}".encode()
        mapping = write("mapping.yaml", MAPPING)

        broken = ready(
            "responses", "import", write("visits.csv", whole + b"x,2026-01-05,9,\xff\n"), "--mapping", mapping
        )
        mended = ready("responses", "import", write("visits.csv", whole), "--mapping", mapping)

        assert broken.exit_code == 1
        assert broken.stdout == f"{BATCH} rows: {BATCH} new, 0 already there, 0 refused.\n"
        assert "Save the file as UTF-8 text. Nothing after this line was read." in broken.stderr
        assert mended.stdout == f"{2 * BATCH} rows: {BATCH} new, {BATCH} already there, 0 refused.\n"
        assert actions(database).count("responses:import") == 2


class TestTallies:
    @pytest.fixture
    def counted(self, ready: Cem, write: Write) -> Cem:
        """With three responses and their tallies."""
        mapping = write("mapping.yaml", MAPPING)
        assert ready("responses", "import", write("v.csv", RESPONSES), "--mapping", mapping).exit_code == 0
        return ready

    def test_tallies_that_agree(self, counted: Cem) -> None:
        """`check` finds nothing."""
        result = counted("tallies", "check")

        assert (result.exit_code, result.stdout) == (0, "visit: 0 rows differ\n")

    def test_tallies_that_differ(self, counted: Cem, database: Database) -> None:
        """`check` counts what differs with status 1, `rebuild` mends it and leaves the responses alone."""
        with database.write() as session:
            session.execute(update(Tally).where(Tally.c3 == 1).values(c3=5))

        found, rebuilt, mended = counted("tallies", "check"), counted("tallies", "rebuild"), counted("tallies", "check")

        assert (found.exit_code, found.stdout) == (1, "visit: 1 rows differ\n")
        assert (rebuilt.exit_code, rebuilt.stdout) == (0, "visit: 3 rows\n")
        assert (mended.exit_code, mended.stdout) == (0, "visit: 0 rows differ\n")
        assert actions(database)[-1] == "tallies:rebuild"
        with database.read() as session:
            assert session.scalar(select(func.sum(Tally.c3))) == 1
            assert session.scalar(select(func.count()).select_from(Response)) == 3

    def test_without_a_survey(self, cem: Cem, database: Database) -> None:
        """There is nothing to compare, and nothing is wrong."""
        result = cem("tallies", "check")

        assert (result.exit_code, result.stdout) == (0, "")
        with database.read() as session:
            assert session.scalars(select(Survey)).all() == []
