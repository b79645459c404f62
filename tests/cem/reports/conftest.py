"""Chromium, and what reads a PDF."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cem.reports.printing import find_chromium


def missing(reason: str) -> None:
    """In CI everything is there; elsewhere a test says what it lacks."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program."""
    found = find_chromium()
    if found is None:
        missing("there is no Chromium here: apt install chromium fonts-noto-core")
    assert found
    return found


@pytest.fixture(scope="session")
def text_of() -> Callable[[bytes, Path], str]:
    """The words of a PDF, without the marks of direction."""
    if shutil.which("pdftotext") is None:
        missing("there is no pdftotext here: apt install poppler-utils")

    def read(pdf: bytes, folder: Path) -> str:
        file = folder / "read.pdf"
        file.write_bytes(pdf)
        told = subprocess.run(["pdftotext", str(file), "-"], check=True, capture_output=True, text=True).stdout
        marks = dict.fromkeys((*range(0x2066, 0x206A), *range(0x202A, 0x202F), 0x200E, 0x200F))
        return " ".join(told.translate(marks).split())

    return read
