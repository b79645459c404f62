"""The tree of causes."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from cem.improvements.causes import (
    KINDS,
    CauseFault,
    begin_causes,
    keep_cause,
    read_causes,
    retire_cause,
    starting_point,
)
from cem.improvements.models import Cause
from surveys.database import Database

from .conftest import NOW


def keep(database: Database, code: str, names: Mapping[str, str] = {"en": "Heat"}, **others: Any) -> None:
    with database.write() as session:
        keep_cause(session, NOW, "cx", code, names, **{"kind": "place", **others})


def test_the_starting_point(database: Database) -> None:
    """All seven kinds, each cause named in both languages, stored once however often it is begun."""
    for _ in range(2):
        with database.write() as session:
            begin_causes(session, NOW)

    assert {offered.kind for offered in starting_point().values()} == set(KINDS)
    assert all(set(offered.names) == {"fa", "en"} for offered in starting_point().values())
    with database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Cause)) == len(starting_point())
        tree = read_causes(reader)
    assert [depth for _, depth in tree.walk()].count(0) == 7


def test_a_cause_is_added_renamed_moved_and_retired(database: Database) -> None:
    """What is retired goes with all below it, and keeping it again takes it up."""
    keep(database, "premises", {"en": "Rooms", "fa": "اتاق‌ها"}, parent="place")
    keep(database, "heat", parent="premises")
    keep(database, "heat", {"en": "Too hot"}, parent="premises")
    with database.write() as session:
        retire_cause(session, NOW, "cx", "premises")
    with database.read() as reader:
        tree = read_causes(reader)

    assert tree.below("place") == {"place", "premises", "heat"}
    assert tree.causes["heat"].names == {"en": "Too hot"}
    assert not {"premises", "heat"} & {cause.code for cause, _ in tree.current}
    keep(database, "heat", parent="place")
    with database.read() as reader:
        assert "heat" in {cause.code for cause, _ in read_causes(reader).current}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("Heat", {}),
        ("", {}),
        ("heat", {"names": {"en": " "}}),
        ("heat", {"kind": "weather"}),
        ("heat", {"parent": "nowhere"}),
        ("place", {"parent": "premises"}),
        ("place", {"parent": "place"}),
    ],
)
def test_what_cannot_be_kept(database: Database, code: str, changes: dict[str, Any]) -> None:
    """A code, a name, a kind and a place outside itself are needed; nothing is changed."""
    with pytest.raises(CauseFault):
        keep(database, code, **changes)
    with database.read() as reader:
        assert "heat" not in read_causes(reader).causes
