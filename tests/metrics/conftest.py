"""The reference cases: values computed by R and published, kept outside the project."""

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]


def reference_folder() -> Path:
    """Where the cases are, whether or not they are there."""
    return Path(os.environ.get("CEM_REFERENCE") or REPOSITORY.parent / "shared" / "reference")


@pytest.fixture(scope="session")
def cases() -> dict[str, dict[str, Any]]:
    """The reference cases by their id."""
    file = reference_folder() / "statistics.json"
    if not file.exists():
        pytest.skip(f"the reference cases are not at {file.parent} (set CEM_REFERENCE to their folder)")
    return {case["id"]: case for case in json.loads(file.read_text(encoding="utf-8"))["cases"]}


@pytest.fixture(scope="session")
def dataset() -> Callable[[str], dict[str, list[str]]]:
    """A function that reads a data set of the cases as columns."""

    def read(name: str) -> dict[str, list[str]]:
        with (reference_folder() / "data" / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return {column: [row[column] for row in rows] for column in rows[0]}

    return read
