"""`cem serve` as a process of its own: who may serve what, and how it stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cem.cli import main
from cem.serving import write_settings
from cem.settings import Settings
from surveys.database import Database, new_id, sqlite_module, utc_now, wal_reset_fixed
from surveys.drafts import keep_draft
from surveys.models import Draft, Response
from surveys.publishing import publish
from surveys.questionnaire import read_yaml

SURVEY = """
id: visit
kind: transactional
languages: [en]
title: {en: Visit}
consent: {en: The experience team reads this.}
thanks: {en: Thanks}
blocks:
  - id: all
    questions:
      - {type: nps, id: recommend, required: true, purpose: The KPI., text: {en: Recommend}}
      - {type: comment, id: why, purpose: Causes., text: {en: Why}}
"""
MARKER = "whatacustomersaid"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What a process of ours sees of this one's environment: no setting of a developer's own installation.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("CEM_")}


@dataclass
class Server:
    """A running `cem serve`."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        return self._ask("POST", path, urlencode(form))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, FORM if body else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def ticket(self) -> str:
        found = re.search(r'name="ticket" value="([^"]+)"', self.get("/s/visit")[1])
        assert found
        return found[1]

    def refuses(self) -> bool:
        """Whether nobody listens any more."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except ConnectionRefusedError:
            return True
        return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """The exit status and what was written to standard error."""
        self.process.send_signal(how)
        errors = self.process.communicate(timeout=60)[1]
        return self.process.returncode, errors


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    command = [str(Path(sys.executable).with_name("cem")), "serve", "--port", "0", *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = re.fullmatch(
            r"cem is open at http://127\.0\.0\.1:(\d+)\. Ctrl-C stops it\.\n", process.stdout.readline()
        )
        assert said, process.communicate(timeout=60)[1]
        yield Server(process, int(said[1]))
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate(timeout=60)


@pytest.fixture
def folder(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one published survey."""
    with database.write() as session:
        publish(session, read_yaml(SURVEY), utc_now())
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", "a secret of the tests, long enough", address, "http://127.0.0.1")
    monkeypatch.chdir(tmp_path)
    for field in fields(Settings):
        monkeypatch.delenv(f"CEM_{field.name.upper()}", raising=False)
    return tmp_path


on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(database: Database) -> list[dict[str, object]]:
    with database.read() as session:
        return list(session.scalars(select(Response.answers)))


