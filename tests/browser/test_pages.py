"""Every page as its users have it: phone and desktop, both languages, with and without scripts, light and dark."""

import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = {
    "front": "/",
    "sign-in": "/sign-in",
    "survey": "/s/after-contact",
    "feedback": "/f/branch-visit",
    "thanks": "/s/after-contact/thanks",
    "forged link": "/i/forged",
    "scorecards": "/scorecards",
    "explorer": "/explorer",
    "shares": "/explorer?measure=q.reason&columns=touchpoint",
    "drivers": "/explorer/drivers?survey=relationship",
    "findings": "/scorecards/findings",
    "alerts": "/alerts",
    "alert log": "/alerts/log",
    "alert rule": "/alerts/rules/unhappy",
    "case numbers": "/cases/numbers",
    "case numbers of a unit": "/cases/numbers?unit=vanak&days=30",
    "new alert rule": "/alerts/rules/new",
    "quality": "/quality",
    "decisions": "/quality/responses",
    "rules": "/quality/rules?try=1",
    "repeats": "/quality/repeats",
    "weights": "/quality/weights?edit=gender",
    "small units": "/quality/units",
    "planner": "/quality/planner",
    "outcomes": "/outcomes",
    "improvements": "/improvements",
    "root causes": "/improvements/root-causes",
    "root cause": "/improvements/root-causes",
    "improvement": "/improvements?view=proven",
    "plan of an improvement": "/improvements?view=open",
    "causes": "/improvements/causes",
    "comments": "/comments",
    "topics": "/comments/topics",
    "responses": "/responses",
    "digests": "/digests",
    "calendar": "/calendar",
    "programme": "/programme",
    "lesson": "/programme/lessons/1",
    "criterion": "/programme/criteria/2.6",
    "judged criterion": "/programme/criteria/2.9",
    "value beside": "/programme/beside/L0.4",
    "six-lessons report": "/programme/report",
    "cases": "/cases",
    "overdue cases": "/cases?view=overdue&severity=2",
    "case": "/cases",
    "reply": "/cases",
    "morning": "/cases/today",
    "logging": "/cases/new",
    "promises": "/cases/settings",
    "absence": "/cases/absence",
    "my statements": "/statements",
    "appeals": "/rewards/appeals",
    "adjustments": "/rewards/adjustments",
    "scores by unit": "/rewards/shares",
    "rewards": "/rewards",
    "new plan": "/rewards/plans/new",
    "plan": "/rewards/plans/branch-rewards/1",
    "participants": "/rewards/plans/branch-rewards/participants",
    "back-test": "/rewards/backtests/branch-rewards/1",
    "measured period": "/rewards",
    "closed period": "/rewards",
    "unit's score": "/rewards",
    "amounts": "/rewards",
    "person's amount": "/rewards",
}
# What to follow from there, where an address has an id in it.
NEWEST, OLDEST = "[href*='/rewards/runs/'] >> nth=0", "[href*='/rewards/runs/'] >> nth=-1"
FIRST_CASE = "[href^='/cases/']:has(bdi) >> nth=0"
ONE = "[href*='/improvements/0'] >> nth=0"
LINKS = {
    "case": (FIRST_CASE,),
    "reply": (FIRST_CASE, "[href*='template='] >> nth=0"),
    "root cause": ("[href*='/root-causes/'] >> nth=0",),
    "improvement": (ONE,),
    "plan of an improvement": (ONE, "[href$='/change']"),
    "measured period": (NEWEST,),
    "closed period": (OLDEST,),
    "unit's score": (OLDEST, "[href*='/units/'] >> nth=0"),
    "amounts": (OLDEST, "[href$='/people']"),
    "person's amount": (OLDEST, "[href$='/people']", "[href*='/people/'] >> nth=0"),
}
PUBLIC = {"front", "sign-in", "survey", "feedback", "thanks", "forged link"}
# Who may do most on a page sees most of it.
READERS = dict.fromkeys(PUBLIC, "") | dict.fromkeys(PAGES.keys() - PUBLIC, "cx")
READERS |= {"my statements": "employee", "appeals": "finance", "adjustments": "finance"}
FOR_CX = {"case", "reply", "root cause", "improvement", "plan of an improvement"}
READERS |= dict.fromkeys(("rewards", "new plan", "plan", "participants", "back-test", *LINKS.keys() - FOR_CX), "hr")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """[...document.querySelectorAll('a,button,input,select,textarea,summary')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && r.height && e.type !== 'hidden' && !(e.tagName === 'A' && getComputedStyle(e).display === 'inline')
    && !e.closest('label, [aria-hidden=true]') && (r.height < 24 || r.width < 24)
  }).map(e => e.outerHTML.slice(0, 80))"""

