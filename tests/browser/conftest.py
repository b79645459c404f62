"""A real Chromium against the demo company, served as a stranger would start it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PASSWORD = "demo-demo-demo"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demo company."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("cem")), "demo", "--port", str(port), "--folder"]
    process = subprocess.Popen([*command, str(tmp_path_factory.mktemp("demo"))], stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the demo company does not answer")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, as the distribution packages it; closed after each file, because its driver occupies the event loop."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "there is no Chromium here: apt install chromium fonts-noto-core"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """The session cookie of each who has signed in: so many sign-ins a minute would be too many for one address."""
    return {}


@pytest.fixture
def visit(chromium: Browser, demo: str, sessions: dict[str, Any]) -> Open:
    """Opens a browser as somebody has it: language, width, script, colours, signed in or not."""

    @contextmanager
    def opened(
        language: str = "en", width: int = 1440, *, script: bool = True, dark: bool = False, name: str = ""
    ) -> Iterator[Page]:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            locale={"fa": "fa-IR", "en": "en-GB"}[language],
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            base_url=demo,
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        if name and name not in sessions:
            sessions[name] = _sign_in(context, name)
        elif name:
            context.add_cookies([sessions[name]])
        yield page
        context.close()

    return opened


def _sign_in(context: BrowserContext, name: str) -> Any:
    """The cookie of a session that begins here."""
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()
    return next(cookie for cookie in context.cookies() if cookie["name"] == "session")
