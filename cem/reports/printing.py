"""A page becomes a PDF: Chromium, found on this machine, prints a file that holds all it needs.

The page is a file in a folder of its own, which goes with the browser's profile when it is printed: nothing is fetched
over a port, and no sign-in is needed. One is printed at a time, because a browser takes as much memory as the product.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cem.errors import CemError
from surveys.languages import N_

USUAL_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Seconds for one printing, and for which a request waits for the one before it.
LONGEST, QUEUE = 60.0, 10.0
# Milliseconds of the page's own time: its figures are drawn by then.
DRAWING = 10_000

_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    # The file has everything; whatever else it asked for would be a mistake.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    f"--virtual-time-budget={DRAWING}",
)


class NoPrinter(CemError):
    status = 404
    title = N_("PDF files are not made here")
    advice = N_("There is no Chromium on this machine. Your browser can print the page to a file.")


class PrinterBusy(CemError):
    status = 503
    title = N_("Another PDF is being made")
    advice = N_("Please try again in a few seconds.")
    retry_after = 5


class NotPrinted(CemError):
    status = 503
    title = N_("The PDF could not be made")
    advice = N_("Please try again in a moment. Your browser can print the page to a file.")
    retry_after = 5


def find_chromium(wished: str = "") -> str | None:
    """The program that is set, or one of a usual name; None where there is none."""
    names = (wished,) if wished else USUAL_NAMES
    return next((found for name in names if (found := shutil.which(name))), None)


class Printer:
    """Prints one page at a time."""

    def __init__(self, wished: str = "", longest: float = LONGEST, queue: float = QUEUE) -> None:
        self.program = find_chromium(wished)
        self._longest, self._queue = longest, queue
        self._turn = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Whoever has it prints. NoPrinter where nobody can, PrinterBusy where it takes too long to come."""
        if self.program is None:
            raise NoPrinter
        if not self._turn.acquire(timeout=self._queue):
            raise PrinterBusy
        try:
            yield
        finally:
            self._turn.release()

    def print_page(self, page: str) -> bytes:
        """The PDF of an HTML page that needs no other file. NotPrinted where Chromium fails or takes too long."""
        if self.program is None:
            raise NoPrinter
        with tempfile.TemporaryDirectory(prefix="cem-print-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            (folder / "page.html").write_text(page, encoding="utf-8")
            _run(self.program, folder, self._longest)
            file = folder / "page.pdf"
            if not file.exists():
                raise NotPrinted("Chromium wrote no file.")
            return file.read_bytes()


def _run(program: str, folder: Path, longest: float) -> None:
    flags = [*_FLAGS, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={folder / 'page.pdf'}"]
    # Chromium refuses its sandbox to root, as whom a container may run.
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    environment = {"HOME": str(folder), "PATH": os.environ.get("PATH", ""), "TMPDIR": str(folder)}
    process = subprocess.Popen(  # noqa: S603 - the program is the installation's choice, the rest is ours
        [program, *flags, (folder / "page.html").as_uri()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        process.wait(longest)
    except subprocess.TimeoutExpired:
        raise NotPrinted("Chromium took too long.") from None
    finally:
        # With its children: they would hold the folder's files.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
