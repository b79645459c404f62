"""Printing: one at a time, not for ever, and nothing left behind."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cem.reports.paper import css_text
from cem.reports.printing import NoPrinter, NotPrinted, Printer, PrinterBusy, find_chromium

PAGE = "<!doctype html><meta charset=utf-8><title>x</title><p>سلام دنیا <img src=http://127.0.0.1:9/x>"


def program(folder: Path, script: str) -> str:
    """A program that stands where Chromium would."""
    file = folder / "browser"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files are made during a test; Chromium's socket needs a short name."""
    with tempfile.TemporaryDirectory(prefix="cem-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_a_page(chromium: str, text_of: Callable[[bytes, Path], str], workshop: Path, tmp_path: Path) -> None:
    """Letters are joined words again when they are read back; the file and the profile are gone."""
    pdf = Printer(chromium).print_page(PAGE)

    assert "دنیا" in text_of(pdf, tmp_path)
    assert list(workshop.iterdir()) == []


def test_one_that_hangs_is_ended(workshop: Path, tmp_path: Path) -> None:
    """After its time it is killed with its children, and its folder goes."""
    child = tmp_path / "child"
    printer = Printer(program(tmp_path, f"sleep 60 & echo $! > {child}; wait"), longest=0.5)

    with pytest.raises(NotPrinted, match="too long"):
        printer.print_page(PAGE)
    assert list(workshop.iterdir()) == []
    state = Path(f"/proc/{child.read_text().strip()}/status")
    deadline = time.monotonic() + 5
    while state.exists() and "zombie" not in state.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not state.exists() or "zombie" in state.read_text()


def test_one_that_fails(workshop: Path, tmp_path: Path) -> None:
    """A browser that ends without a file is told as such."""
    with pytest.raises(NotPrinted, match="no file"):
        Printer(program(tmp_path, "exit 1")).print_page(PAGE)
    assert list(workshop.iterdir()) == []


def test_one_at_a_time(tmp_path: Path) -> None:
    """The second waits for its turn, and is asked to come again where that takes too long."""
    printer = Printer(program(tmp_path, "exit 0"), queue=0.05)
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with printer.turn():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)
    with pytest.raises(PrinterBusy), printer.turn():
        pass
    leave.set()
    thread.join()
    with printer.turn():
        pass


def test_none_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is set wins, one of a usual name is found, and without either nobody prints."""
    usual = Path(program(tmp_path, "exit 0")).rename(tmp_path / "google-chrome")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() == str(usual)
    assert find_chromium("/nowhere/chromium") is None
    with pytest.raises(NoPrinter), Printer("/nowhere/chromium").turn():
        pass
    with pytest.raises(NoPrinter):
        Printer("/nowhere/chromium").print_page(PAGE)


def test_titles_in_style() -> None:
    """A title is text in a style sheet too: it can end neither its quotation nor the sheet."""
    written = css_text('a"; } </style><b>\n\\ سلام ۱')

    assert not set(written) & set('";}<>/\n')
    assert written.startswith("a\\22 \\3b ")
    assert written.endswith("سلام ۱")
