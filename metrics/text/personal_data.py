"""What points at a person is taken out of a comment before others read it.

Precise before complete: a number goes only where its form, its length and its check digits say what it is, so that an
amount, a year or a branch's code stays. Names are not looked for; no word list tells a name from a word.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["e-mail", "address", "account", "card", "telephone", "identity"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data from `start` to before `end` of the text as it was written."""

    kind: Kind
    start: int
    end: int


_GAP = "[ \\-\u200c\u200e\u200f\u2010-\u2012./]"
_EMAIL = re.compile(r"(?<![\w.+-])[^\W_][\w.+-]{0,63}@(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>«»()،؛]+|\b(?:t\.me|telegram\.me|instagram\.com)/\w+|(?<![\w.])@[a-z_]\w{3,}",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}(?:[ -]?[0-9]){2}(?:[ -]?[A-Za-z0-9]){11,30}")
# Groups of digits with one sign between them; a Persian word may follow without a space.
_RUN = re.compile(rf"(?<![A-Za-z0-9_+])\+?[0-9]+(?:\)?{_GAP}\(?[0-9]+)*(?![A-Za-z0-9_])")
_GROUP = re.compile(r"\+?[0-9]+")
MOST_GROUPS = 12  # an account's number in pairs
# Neither a digit nor what an address has: most comments are done with here.
_NOTHING = re.compile(r"[^\d@./:]*")
_TELEPHONES = (
    re.compile(r"(?:\+98|0098|98|0)9[0-9]{9}"),  # an Iranian mobile
    re.compile(r"(?:\+98|0098|0)[1-8][0-9]{9}"),  # an Iranian landline with its area
    re.compile(r"\+[1-9][0-9]{7,14}"),  # any other country, which its plus sign tells
)


def luhn(digits: str) -> bool:
    """Whether the last digit of a card's number agrees with the others (ISO/IEC 7812)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def iban(account: str) -> bool:
    """Whether the check digits of an account's number agree with the rest (ISO 13616); Sheba is Iran's.

    Examples
    --------
    >>> iban("GB82WEST12345698765432"), iban("GB83WEST12345698765432")
    (True, False)
    """
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1


def national_id(digits: str) -> bool:
    """Whether ten digits are an Iranian national identity number.

    Examples
    --------
    >>> national_id("0013542419"), national_id("0013542418"), national_id("1111111111")
    (True, False, False)
    """
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    left = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return int(digits[9]) == (left if left < 2 else 11 - left)


def find_personal_data(text: str) -> list[Finding]:
    """Every finding in order; none overlaps another."""
    if _NOTHING.fullmatch(text):
        return []
    plain = _plain(text)
    found: list[Finding] = []
    for search in (_emails, _addresses, _accounts, _numbers):
        for finding in search(plain):
            if all(finding.end <= other.start or finding.start >= other.end for other in found):
                found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def scrub(text: str, mark: Callable[[Kind], str] = lambda kind: f"[{kind}]") -> str:
    """The text with each finding replaced by what `mark` makes of its kind.

    Examples
    --------
    >>> scrub("شماره من ۰۹۱۲ ۳۴۵ ۶۷۸۹ است، مبلغ ۲۵۰۰۰۰۰ ریال")
    'شماره من [telephone] است، مبلغ ۲۵۰۰۰۰۰ ریال'
    """
    parts, end = [], 0
    for finding in find_personal_data(text):
        parts += [text[end : finding.start], mark(finding.kind)]
        end = finding.end
    return "".join((*parts, text[end:]))


def _plain(text: str) -> str:
    """Any script's digits as ASCII, one sign for each sign, so that places stay what they were."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _emails(plain: str) -> Iterator[Finding]:
    for match in _EMAIL.finditer(plain):
        yield Finding("e-mail", *match.span())


def _addresses(plain: str) -> Iterator[Finding]:
    for match in _URL.finditer(plain):
        yield Finding("address", match.start(), match.start() + len(match[0].rstrip(".,:;!?؟")))


def _accounts(plain: str) -> Iterator[Finding]:
    """The longest run from a country's two letters on whose check digits agree: words may follow it."""
    for match in _ACCOUNT.finditer(plain):
        for length in range(len(match[0]), 14, -1):
            account = re.sub(r"[ -]", "", match[0][:length])
            if match[0][length - 1].isalnum() and len(account) >= 15 and iban(account):
                yield Finding("account", match.start(), match.start() + length)
                break


def _numbers(plain: str) -> Iterator[Finding]:
    """Of each run of groups the longest stretches that are something: an amount may stand right beside a number."""
    for run in _RUN.finditer(plain):
        groups = list(_GROUP.finditer(plain, *run.span()))
        first = 0
        while first < len(groups):
            for last in range(min(len(groups), first + MOST_GROUPS), first, -1):
                kind = _kind_of([group[0] for group in groups[first:last]])
                if kind is not None:
                    yield Finding(kind, groups[first].start(), groups[last - 1].end())
                    first = last - 1
                    break
            first += 1


def _kind_of(groups: list[str]) -> Kind | None:
    digits = "".join(groups)
    if any(form.fullmatch(digits) for form in _TELEPHONES):
        return "telephone"
    alike = len({len(group) for group in groups}) == 1  # a card is written whole or by fours
    if len(digits) == 16 and digits[0] in "2345689" and alike and luhn(digits):
        return "card"
    if len(digits) == 24 and iban(f"IR{digits}"):
        return "account"  # many write Sheba without its two letters
    # Ten digits with spaces are more often a date with an hour.
    return "identity" if [len(group) for group in groups] in ([10], [3, 6, 1]) and national_id(digits) else None
