"""A closed-loop load over HTTP/1.1: so many connections, each sending its next request when it has its answer.

Plain protocols on uvloop, in a process of its own: it must cost less than the server that it measures.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median, quantiles
from typing import Any

import uvloop


@dataclass(frozen=True)
class Load:
    """What a load saw: requests a second, the middle and the 99th percentile of the waiting in ms, and the statuses."""

    per_second: float
    p50: float
    p99: float
    statuses: dict[int, int]


def get(host: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Language: fa\r\n\r\n".encode()


def post(host: str, path: str, form: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Language: fa\r\n"
    return (
        f"{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}".encode()
    )


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], waits: list[float], statuses: dict[int, int]) -> None:
        self.requests, self.waits, self.statuses = requests, waits, statuses
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.sent = 0.0
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        if len(body) < length:
            return
        self.waits.append(time.perf_counter() - self.sent)
        status = int(head[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.received = b""
        self.send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _until(deadline: float, requests: Iterator[bytes]) -> Iterator[bytes]:
    for request in requests:
        if time.perf_counter() > deadline:
            return
        yield request


def _run(port: int, connections: int, seconds: float, make: Callable[..., Iterator[bytes]], arguments: Any) -> Load:
    waits: list[float] = []
    statuses: dict[int, int] = {}

    async def drive() -> float:
        started = time.perf_counter()
        requests = _until(started + seconds, make(*arguments))
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(lambda: _Connection(requests, waits, statuses), "127.0.0.1", port)
            for _ in range(connections)
        ]
        await asyncio.gather(*(protocol.done for _, protocol in made))
        return time.perf_counter() - started

    took = uvloop.run(drive())
    cuts = quantiles(waits, n=100) if len(waits) > 100 else [0.0] * 99
    return Load(len(waits) / took, median(waits) * 1000, cuts[98] * 1000, statuses)


def load(port: int, connections: int, seconds: float, make: Callable[..., Iterator[bytes]], *arguments: Any) -> Load:
    """Drive a server from another process; `make(*arguments)` gives the requests, one after the other."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (port, connections, seconds, make, arguments))