RUN_AXE = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
# What Tab stops at: of a group of radio buttons the chosen or the first, of a closed part its headline.
STOPS = """() => { const groups = new Set(); return [...document.querySelectorAll(
    'a[href],button,input,select,textarea,summary,[tabindex="0"]')].filter(e => {
  if (e.type === 'hidden' || e.disabled || e.tabIndex < 0) return false;
  if (!e.checkVisibility({visibilityProperty: true})) return false;
  if (e.type !== 'radio') return true;
  const key = e.form + e.name, chosen = e.form?.querySelector(`input[name="${e.name}"]:checked`);
  if (groups.has(key) || (chosen && chosen !== e)) return false;
  groups.add(key); return true; }).length }"""
# A frame is its own page: what has the focus in it shows that itself.
STOPPED = """() => { const e = document.activeElement, r = e.getBoundingClientRect();
  const styles = [getComputedStyle(e), getComputedStyle(e.closest('label, .tile') || e)];
  const shown = styles.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0);
  const where = e === document.body ? 'page' : e.tagName === 'IFRAME' ? 'frame' : 'stop';
  return [where, shown, r.bottom > 0 && r.top < innerHeight, e.outerHTML.slice(0, 100)]; }"""


def watch(page: Page) -> list[str]:
    """What goes wrong on a page: script errors, refused contents, and calls to other hosts."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda r: None if r.url.startswith(("http://127.0.0.1", "data:")) else wrong.append(r.url))
    return wrong


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(visit: Any, name: str, width: int, language: str) -> None:
    """No sideways overflow, error, foreign host, small target or violation that axe finds; the right direction."""
    with visit(language, width, name=READERS[name]) as page:
        wrong = watch(page)
        _go(page, name)
        # A page that is not there is an error to the browser's console, and the right answer.
        wrong = [text for text in wrong if "404 (Not Found)" not in text]

        assert wrong == []
        assert page.evaluate(SIDEWAYS) <= 0
        assert page.evaluate(SMALL) == []
        assert page.locator("html").get_attribute("dir") == {"fa": "rtl", "en": "ltr"}[language]
        assert _axe(page) == []


def _go(page: Page, name: str) -> None:
    """To a page, and on by the links that lead to it."""
    page.goto(PAGES[name], wait_until="load" if name in LINKS else "networkidle")
    for link in LINKS.get(name, ()):
        page.goto(page.locator(f"main a{link}").get_attribute("href") or "")
    page.wait_for_load_state("networkidle")


def _axe(page: Page) -> list[str]:
    """Axe comes in through the debugger, which the page's policy does not bind, so that one look is enough."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": Axe().axe_script})
    asked = {"expression": RUN_AXE, "awaitPromise": True, "returnByValue": True}
    found = session.send("Runtime.evaluate", asked)["result"]["value"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]


DARK = ["survey", "scorecards", "front", "explorer", "drivers", "quality", "decisions", "weights", "improvements"]


@pytest.mark.parametrize(
    "name", [*DARK, "cases", "case", "morning", "planner", "outcomes", "comments", "responses", "digests"]
)
def test_a_page_is_sound_in_the_dark(visit: Any, name: str) -> None:
    """Contrast holds in dark mode."""
    with visit("fa", 360, dark=True, name=READERS[name]) as page:
        page.goto(PAGES[name], wait_until="networkidle")

        assert _axe(page) == []


KEYED = ["scorecards", "explorer", "quality", "decisions", "rules", "repeats", "weights", "small units", "planner"]


