"""Pages of docs/ that are made from data: `python -m tests.documents` writes them."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "docs"
HEAD = """# Coverage

What the sources of this product ask for, by the ids of its inventory (the six lessons, maturity, CEM against CRM, types
and definitions of CRM, e-CRM, one-to-one, social CRM), and where it is found.
Made from [coverage.yaml](coverage.yaml) by `python -m tests.documents`; a test opens each address as somebody who may
see it.

{there} of {all} are there, {partly} in part, {not_yet} not yet.

| id | what | where | not yet |
|---|---|---|---|
"""


def read_coverage() -> dict[str, dict[str, Any]]:
    """The entries by their ids."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "coverage.yaml").read_text(encoding="utf-8"))
    return entries


def coverage_page() -> str:
    """docs/coverage.md."""
    entries = read_coverage()
    states = Counter(
        "partly" if "at" in one and "why" in one else "there" if "at" in one else "not_yet" for one in entries.values()
    )
    rows = []
    for code, one in entries.items():
        where = ", ".join(f"`{place}`" for place in one.get("at", []))
        why = re.sub(r"^as (\S+)$", r"see \1", one.get("why", ""))
        rows.append(f"| {code} | {one['what']} | {where} | {why} |")
    counts = {state: states[state] for state in ("there", "partly", "not_yet")}
    return HEAD.format(all=len(entries), **counts) + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (FOLDER / "coverage.md").write_text(coverage_page(), encoding="utf-8")
