"""A rule as a form has it: text fields and ticked boxes become the document that is kept."""

import re
from dataclasses import dataclass
from typing import Any

from cem.alerts.keeping import RuleFault
from surveys.languages import ascii_digits, normal_text

# One ticked box comes as a text, several as a list.
Ticked = list[str] | str


@dataclass
class RuleForm:
    """`act` is 'preview' or 'keep'."""

    act: str = "preview"
    code: str = ""
    fa: str = ""
    en: str = ""
    watch: str = "answer"
    surveys: Ticked = ""
    touchpoints: Ticked = ""
    units: Ticked = ""
    channels: Ticked = ""
    opinion: str = ""
    series: str = ""
    at_most: str = ""
    at_least: str = ""
    words: str = ""
    topics: Ticked = ""
    sentiment: str = ""
    commented: str = ""
    asks_contact: str = ""
    again_days: str = ""
    drop_days: str = ""
    wait_days: str = ""
    severity: str = "3"
    kind: str = "complaint"
    owner: str = ""
    priority_segments: Ticked = ""
    cooldown_hours: str = ""
    active_from: str = ""
    active_until: str = ""


NUMBERS = ("at_most", "at_least", "again_days", "drop_days", "wait_days", "severity", "cooldown_hours")
LISTS = ("surveys", "touchpoints", "units", "channels", "topics", "priority_segments")
TEXTS = ("watch", "opinion", "series", "sentiment", "kind", "owner", "active_from", "active_until")


def document_of(form: RuleForm) -> dict[str, Any]:
    """What the form says, without what it leaves empty; RuleFault where a number is none."""
    document: dict[str, Any] = {
        "names": {code: text for code in ("fa", "en") if (text := normal_text(getattr(form, code)))}
    }
    for name in TEXTS:
        if text := str(getattr(form, name)).strip():
            document[name] = ascii_digits(text)
    for name in NUMBERS:
        if text := ascii_digits(str(getattr(form, name))).strip():
            if not re.fullmatch(r"[0-9]{1,5}", text):
                raise RuleFault
            document[name] = int(text)
    for name in LISTS:
        given = getattr(form, name)
        if chosen := [one for one in (given if isinstance(given, list) else [given]) if one]:
            document[name] = chosen
    lines = re.split(r"[\n,،؛]", form.words)
    if words := [word for line in lines if (word := normal_text(line))]:
        document["words"] = list(dict.fromkeys(words))
    return document | {name: True for name in ("commented", "asks_contact") if getattr(form, name)}
