"""A YAML text as plain data that remembers the line of every part."""

import math
import re

import yaml

from surveys.languages import N_
from surveys.questionnaire.faults import Fault, QuestionnaireFaults

_PREFIX = "tag:yaml.org,2002:"
_KNOWN_TAGS = {_PREFIX + name for name in ("map", "seq", "str", "int", "float", "bool", "null")}
_DEEPEST = 40
_SYNTAX = {
    "mapping values are not allowed": N_("A text that holds a colon needs quotes; or the indentation is wrong."),
    "found character '\\t' that cannot start": N_("Indent with spaces, not with tabs."),
    "expected ',' or": N_("A bracket is not closed, or a text inside it needs quotes because of its punctuation."),
}
_UNKNOWN_SYNTAX = N_("This cannot be read as YAML (%(problem)s). Check the indentation, the quotes and the brackets.")


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core types: `no`, `12:30` and `2025-01-01` are texts, as they look.

    Aliases are refused: a short file of them grows into gigabytes, and a questionnaire needs none.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise QuestionnaireFaults([Fault("", N_("Write the part out again in place of the alias (*)."), line=line)])
        if self.depth > _DEEPEST:
            raise QuestionnaireFaults([Fault("", N_("This is nested too deeply."), line=line)])
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _first in (
    ("bool", r"true|false", ["t", "f"]),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?[0-9]+\.[0-9]*([eE][-+][0-9]+)?", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(_PREFIX + _tag, re.compile(rf"^(?:{_pattern})$"), _first)


class MarkedData:
    """Plain data, the line of every path, and what is wrong with the text itself."""

    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {"": 1}
        self.faults: list[Fault] = []
        try:
            self._loader = _Loader(text)
            node = self._loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            raise QuestionnaireFaults([_syntax_fault(error)]) from error
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            message = N_("There is a control character here; remove it.")
            raise QuestionnaireFaults([Fault("", message, line=line)]) from error
        self.data = None if node is None else self._plain(node, "")

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest part around what is missing."""
        while path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines[path]

    def _plain(self, node: yaml.Node, path: str) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node.tag not in _KNOWN_TAGS:
            self._fault(node, path, N_("Remove the tag “%(tag)s”."), tag=node.tag.replace(_PREFIX, "!!"))
        elif isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            return [self._plain(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
        else:
            return self._scalar(node, path)
        return None

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, object]:
        plain: dict[str, object] = {}
        for key, value in node.value:
            name = self._text(key, path) if isinstance(key, yaml.ScalarNode) else None
            place = f"{path}.{name}".lstrip(".")
            if name is None:
                self._fault(key, path, N_("Write a name before the colon."))
            elif name in plain:
                self._fault(key, place, N_("“%(name)s” stands here twice; remove one."), name=name)
            else:
                self.lines[place] = key.start_mark.line + 1
                plain[name] = self._plain(value, place)
        return plain

    def _scalar(self, node: yaml.Node, path: str) -> object:
        if node.tag == _PREFIX + "str":
            return self._text(node, path)
        try:
            value: object = self._loader.construct_object(node)
        except (ValueError, KeyError):
            value = math.nan
        if isinstance(value, float) and not math.isfinite(value):
            self._fault(node, path, N_("“%(text)s” is too large or no number."), text=str(node.value)[:40])
        return value

    def _text(self, node: yaml.Node, path: str) -> str:
        """The text, with the surrogate pairs of JSON joined: YAML's own escapes have no pairs."""
        try:
            return str(node.value).encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._fault(node, path, N_("This text holds half a character; write it again."))
            return ""

    def _fault(self, node: yaml.Node, path: str, message: str, **values: object) -> None:
        self.faults.append(Fault(path, message, values, node.start_mark.line + 1))


def _syntax_fault(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or ""
    message = next((ours for theirs, ours in _SYNTAX.items() if problem.startswith(theirs)), _UNKNOWN_SYNTAX)
    return Fault("", message, {"problem": problem}, mark.line + 1 if mark else 1)
