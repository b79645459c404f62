"""The servers that are measured, each in a process of its own: `python -m benchmarks.servers KIND PORT FOLDER`.

product  the product as `cem serve` runs it
nothing  the same, with an inbox that stores nothing: the limit of acknowledging
bytes    a handler that returns the bytes of a survey page and its headers: the limit of serving
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from litestar import Litestar, Response, get
from litestar.params import FromPath

from cem.app import create_app
from cem.settings import Settings, read_settings
from surveys.inbox import Inbox
from surveys.responses import Submission

SECRET = "a secret of the benchmarks, which protect nothing"


class Acknowledger(Inbox):
    """Says yes and stores nothing."""

    async def put(self, submission: Submission) -> bool:  # noqa: ARG002 - that is the point
        return True


def settings(folder: Path, database_url: str | None = None) -> Settings:
    url = database_url or f"sqlite:///{folder / 'cem.db'}"
    return Settings(secret_key=SECRET, database_url=url, posts_per_minute=10**9)


def build(kind: str, folder: Path) -> Litestar:
    if kind == "bytes":
        page = (folder / "page.html").read_bytes()
        headers = json.loads((folder / "headers.json").read_text())

        @get("/s/{slug:str}")
        async def serve(slug: FromPath[str]) -> Response[bytes]:  # noqa: ARG001 - as the product's own
            return Response(page, headers=headers, media_type="text/html")

        return Litestar([serve])
    app = create_app(read_settings(folder, {}))
    if kind == "nothing":
        reception = app.state.reception
        app.state.reception = replace(reception, inbox=Acknowledger(reception.database.writer))
    return app


@contextmanager
def serving(kind: str, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers; told to stop at the end."""
    process = start(kind, folder, port)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def start(kind: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.servers", kind, str(port), str(folder)]
    process = subprocess.Popen(
        command, cwd=Path(__file__).parent.parent, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    )
    wait_for(port)
    return process


def wait_for(port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2)
        except urllib.error.HTTPError:
            return  # it answers, if only that it has no such page
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")


if __name__ == "__main__":
    kind, port, folder = sys.argv[1:]
    uvicorn.run(build(kind, Path(folder)), port=int(port), access_log=False, log_level="warning", server_header=False)