@on_sqlite
def test_what_is_on_its_way_is_stored_and_acknowledged(folder: Path, database: Database) -> None:
    """SIGTERM in the middle of a post: no new guests, but this one is answered, and its response is on disk.

    The exit status is 0, and what the customer wrote stands in no log.
    """
    with serving(folder) as server:
        body = urlencode({"ticket": server.ticket(), "q.recommend": "9", "q.why": MARKER})
        head = (
            "POST /s/visit HTTP/1.1\r\nHost: cem\r\nExpect: 100-continue\r\n"
            f"Content-Length: {len(body)}\r\nContent-Type: {FORM['Content-Type']}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as guest:
            guest.sendall(head.encode() + body[:40].encode())
            assert guest.recv(100).startswith(b"HTTP/1.1 100 ")  # the handler has begun to read
            server.process.send_signal(signal.SIGTERM)
            wait_until(server.refuses)
            assert answers(database) == []
            guest.sendall(body[40:].encode())
            assert guest.recv(1000).startswith(b"HTTP/1.1 303 ")

        status, errors = server.process.wait(60), server.process.communicate()[1]
    assert (status, errors) == (0, "")
    assert answers(database) == [{"recommend": 9, "why": MARKER}]


@on_sqlite
def test_an_embedded_database_has_one_server(folder: Path, database: Database) -> None:
    """A second one is refused with the reason, whatever its port; Ctrl-C ends the first in peace."""
    with serving(folder) as server:
        second = CliRunner().invoke(main, ["serve", "--port", "0"])

        assert (second.exit_code, second.stdout) == (2, "")
        assert second.stderr == "cem: Another process serves cem.db already.\n"
        assert server.get("/health")[0] == 200
        assert server.stop(signal.SIGINT) == (0, "")


@on_sqlite
def test_an_embedded_database_has_one_process(folder: Path, database: Database) -> None:
    """More workers are refused."""
    result = CliRunner().invoke(main, ["serve", "--workers", "2"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "cem: An embedded database is served by one process; use PostgreSQL for more.\n"


@pytest.mark.parametrize(("option", "value"), [("--port", "65536"), ("--port", "-1"), ("--workers", "0")])
def test_options_that_cannot_be(option: str, value: str) -> None:
    """Click names the option and its range."""
    result = CliRunner().invoke(main, ["serve", option, value])

    assert result.exit_code == 2
    assert f"Invalid value for '{option}': {value} is not in the range" in result.stderr


def test_a_port_that_is_taken(folder: Path, database: Database) -> None:
    """Status 2 before anything is done: the drafts that a start forgets are still there."""
    with database.write() as session:
        keep_draft(session, new_id(), new_id(), 1, {"why": MARKER}, utc_now() - timedelta(days=31))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = CliRunner().invoke(main, ["serve", "--port", str(taken.getsockname()[1])])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Address already in use" in result.stderr
    with database.read() as session:
        assert len(session.scalars(select(Draft)).all()) == 1


@on_postgresql
def test_two_workers_on_postgresql(folder: Path, database: Database) -> None:
    """Both serve the same: health, a page, a post that is sent to them again and again and stored once.

    A start forgets the drafts of which nobody has heard for 30 days. SIGTERM ends both workers with status 0.
    """
    old, young = new_id(), new_id()
    with database.write() as session:
        for response_id, days in ((old, 31), (young, 29)):
            keep_draft(session, new_id(), response_id, 1, {"why": MARKER}, utc_now() - timedelta(days=days))

    with serving(folder, "--workers", "2") as server:
        wait_until(lambda: not server.refuses())
        assert server.get("/health") == (200, '{"status":"ok"}')
        assert "Recommend" in server.get("/s/visit")[1]
        sent = {"ticket": server.ticket(), "q.recommend": "9", "q.why": MARKER}
        assert {server.post("/s/visit", sent)[0] for _ in range(8)} == {303}
        workers = _workers(server.process.pid)
        status, errors = server.stop()

    assert (status, errors) == (0, "")
    assert server.refuses()
    assert len(workers) == 2
    assert answers(database) == [{"recommend": 9, "why": MARKER}]
    with database.read() as session:
        assert list(session.scalars(select(Draft.response_id))) == [young]


def _workers(pid: int) -> list[str]:
    """The processes that a server has started to serve."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


@on_sqlite
def test_a_sqlite_with_the_wal_reset_bug_is_told(folder: Path, database: Database, tmp_path: Path) -> None:
    """Without pysqlite3, the interpreter's own SQLite is used, and a start warns if it is one of those; it serves."""
    import sqlite3

    (tmp_path / "pysqlite3.py").write_text('raise ImportError("is not installed")')
    with serving(folder, PYTHONPATH=str(tmp_path)) as server:
        assert server.get("/health")[0] == 200
        status, errors = server.stop()

    assert status == 0
    if wal_reset_fixed(sqlite3.sqlite_version_info):
        assert errors == ""
    else:
        assert errors.startswith(f"cem: SQLite {sqlite3.sqlite_version} can damage a database")
        assert "pysqlite3" in errors


@on_sqlite
def test_a_start_forgets_old_drafts(folder: Path, database: Database) -> None:
    """On an embedded database too, and a SQLite without the bug starts without a word of it."""
    old, young = new_id(), new_id()
    with database.write() as session:
        for response_id, days in ((old, 31), (young, 29)):
            keep_draft(session, new_id(), response_id, 1, {"why": MARKER}, utc_now() - timedelta(days=days))

    with serving(folder) as server:
        status, errors = server.stop()

    assert status == 0
    assert (errors == "") is wal_reset_fixed(sqlite_module().sqlite_version_info)
    with database.read() as session:
        assert list(session.scalars(select(Draft.response_id))) == [young]
