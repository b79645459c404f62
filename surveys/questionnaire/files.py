"""A questionnaire as a file that people write: YAML in, with a line for every fault, YAML and a JSON Schema out."""

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
import yaml

from surveys.languages import N_
from surveys.questionnaire.check import check
from surveys.questionnaire.document import Questionnaire
from surveys.questionnaire.faults import Fault, QuestionnaireFaults
from surveys.questionnaire.marks import MarkedData
from surveys.questionnaire.shape import shape_faults

_LONGEST_LINE = 120


def read_yaml(source: str | Path, *, draft: bool = False) -> Questionnaire:
    """The questionnaire of a text or a file; QuestionnaireFaults has all that is wrong, each with its line.

    A draft needs the right shape only, not what publishing needs.
    """
    marked = MarkedData(_text(source))
    faults = marked.faults + shape_faults(marked.data)
    if not faults:
        questionnaire = msgspec.convert(marked.data, Questionnaire)
        faults = [] if draft else check(questionnaire)
        if not faults:
            return questionnaire
    placed = [dataclasses.replace(fault, line=fault.line or marked.line(fault.path)) for fault in faults]
    raise QuestionnaireFaults(sorted(placed, key=lambda fault: fault.line or 0))


def _text(source: str | Path) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise QuestionnaireFaults([Fault("", N_("Save the file as UTF-8 text."), line=line)]) from error


class _Dumper(yaml.SafeDumper):
    """Texts, options and conditions on one line where they fit, as people write them."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - reading refuses them
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:  # noqa: ARG002
        fits = len(str(mapping)) <= _LONGEST_LINE and "\\n" not in str(mapping)
        inline = fits and not {"type", "questions"} & mapping.keys()
        return super().represent_mapping(tag, mapping, flow_style=inline)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:  # noqa: ARG002
        inline = not any(isinstance(item, dict) for item in sequence)
        return super().represent_sequence(tag, sequence, flow_style=inline)

    def represent_str(self, data: str) -> yaml.ScalarNode:
        # PyYAML loses line separators other than \n unless it is told to escape them.
        style = '"' if {"\x85", "\u2028", "\u2029"} & set(data) else "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


def to_yaml(questionnaire: Questionnaire) -> str:
    """The questionnaire as a person would write it; reading it again gives the same questionnaire."""
    plain = _without_defaults(msgspec.to_builtins(questionnaire))
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9)


def _without_defaults(plain: Any) -> Any:
    """The document without a series that is only the question's id, which msgspec cannot know as a default."""
    if isinstance(plain, list | tuple):
        return [_without_defaults(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    own = "type" in plain and plain.get("series") == plain["id"]
    return {name: _without_defaults(value) for name, value in plain.items() if not (own and name == "series")}


def json_schema() -> dict[str, Any]:
    """The shape as JSON Schema, so that editors complete and underline."""
    schema = msgspec.json.schema(Questionnaire)
    comparisons = [{"required": ["question", word]} for word in ("at_most", "at_least", "is", "any_of", "answered")]
    schema["$defs"]["Condition"]["oneOf"] = [*comparisons, {"required": ["all"]}, {"required": ["any"]}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Questionnaire of cem", **schema}
