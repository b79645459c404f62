"""Screens that read tallies: the same time whatever the number of responses."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from http.cookiejar import CookieJar
from statistics import median
from urllib.parse import urlencode

from benchmarks import scale
from benchmarks.measures import PASSWORD, Measure, installation
from benchmarks.servers import serving

# What reads tallies, by its address; each with a word that only the full page has.
SCREENS = {
    "scorecard": ("/scorecards?survey=five&period=12m", "touchpoint-9"),
    "findings": ("/scorecards/findings?survey=five&period=12m", "</html>"),
    "explorer, touchpoint by month": ("/explorer?survey=five&period=12m&rows=touchpoint&columns=month", "touchpoint-9"),
    "explorer, touchpoint by quarter": (
        "/explorer?survey=five&period=12m&rows=touchpoint&columns=quarter",
        "touchpoint-9",
    ),
}


def screen_times(sizes: tuple[int, int, int] = (10_000, 100_000, 10_000_000)) -> list[Measure]:
    """Whole pages, signed in, at each size in turn; a ratio is the median over the rounds."""
    with ExitStack() as stack:
        servers = [stack.enter_context(_screens(size, 8730 + place)) for place, size in enumerate(sizes)]
        rounds = {
            screen: [tuple(open_page(screen) for open_page in servers) for _ in range(18)][3:] for screen in SCREENS
        }
    card = rounds.pop("scorecard")
    ratios = {screen: median(large / least for least, _, large in times) for screen, times in rounds.items()}
    slowest = max(ratios, key=lambda screen: ratios[screen])
    return [
        *(_screen("scorecard page", card, sizes, place) for place in (0, 1)),
        _screen(f"of {len(rounds)} others the least even: {slowest}", rounds[slowest], sizes, 0),
    ]


def _screen(what: str, rounds: list[tuple[float, ...]], sizes: tuple[int, ...], place: int) -> Measure:
    ratio = median(times[-1] / times[place] for times in rounds)
    return Measure(
        f"{what}, {sizes[-1]:,} responses",
        f"{median(times[-1] for times in rounds):.0f} ms ({ratio:.2f}x)",
        f"{median(times[place] for times in rounds):.0f} ms at {sizes[place]:,}",
        "<= 1.5x",
        ratio <= 1.5,
    )


@contextmanager
def _screens(responses: int, port: int) -> Iterator[Callable[[str], float]]:
    """A server with so many responses, and what opens one of its screens and tells the milliseconds."""
    with installation() as (folder, database, surveys):
        scale.define_company(database)
        scale.fill(database, surveys["five"], responses, date.today())  # noqa: DTZ011 - the server's own day is near
        with serving("product", folder, port):
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar := CookieJar()))
            base = f"http://127.0.0.1:{port}"
            browser.open(f"{base}/sign-in").read()
            token = next(cookie.value for cookie in jar if cookie.name == "csrf")
            form = {"name": "executive", "password": PASSWORD, "_csrf_token": token}
            browser.open(f"{base}/sign-in", urlencode(form).encode()).read()

            def open_page(screen: str) -> float:
                address, shown = SCREENS[screen]
                started = time.perf_counter()
                page = browser.open(f"{base}{address}&lang=en").read().decode()
                took = (time.perf_counter() - started) * 1000
                if shown not in page:
                    raise RuntimeError(f"the {screen} does not show what is measured")
                return took

            yield open_page
