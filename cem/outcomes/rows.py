"""A row of the company's books: read and checked, or refused with what to do."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from surveys.formats.rows import Refusal, RowRefused
from surveys.languages import ascii_digits, jalali_to_date, normal_text

REQUIRED = ("customer", "customer_since", "purchases", "spend", "margin")
OPTIONAL = ("day", "left_on", "first_purchase_on", "last_purchase_on", "category_spend", "need_segment")
COLUMNS = (*REQUIRED, *OPTIONAL)
DAYS = ("day", "customer_since", "left_on", "first_purchase_on", "last_purchase_on")
AMOUNTS = ("spend", "margin", "category_spend")
_LARGEST = 1e15


def read_day(text: str) -> date:
    """A day in either calendar; a year below 1700 is Jalali. ValueError where it is none."""
    year, month, day = map(int, ascii_digits(text).replace("/", "-").split("-"))
    return jalali_to_date(year, month, day) if year < 1700 else date(year, month, day)


def read_record(
    line: int, cells: Sequence[str], header: Sequence[str], day: date | None, today: date
) -> dict[str, Any]:
    """The customer's reference and the columns of the record; RowRefused with everything that is wrong."""
    if len(cells) != len(header):
        raise RowRefused(Refusal(line, "", f"The row has {len(cells)} cells and the header {len(header)}."))
    given = {name: normal_text(cell) for name, cell in zip(header, cells, strict=True) if name in COLUMNS}
    refusals: list[Refusal] = []
    record: dict[str, Any] = {name: _cell(line, name, given.get(name, ""), refusals) for name in COLUMNS}
    record["day"] = record["day"] or day
    for name in (*REQUIRED, "day"):
        if record[name] is None and not any(refusal.column == name for refusal in refusals):
            refusals.append(Refusal(line, name, "This is empty: fill it in."))
    refusals += [] if refusals else [Refusal(line, *fault) for fault in _faults(record, today)]
    if refusals:
        raise RowRefused(*refusals)
    return record


def _cell(line: int, name: str, text: str, refusals: list[Refusal]) -> Any:
    if not text:
        return None
    try:
        if name in DAYS:
            return read_day(text)
        if name == "purchases":
            return int(ascii_digits(text).replace(",", ""))
        if name in AMOUNTS:
            return _amount(ascii_digits(text))
    except ValueError:
        kind = "day, such as 2025-10-07 or 1404-07-15" if name in DAYS else "number"
        refusals.append(Refusal(line, name, f"“{text[:40]}” is no {kind}."))
        return None
    longest = 128 if name == "customer" else 64
    if len(text) > longest:
        refusals.append(Refusal(line, name, f"This has more than {longest} characters."))
    return text


def _amount(text: str) -> float:
    amount = float(text.replace(",", ""))
    if not -_LARGEST < amount < _LARGEST:  # not a number is in no order either
        raise ValueError
    return amount


def _faults(record: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    """What cannot be true together: the column, and why."""
    first, last, left = record["first_purchase_on"], record["last_purchase_on"], record["left_on"]
    rules = [
        ("day", record["day"] > today, "The books cannot say this yet: the day is to come."),
        ("customer_since", record["customer_since"] > record["day"], "This is after the day of the record."),
        ("left_on", left and left > record["day"], "This is after the day of the record."),
        ("left_on", left and left < record["customer_since"], "They left before they came."),
        ("purchases", not 0 <= record["purchases"] < 2**31, "This is no number of purchases."),
        ("first_purchase_on", (record["purchases"] > 0) is not (first is not None), "Purchases have a first day."),
        (
            "last_purchase_on",
            (first is None) is not (last is None),
            "A first purchase has a last one, and none has none.",
        ),
        ("last_purchase_on", first and last and last < first, "The last purchase is before the first."),
        ("last_purchase_on", last and last > record["day"], "This is after the day of the record."),
        ("spend", record["spend"] < 0, "This is below nothing."),
        (
            "category_spend",
            record["category_spend"] is not None and record["category_spend"] < record["spend"],
            "They cannot spend less in all than here.",
        ),
    ]
    return [(column, message) for column, wrong, message in rules if wrong]
