"""The house keeps its shape: imports run metrics <- surveys <- cem, and ARCHITECTURE.md tells the truth."""

import ast
import re
from pathlib import Path

import pytest

ABOVE = {"metrics": {"surveys", "cem"}, "surveys": {"cem"}, "cem": set()}
WEB_OR_DATABASE = {
    "litestar",
    "sqlalchemy",
    "jinja2",
    "alembic",
    "plotly",
    "click",
    "uvicorn",
    "yaml",
    "datetime",
    "time",
}


def imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: say where it comes from"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("package", ABOVE)
def test_imports_run_one_way(root: Path, package: str) -> None:
    """No file of a package imports a package above it."""
    upward = {str(f): imported(f) & ABOVE[package] for f in (root / package).rglob("*.py")}

    assert {file: names for file, names in upward.items() if names} == {}


def test_metrics_is_pure(root: Path) -> None:
    """The statistics know no web, no database and no clock."""
    impure = {str(f): imported(f) & WEB_OR_DATABASE for f in (root / "metrics").rglob("*.py")}

    assert {file: names for file, names in impure.items() if names} == {}


def test_architecture_names_every_room(root: Path) -> None:
    """Each module and folder of the packages has its line in ARCHITECTURE.md, and no line names what is gone."""
    text = (root / "ARCHITECTURE.md").read_text()
    rooms = {
        f"{path.relative_to(root)}{'/' if path.is_dir() else ''}"
        for package in ABOVE
        for path in (root / package).iterdir()
        if (path.is_dir() and (path / "__init__.py").exists()) or (path.suffix == ".py" and path.stem != "__init__")
    }
    named = set(re.findall(r"`((?:metrics|surveys|cem)/[a-z_]+(?:\.py|/))`", text))

    assert named == rooms


def test_architecture_gives_a_reason_for_every_dependency(root: Path) -> None:
    """Each dependency of pyproject.toml earns its place in one line."""
    text = (root / "ARCHITECTURE.md").read_text()
    block = re.search(r"^dependencies = \[(.*?)^\]", (root / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    assert block
    names = re.findall(r'^  "([a-z0-9-]+)', block.group(1), re.MULTILINE)

    assert len(names) > 10
    assert [name for name in names if f"| {name} |" not in text] == []
