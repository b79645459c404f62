"""docs/coverage.md: it is what its source says, and each address that it names answers for somebody who may see it."""

from pathlib import Path
from typing import Any

import pytest
from click import Command

from cem.cli import main
from tests.documents import coverage_page, read_coverage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_page_is_made_from_its_source(root: Path) -> None:
    """And each entry says where it is, or why it is not."""
    assert (root / "docs" / "coverage.md").read_text(encoding="utf-8") == coverage_page()
    assert [code for code, one in read_coverage().items() if not one.get("at") and not one.get("why")] == []


def test_every_address_answers(visit: Any) -> None:
    """Opened as the role that the entry names."""
    asked: dict[str, set[str]] = {}
    for one in read_coverage().values():
        asked.setdefault(one.get("as", "cx"), set()).update(place for place in one.get("at", []) if place[0] == "/")
    wrong = []
    for name, places in asked.items():
        with visit(name=name) as tab:
            answers = {place: tab.request.get(place).status for place in sorted(places)}
            wrong += [(name, place, status) for place, status in answers.items() if status != 200]

    assert wrong == []


def test_every_command_is_one() -> None:
    """What is named between the addresses can be called."""
    for one in read_coverage().values():
        for place in one.get("at", []):
            if place[0] != "/":
                command: Any = main
                for word in place.removeprefix("cem ").split():
                    command = command.get_command(None, word)
                    assert isinstance(command, Command), place
