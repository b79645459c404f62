"""A statement as its employee has it: on a phone, in both languages, light and dark, and without scripts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import SIDEWAYS, SMALL, _axe, watch

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize(("width", "dark"), [(320, False), (360, True), (1440, False)])
def test_a_statement_is_sound(visit: Any, language: str, width: int, dark: bool) -> None:
    """No overflow, error or violation; every measure has its picture with a name, and its table."""
    with visit(language, width, dark=dark, name="employee") as page:
        wrong = watch(page)
        page.goto("/statements", wait_until="networkidle")
        page.locator(".list h2 a").first.click()
        expect(page.locator(".hero .sum b")).to_be_visible()

        assert page.locator("svg.curve[aria-label]").count() == page.locator(".measure details table").count() > 1
        assert page.evaluate(SIDEWAYS) <= 0
        assert page.evaluate(SMALL) == []
        assert _axe(page) == []
        assert wrong == []


def test_without_scripts(visit: Any) -> None:
    """A statement needs none: the numbers of a curve open, and the way to the amount stands there."""
    with visit("fa", 360, script=False, name="employee") as page:
        page.goto("/statements")
        page.locator(".list h2 a").first.click()
        page.locator(".measure details summary").first.click()

        expect(page.locator(".measure details table").first).to_be_visible()
        expect(page.locator(".steps-of.money")).to_be_visible()
