"""The people of the demo company who take part in its rewards: who they are, where they work, for how many days."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cem.people.models import Employee

SEED = 14040104
# The unit manager and the clerk who can sign in.
MANAGER, CLERK = "1801", "1804"
SIGNED_IN = {MANAGER: ("branch", "سمیه گیلانی"), CLERK: ("employee", "مریم شالیکار")}
# How many work where, the manager among them; of the smallest branches no result is shown to others.
STAFF = {
    "vanak": 6, "tajrish": 5, "karaj": 5, "rasht": 5, "sari": 5, "gorgan": 5, "isfahan": 5, "shiraz": 5, "ahvaz": 5,
    "mashhad": 6, "birjand": 3, "yazd": 4, "contact-centre": 9,
}  # fmt: skip
REGIONS = {
    "تهران": ("vanak", "tajrish", "karaj", "contact-centre"),
    "شمال": ("rasht", "sari", "gorgan"),
    "جنوب": ("isfahan", "shiraz", "ahvaz"),
    "شرق": ("mashhad", "birjand", "yazd"),
}
_NUMBERS = dict(zip(STAFF, (11, 12, 13, 18, 19, 20, 31, 32, 33, 41, 42, 43, 60), strict=True))
# By grade: what a quarter pays when every target is reached, in rials.
AMOUNTS = {"8": 180_000_000, "7": 120_000_000, "6": 90_000_000, "5": 75_000_000}
_FIRST = (
    "زهرا", "علی", "نرگس", "محمد", "الهام", "رضا", "شیرین", "حسین", "پریسا", "امیر", "مینا", "سعید", "لاله", "کاوه",
    "سارا", "بهروز", "آزاده", "پیمان", "مهسا", "فرهاد", "ناهید", "یاسر", "گلناز", "ایمان",
)  # fmt: skip
_LAST = (
    "ابراهیمی", "بهشتی", "پاکدل", "تهرانی", "جاویدان", "حیدری", "خسروی", "دانشور", "راستگو", "زمانی", "سپهری",
    "شکوهی", "صبوری", "عظیمی", "فرهمند", "قاسمی", "کریمی", "گودرزی", "لطفی", "مرادی", "نعمتی", "وحیدی", "یزدانی",
)  # fmt: skip


@dataclass(frozen=True)
class Worker:
    """Somebody of the company, with where they usually work."""

    employee: Employee
    unit: str

    @property
    def target_amount(self) -> int:
        return AMOUNTS[self.employee.grade]


@dataclass(frozen=True)
class Work:
    """What one of them worked in a quarter: a part in each unit, and how many days were missing."""

    unit: str
    share: Fraction
    missing: int


def draw_workers() -> list[Worker]:
    """Everybody, in the order of their numbers; the same people on every day."""
    chance = random.Random(SEED)
    region = {unit: name for name, units in REGIONS.items() for unit in units}
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    chance.shuffle(names)
    return [
        _worker(f"{_NUMBERS[unit]}{place:02}", unit, region[unit], grade, names.pop())
        for unit, number in STAFF.items()
        for place, grade in enumerate(_grades(unit, number), 1)
    ]


def _grades(unit: str, number: int) -> Iterator[str]:
    yield "8"
    if number > 4:
        yield "7"
    clerks = number - (2 if number > 4 else 1)
    yield from ("5" if unit == "contact-centre" or place else "6" for place in range(clerks))


def _worker(number: str, unit: str, region: str, grade: str, name: str) -> Worker:
    account, full_name = SIGNED_IN.get(number, (None, name))
    return Worker(
        Employee(
            employee_no=number,
            full_name=full_name,
            grade=grade,
            region=region,
            cost_centre=f"{_NUMBERS[unit]}00",
            language="fa",
            account=account,
        ),
        unit,
    )


def draw_work(workers: list[Worker], quarter: int) -> Iterator[tuple[Worker, Work]]:
    """Who worked where in one of the quarters: a few were away, and one moves between two branches."""
    chance = random.Random(SEED + quarter)
    away = {worker.employee.employee_no for worker in chance.sample(workers, 6)} - SIGNED_IN.keys()
    for worker in workers:
        missing = chance.choice((7, 15, 30)) if worker.employee.employee_no in away else 0
        if worker.employee.employee_no == "1903":
            yield worker, Work("sari", Fraction(3, 5), 0)
            yield worker, Work("gorgan", Fraction(2, 5), 0)
        else:
            yield worker, Work(worker.unit, Fraction(1), missing)
