"""What `metrics` offers, and when it is loaded."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import metrics


def test_every_name_is_there() -> None:
    """All that is offered can be had, and nothing else."""
    assert all(getattr(metrics, name) is not None for name in metrics.__all__)
    assert set(metrics.__all__) <= set(dir(metrics))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        metrics.nothing  # type: ignore[attr-defined] # noqa: B018 - asking is the test


def test_readers_and_python_find_the_same() -> None:
    """The imports that are written for readers name the rooms that the names are loaded from."""
    (block,) = (
        n for n in ast.parse(Path(metrics.__file__).read_text()).body if isinstance(n, ast.If) and len(n.body) > 1
    )
    written = {
        alias.name: statement.module
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }

    assert written == {name: f"metrics.{room}" for name, room in metrics._HOMES.items()}
    assert written.keys() == set(metrics.__all__)


def test_importing_loads_nothing_else() -> None:
    """Whoever needs one number does not wait for all the others."""
    asked = "import sys, metrics; print([m for m in sys.modules if m.split('.')[0] in ('numpy', 'scipy')])"
    found = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)

    assert found.stdout.strip() == "[]"
