"""Cuts of many answers on a real server, on both databases: progress first, then the table; few at a time."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
import uvicorn
from litestar import Litestar
from litestar.testing import TestClient

from cem.app import create_app
from cem.explorer import counting
from cem.explorer.counting import Slots
from cem.people.signed_in import COOKIE
from cem.roles import Role
from cem.settings import Settings
from surveys.cuts import Held
from surveys.database import create_database, day_of, utc_now

ADDRESS = "/explorer?lang=en&rows=touchpoint&columns=language"


@dataclass
class Gate:
    """Lets the parts of a count through once it is opened, and tells how many came."""

    opened: threading.Event = field(default_factory=threading.Event)
    came: int = 0

    def through(self, read: Callable[..., Held]) -> Callable[..., Held]:
        def waiting(*arguments: Any) -> Held:
            self.came += 1
            if self.came > 1:
                assert self.opened.wait(20)
            return read(*arguments)

        return waiting


@dataclass
class Server:
    port: int
    cookie: str
    app: Litestar

    def open(self) -> tuple[HTTPConnection, HTTPResponse]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", ADDRESS, headers={"cookie": f"{COOKIE}={self.cookie}"})
        return connection, connection.getresponse()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Every count is long, and stops after its first part until the gate is opened."""
    gate = Gate()
    monkeypatch.setattr(counting, "SLOW", 10)
    monkeypatch.setattr(counting, "held", gate.through(counting.held))
    return gate


@pytest.fixture
def server(
    settings: Settings, sign_in: Callable[[Role], TestClient[Litestar]], answer: Callable[..., None], gate: Gate
) -> Iterator[Server]:
    """The product on a port, where somebody has signed in and one may count at a time."""
    for unit, touchpoint in (("vanak", "counter"), ("tajrish", "call")):
        answer(*range(11), *[9] * 20, day=day_of(utc_now(), settings.zone), unit=unit, touchpoint=touchpoint)
    cookie = sign_in(Role.EXECUTIVE).cookies[COOKIE]
    app = create_app(settings, database=create_database(settings.database_url))
    app.state.slots = Slots(1)
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield Server(running.servers[0].sockets[0].getsockname()[1], cookie, app)
    gate.opened.set()
    running.should_exit = True
    thread.join()


def read_until(response: HTTPResponse, text: str) -> str:
    page = b""
    while text.encode() not in page:
        piece = response.read1()
        assert piece, page
        page += piece
    return page.decode()


def test_progress_comes_before_the_table(server: Server, gate: Gate) -> None:
    """The page is there at once and says how far the count is; the table follows in the same answer."""
    connection, response = server.open()
    first = read_until(response, 'value="1"')

    assert (response.status, response.headers["transfer-encoding"]) == (200, "chunked")
    assert "<h1>Explorer</h1>" in first
    assert 'role="status" aria-live="polite"' in first
    assert "<table" not in first
    gate.opened.set()
    rest = response.read().decode()
    assert re.findall(r'<progress max="12" value="(\d+)"', rest)[-1] == "12"
    assert "62 answers, counted in" in re.sub("[\u2066-\u2069]", "", rest)
    assert rest.index("</progress>") < rest.index("<table")
    assert rest.rstrip().endswith("</html>")
    connection.close()


def test_few_at_a_time_and_who_leaves_stops(server: Server, gate: Gate) -> None:
    """A second count is told when to come again; when the first one's reader leaves, nothing more is read for them."""
    connection, response = server.open()
    read_until(response, 'value="1"')
    other, busy = server.open()
    said = busy.read().decode()

    assert (busy.status, busy.headers["retry-after"]) == (503, "10")
    assert "Others are counting just now" in said
    response.close()
    connection.close()
    other.close()
    time.sleep(0.2)  # the server hears of it
    gate.opened.set()
    for _ in range(100):
        last, again = server.open()
        page = again.read().decode()
        last.close()
        if again.status == 200:
            break
        time.sleep(0.05)
    assert "62 answers, counted in" in re.sub("[\u2066-\u2069]", "", page)
    # One whole count, and of the one that was left its first part and the one that had begun.
    assert gate.came <= 12 + 3