@pytest.mark.parametrize(
    "name",
    [*KEYED, "cases", "logging", "outcomes", "improvements", "causes", "comments", "topics", "responses", "digests"],
)
def test_a_page_by_keyboard(visit: Any, name: str) -> None:
    """Tab reaches everything that can be used, one after the other and no further, and shows where it is."""
    with visit("en", 1440, name="cx") as page:
        page.goto(PAGES[name], wait_until="networkidle")
        expected, seen = page.evaluate(STOPS), 0
        # A frame in between takes a key or two for itself, and the page's own focus is nowhere meanwhile.
        for _ in range(expected + 4):
            page.keyboard.press("Tab")
            where, shown, in_view, which = page.evaluate(STOPPED)
            if where != "stop":
                continue
            assert shown, f"nothing shows that this has the focus: {which}"
            assert in_view, f"this has the focus out of sight: {which}"
            seen += 1
            if seen == expected:
                break
        page.keyboard.press("Tab")

        assert seen == expected
        assert page.evaluate(STOPPED)[0] != "stop"


@pytest.mark.parametrize("width", [360, 1440])
def test_the_scorecard_is_readable_without_scripts(visit: Any, width: int) -> None:
    """KPIs, comparisons and the tables of the figures are there before, and without, any script."""
    with visit("en", width, script=False, name="executive") as page:
        page.goto("/scorecards")

        expect(page.get_by_text("Net promoter score (NPS)").first).to_be_visible()
        expect(page.get_by_role("link", name="Branch visit")).to_be_visible()
        assert page.locator("details table").count() >= 2
        assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_answering_on_a_phone(visit: Any, language: str, script: bool) -> None:
    """A customer taps a score, writes a comment, sends, and is thanked; with and without scripts."""
    with visit(language, 360, script=script) as page:
        page.goto("/s/after-contact")
        page.locator("label", has=page.locator("input[name='q.recommend'][value='9']")).click()
        page.locator("textarea").first.fill("همه چیز خوب بود" if language == "fa" else "All was well")
        page.get_by_role("button").last.click()
        page.wait_for_url("**/thanks**")

        expect(page.get_by_role("heading").first).to_be_visible()


def test_answering_by_keyboard(visit: Any) -> None:
    """Tab reaches the first question, arrows choose, and Enter on the button sends."""
    with visit("en", 1440) as page:
        page.goto("/s/after-contact")
        first = page.locator("input[name='q.recommend']").first
        first.focus()
        for _ in range(8):
            page.keyboard.press("ArrowRight")
        chosen = page.locator("input[name='q.recommend']:checked")
        assert int(chosen.get_attribute("value") or "") in {8, 9}
        page.get_by_role("button").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/thanks**")


def test_the_scorecard_moves_within_two_seconds(visit: Any) -> None:
    """Somebody answers; the open scorecard counts one more, without a click, within two seconds."""
    with visit("en", 1440, name="executive") as scorecard, visit("en", 360) as phone:
        scorecard.goto("/scorecards?survey=after-contact&period=1m")
        scorecard.wait_for_load_state("load")
        before = answers(scorecard)
        phone.goto("/s/after-contact")
        phone.wait_for_timeout(2_100)  # nobody reads a page in less; a faster answer is flagged and left out
        phone.locator("label", has=phone.locator("input[name='q.recommend'][value='10']")).click()
        phone.locator("label", has=phone.locator("input[name='q.satisfaction'][value='5']")).click()
        phone.get_by_role("button").last.click()
        phone.wait_for_url("**/thanks**")

        deadline = time.monotonic() + 2
        while answers(scorecard) == before and time.monotonic() < deadline:
            scorecard.wait_for_timeout(50)

        assert answers(scorecard) == before + 1


COUNT = "Number((document.querySelector('main').innerText.match(/([0-9,]+)\\W* answers/)[1]).replace(',', ''))"


def answers(page: Page) -> int:
    return int(page.evaluate(COUNT))


def test_printing(visit: Any, tmp_path: Any) -> None:
    """On paper the scorecard keeps its content and loses its controls."""
    with visit("fa", 1440, name="executive") as page:
        page.goto("/scorecards", wait_until="networkidle")
        page.emulate_media(media="print")

        expect(page.locator("header.bar")).to_be_hidden()
        assert len(page.pdf(format="A4")) > 20_000
