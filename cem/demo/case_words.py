"""What is said in the demo company's cases, in both languages: replies, customers' messages, tasks and praise."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

Texts = Mapping[str, str]

_WORDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))

# By what shaped the customer's scores.
REPLIES: Mapping[str, Texts] = _WORDS["replies"]
FOLLOW_UP: Texts = _WORDS["follow_up"]
ASKED: Texts = _WORDS["asked"]
ANSWERED: Texts = _WORDS["answered"]
NOT_SOLVED: Texts = _WORDS["not_solved"]
PRAISED: Texts = _WORDS["praised"]
SUGGESTED: Texts = _WORDS["suggested"]
# Which unit is asked for what.
TASKS: list[Texts] = _WORDS["tasks"]
TASK_DONE: Texts = _WORDS["task_done"]
NOTES: list[str] = _WORDS["notes"]
COLLEAGUES: list[str] = _WORDS["colleagues"]
