"""A quarter of rewards as the people of a Persian company play it, each with their own account, until it is closed."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FilePayload, Page, expect

from cem.demo.employees import draw_workers
from cem.rewards.periods import RewardPeriod
from surveys.database import day_of
from surveys.languages import ascii_digits, language
from tests.browser.test_pages import SIDEWAYS, watch

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FA = language("fa")
CODE, NAME = "story-of-a-quarter", "پاداش یک فصل شعبه‌ها"
UNITS = {"rasht", "vanak", "contact-centre"}
HEADER = "شماره پرسنلی,نام,حساب کاربری,واحد,مبلغ هدف"


def test_a_quarter_from_the_template_to_the_closed_period(visit: Any) -> None:
    """Every step leads to the next by what its person sees and presses, and each is shown to whom it concerns."""
    period = RewardPeriod.quarter_of(day_of(datetime.now(UTC), ZoneInfo("Asia/Tehran")), "jalali").plus(-1)
    with ExitStack() as opened:
        hr, executive, finance, appeals = (
            opened.enter_context(visit("fa", 1440, name=name)) for name in ("hr", "executive", "finance", "appeals")
        )
        employee = opened.enter_context(visit("fa", 360, name="employee"))
        wrong = [watch(page) for page in (hr, executive, finance, appeals, employee)]

        plan = _make_plan(hr, period)
        _test_it_on_the_past(hr, plan)
        _sign(hr, executive, plan)
        _bring_people_in(hr, plan, period)
        _acknowledge(employee, hr, plan)
        run = _open_period(hr, plan, period)
        _stop_and_release(hr)
        _calculate(hr)
        _approve(hr, finance, run)
        _appeal(employee, period)
        _decide(hr, appeals)
        _add(hr, finance)
        _pay(finance, run)
        _close(hr, run)
        _read_the_answer(employee, period)

        # A refusal is the right answer to who may not, and an error to the browser's console.
        assert [text for one in wrong for text in one if "status of 4" not in text] == []


def _make_plan(hr: Page, period: RewardPeriod) -> str:
    """From a template, through every step, to a draft without faults; the address of its page."""
    hr.goto("/rewards")
    hr.get_by_role("link", name="طرح تازه").click()
    hr.get_by_role("radio", name="تیم خط مقدم").check()
    hr.get_by_label("کد طرح").fill(CODE)
    hr.get_by_label("نام فارسی").fill(NAME)
    hr.get_by_label("نخستین دوره").fill(FA.digits(period.code))
    _press(hr, "ساختن پیش‌نویس")
    expect(hr.get_by_role("heading", level=1)).to_have_text(NAME)
    for _ in ("who", "measures", "guard"):
        _press(hr, "ذخیره و ادامه")
    expect(hr.get_by_role("heading", name="این طرح ایرادی ندارد")).to_be_visible()
    hr.get_by_role("link", name="رفتن به طرح").click()
    expect(hr.get_by_text("پیش‌نویس", exact=True)).to_be_visible()
    return hr.url


def _test_it_on_the_past(hr: Page, plan: str) -> None:
    """What it would have paid in four past quarters, and what each guard does against chance."""
    hr.get_by_role("link", name="آزمون گذشته‌نگر").click()
    expect(hr.get_by_role("heading", name="این طرح چه می‌پرداخت")).to_be_visible()
    expect(hr.get_by_role("table", name="واحدها بر پایه پرداختی فرضی").get_by_role("row")).to_have_count(5)
    expect(hr.get_by_role("table", name="حفاظ‌ها").first).to_contain_text("٪")
    hr.get_by_role("link", name=NAME).click()
    assert hr.url == plan


def _sign(hr: Page, executive: Page, plan: str) -> None:
    """Human resources and the business, each once."""
    _press(hr, "امضا از سوی منابع انسانی")
    expect(hr.get_by_role("button", name="امضا")).to_have_count(0)
    executive.goto(plan)
    _press(executive, "امضا از سوی کسب‌وکار")
    expect(executive.get_by_text("توافق‌شده", exact=True)).to_be_visible()


def _bring_people_in(hr: Page, plan: str, period: RewardPeriod) -> None:
    """A file with a mistake is refused with its line, and changes nothing; the mended one is tried, then taken."""
    rows = [
        f"{who.employee_no},{who.full_name},{who.account or ''},{worker.unit},{worker.target_amount}"
        for worker, who in ((one, one.employee) for one in draw_workers() if one.unit in UNITS)
    ]
    hr.goto(plan)
    hr.get_by_role("link", name="مشمولان طرح").click()
    hr.get_by_label("دوره").select_option(period.code)
    _press(hr, "نمایش")
    _try_file(hr, [*rows[:2], rows[2].replace("vanak", "wanak"), *rows[3:]])
    refused = hr.get_by_role("alert").get_by_role("row").last
    expect(refused).to_contain_text("۴")
    expect(refused).to_contain_text("«wanak» شناخته نیست")
    hr.get_by_role("link", name="بازگشت به فهرست").click()
    expect(hr.get_by_text("هنوز کسی مشمول این دوره نیست")).to_be_visible()
    _try_file(hr, rows)
    expect(hr.get_by_role("main")).to_contain_text(re.compile(f"{FA.digits(len(rows))}\\W*اضافه"))
    _press(hr, "ثبت این فهرست")
    expect(hr.get_by_role("table", name="مشمولان طرح").get_by_role("row")).to_have_count(len(rows) + 1)


def _try_file(hr: Page, rows: list[str]) -> None:
    text = "\n".join([HEADER, *rows])
    file = FilePayload(name="مشمولان.csv", mimeType="text/csv", buffer=text.encode("utf-8-sig"))
    hr.get_by_label("CSV یا اکسل").set_input_files(file)
    _press(hr, "آزمایش فایل")


def _acknowledge(employee: Page, hr: Page, plan: str) -> None:
    """Somebody whom the plan pays says that they have read it, and HR sees how many have."""
    employee.goto(plan)
    _press(employee, "این طرح را خوانده‌ام")
    expect(employee.get_by_text("اعلام کرده‌اید که این طرح را خوانده‌اید.")).to_be_visible()
    _fits(employee)
    hr.goto(plan)


def _open_period(hr: Page, plan: str, period: RewardPeriod) -> str:
    """The past quarter under the new plan: what it pays is provisional. The address of its page."""
    hr.goto(plan)
    hr.get_by_role("combobox", name="دوره").fill(FA.digits(period.code))
    _press(hr, "باز کردن این دوره")
    hr.get_by_role("link", name=_plain(period.label(FA))).first.click()
    _stands(hr, "در حال سنجش")
    expect(hr.get_by_text("موقت", exact=True)).to_be_visible()
    expect(hr.get_by_role("table", name="امتیاز واحدها").get_by_role("row")).to_have_count(len(UNITS) + 1)
    return hr.url


def _stop_and_release(hr: Page) -> None:
    """Somebody who doubts a measure stops it; nothing is calculated until a person says what they found."""
    hr.get_by_text("توقف دستی یک سنجه").click()
    hr.get_by_role("combobox", name="واحد").select_option("vanak")
    hr.get_by_label("چرا").fill("نظرهای یک روز بسیار شبیه هم‌اند")
    _press(hr, "توقف", exact=True)
    checks = hr.get_by_role("region", name="بررسی‌های سلامت داده")
    expect(checks).to_contain_text("نظرهای یک روز بسیار شبیه هم‌اند")
    _press(hr, "قفل کردن داده‌ها")
    _stands(hr, "قفل‌شده")
    expect(hr.get_by_role("button", name="محاسبه مبلغ‌ها")).to_have_count(0)
    # What the checks of the data themselves have found waits as well.
    while (waiting := checks.get_by_label("چه چیزی را بررسی کردید و چه یافتید")).count():
        waiting.first.fill("آن روز همایش بود و مهمان‌ها با هم پاسخ دادند")
        with hr.expect_navigation():
            _press(hr, "آزاد شود: به حساب می‌آید")
    mine = checks.get_by_role("listitem").filter(has_text="نظرهای یک روز بسیار شبیه هم‌اند")
    expect(mine).to_contain_text("آزاد شد: به حساب می‌آید.")
    expect(mine).to_contain_text("بهرام دادگر")


def _calculate(hr: Page) -> None:
    _press(hr, "محاسبه مبلغ‌ها")
    _stands(hr, "محاسبه‌شده")
    expect(hr.get_by_text("موقت", exact=True)).to_have_count(0)


def _approve(hr: Page, finance: Page, run: str) -> None:
    """Two people, and the second is not the first."""
    hr.get_by_label("یادداشت شما").fill("با برگه‌های شعبه‌ها برابر است")
    _press(hr, "بازبینی شد و درست است")
    _stands(hr, "بازبینی‌شده")
    expect(hr.get_by_role("button", name="تأیید مبلغ‌ها")).to_have_count(0)
    finance.goto(run)
    expect(finance.get_by_role("main")).to_contain_text("با برگه‌های شعبه‌ها برابر است")
    _press(finance, "تأیید مبلغ‌ها")
    _stands(finance, "تأییدشده")


def _appeal(employee: Page, period: RewardPeriod) -> None:
    """The statement on a phone: the amount in Persian digits and in words, and the way to say no."""
    _open_statement(employee, period)
    expect(employee.get_by_role("region", name="پاداش شما")).to_contain_text(re.compile("[۰-۹]+.*ریال", re.DOTALL))
    _fits(employee)
    employee.get_by_role("link", name="اعتراض دارم").click()
    employee.get_by_role("radio", name="واحد یا روزهای من نادرست است").check()
    employee.get_by_label("چه چیزی نادرست است؟").fill("یک هفته در ونک مأمور بودم و به حساب نیامده است.")
    _press(employee, "ثبت اعتراض")
    expect(employee.get_by_text("یک هفته در ونک مأمور بودم")).to_be_visible()
    _fits(employee)


def _decide(hr: Page, appeals: Page) -> None:
    """Who reviewed the amount may not; a colleague takes it in hand, and answers with a difference."""
    _open_appeal(hr)
    expect(hr.get_by_role("heading", name="شخص دیگری باید درباره این اعتراض تصمیم بگیرد")).to_be_visible()
    _open_appeal(appeals)
    _press(appeals, "به دست می‌گیرم")
    appeals.get_by_role("radio", name="بله، اعتراض وارد است").check()
    appeals.get_by_label("پاسخ همراه با دلیل").fill("حکم مأموریت دیده شد؛ مابه‌التفاوت در همین پرداخت می‌آید.")
    appeals.get_by_label("اگر وارد است: مابه‌التفاوت به ریال").fill("۱٬۲۵۰٬۰۰۰")
    _press(appeals, "ثبت تصمیم و پاسخ")


def _open_appeal(page: Page) -> None:
    page.goto("/rewards/appeals")
    page.get_by_role("region", name="در انتظار").get_by_role("link", name="مریم شالیکار").click()


def _add(hr: Page, finance: Page) -> None:
    """The difference, approved by two who did not ask for it."""
    for page in (hr, finance):
        page.goto("/rewards/adjustments")
        asked = page.get_by_role("listitem").filter(has_text="۱٬۲۵۰٬۰۰۰").filter(has_text="مریم شالیکار")
        asked.get_by_role("button", name="تأیید: مریم شالیکار").click()
    expect(finance.get_by_role("region", name="در فایل بعدی حقوق و دستمزد")).to_contain_text("۱٬۲۵۰٬۰۰۰")


def _pay(finance: Page, run: str) -> None:
    """The batch holds the difference as well; payroll says in Persian digits what it has paid."""
    finance.goto(run)
    _press(finance, "ساخت دسته پرداخت")
    payroll = finance.get_by_role("region", name="حقوق و دستمزد")
    rows, total = re.findall("[۰-۹٬]+", payroll.get_by_role("paragraph").first.inner_text())[:2]
    with finance.expect_download() as got:
        payroll.get_by_role("link", name="سطرها به صورت CSV").click()
    lines = got.value.path().read_text("utf-8-sig").splitlines()[1:]
    assert sum(int(line.split(",")[4]) for line in lines) == int(ascii_digits(total).replace(",", ""))
    assert [line.split(",")[3:5] for line in lines if ",adjustment," in line] == [["adjustment", "1250000"]]
    payroll.get_by_label("تعداد سطرهای پرداخت‌شده").fill(rows)
    payroll.get_by_label("جمع آن‌ها").fill(total)
    _press(finance, "حقوق و دستمزد پرداخت کرده است")
    _stands(finance, "پرداخت‌شده")


def _close(hr: Page, run: str) -> None:
    hr.goto(run)
    _press(hr, "بستن دوره")
    _stands(hr, "بسته")
    expect(hr.get_by_text("کار دیگری در این دوره نمانده است.")).to_be_visible()
    expect(hr.get_by_role("region", name="تاریخچه").get_by_role("listitem").last).to_be_visible()


def _read_the_answer(employee: Page, period: RewardPeriod) -> None:
    """The employee finds the answer, the difference, and that it is paid."""
    _open_statement(employee, period)
    expect(employee.get_by_text("حکم مأموریت دیده شد")).to_be_visible()
    expect(employee.get_by_text("وارد دانسته شد")).to_be_visible()
    expect(employee.get_by_role("region", name="پاداش شما")).to_contain_text("پرداخت‌شده")
    expect(employee.get_by_role("main")).to_contain_text("۱٬۲۵۰٬۰۰۰")
    _fits(employee)


def _open_statement(employee: Page, period: RewardPeriod) -> None:
    employee.goto("/statements")
    mine = employee.get_by_role("listitem").filter(has_text=NAME)
    mine.get_by_role("link", name=_plain(period.label(FA))).click()


def _press(page: Page, name: str, *, exact: bool = False) -> None:
    page.get_by_role("button", name=name, exact=exact).first.click()


def _stands(page: Page, status: str) -> None:
    """Where the period stands among its steps."""
    steps = page.get_by_role("list", name="گام‌های دوره")
    expect(steps.locator("[aria-current=step]")).to_have_text(status)


def _fits(page: Page) -> None:
    assert page.evaluate(SIDEWAYS) <= 0


def _plain(text: str) -> str:
    """Without the marks that keep the direction of a number, which a name in the page may have."""
    return text.replace("\u2066", "").replace("\u2069", "")
